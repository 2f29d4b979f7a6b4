"""Money: whole minor units, one currency at a time."""

import pytest
from pydantic import ValidationError

from guildhall.kit.money import CurrenciesDiffer, Money, say_money


def test_sums_of_one_currency_are_added_and_of_two_are_refused() -> None:
    one, other = Money(minor=150, currency="EUR"), Money(minor=-50, currency="EUR")
    assert (one.plus(other).minor, one.minus(other).minor, other.is_less_than(one)) == (100, 200, True)
    for verb in (one.plus, one.minus, one.is_less_than):
        with pytest.raises(CurrenciesDiffer, match="EUR and USD"):
            verb(Money(minor=1, currency="USD"))


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (123_456, "EUR", "1,234.56 EUR"),
        (5, "EUR", "0.05 EUR"),
        (-250, "USD", "-2.50 USD"),
        (1_500, "JPY", "1,500 JPY"),
        (1_234, "KWD", "1.234 KWD"),
    ],
)
def test_it_is_said_with_its_currencys_own_decimals(minor: int, currency: str, words: str) -> None:
    assert say_money(Money(minor=minor, currency=currency)) == words


def test_fractions_unknown_shapes_and_sums_beyond_bounds_are_refused() -> None:
    for minor, currency in ((1.5, "EUR"), (10**15 + 1, "EUR"), (1, "eur"), (1, "EURO")):
        with pytest.raises(ValidationError):
            Money.model_validate({"minor": minor, "currency": currency})
