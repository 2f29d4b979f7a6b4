"""Money: whole minor units of one currency, never a fraction. Pure.

What a currency's minor unit is, ISO 4217 says: most have two decimal places, some none, a few three.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.kit.errors import Invalid

MINOR_MAX: Final = 10**15
"""Far above any sum here, and far below 2^63: a thousand such sums can still be added up."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code."""
DECIMALS: Final = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JOD": 3}
"""ISO 4217, for those that do not have two."""


class CurrenciesDiffer(Invalid):
    """Sums of two currencies were put together; which is always a mistake of whoever did."""

    type = "currencies-differ"

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other} cannot be added to or compared with each other.")


class Money(BaseModel):
    """A sum, as it is stored and sent: `{"minor": 12345, "currency": "EUR"}` is 123.45 EUR."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minor: int = Field(ge=-MINOR_MAX, le=MINOR_MAX)
    currency: Currency

    def plus(self, other: "Money") -> "Money":
        """Raises CurrenciesDiffer."""
        self._same(other)
        return Money(minor=self.minor + other.minor, currency=self.currency)

    def minus(self, other: "Money") -> "Money":
        """Raises CurrenciesDiffer."""
        self._same(other)
        return Money(minor=self.minor - other.minor, currency=self.currency)

    def is_less_than(self, other: "Money") -> bool:
        """Raises CurrenciesDiffer."""
        self._same(other)
        return self.minor < other.minor

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrenciesDiffer(self.currency, other.currency)


def say_money(money: Money) -> str:
    """For notices and mails, the same for every reader: `1,234.50 EUR`."""
    decimals = DECIMALS.get(money.currency, 2)
    whole, part = divmod(abs(money.minor), 10**decimals)
    sign = "-" if money.minor < 0 else ""
    fraction = f".{part:0{decimals}d}" if decimals else ""
    return f"{sign}{whole:,}{fraction} {money.currency}"


def plain_amount(money: Money) -> str:
    """For files that machines read: `-1234.50`, with the decimals of its currency and nothing else."""
    decimals = DECIMALS.get(money.currency, 2)
    whole, part = divmod(abs(money.minor), 10**decimals)
    return f"{'-' if money.minor < 0 else ''}{whole}" + (f".{part:0{decimals}d}" if decimals else "")
