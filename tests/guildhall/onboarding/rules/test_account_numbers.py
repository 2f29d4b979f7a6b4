"""Examples of the IBAN registry (SWIFT, release 99) are taken; one wrong or swapped character is noticed."""

import pytest

from guildhall.onboarding.rules.account_numbers import read_account_number

GOOD = ("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "fr1420041010050500013m02606", "NO9386011117947")


@pytest.mark.parametrize("written", GOOD)
def test_what_banks_print_is_taken(written: str) -> None:
    assert read_account_number(written) == "".join(written.split()).upper()


@pytest.mark.parametrize("written", ["", "DE", "DE89 3704", "DE89370400440532013001", "DE89370400440532031000", "12"])
def test_what_was_mistyped_is_not(written: str) -> None:
    assert read_account_number(written) is None


def test_every_single_wrong_digit_is_noticed() -> None:
    number = "GB29NWBK60161331926819"
    for place in range(8, len(number)):
        wrong = str((int(number[place]) + 1) % 10)
        assert read_account_number(number[:place] + wrong + number[place + 1 :]) is None
