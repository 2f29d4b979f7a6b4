from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.assessments.rules.reading import fold_text, is_within, read_numbers


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        (" 1 000 ", "1000"),
        ("1\u2009000\u202f000", "1000000"),
        ("1\u00a0234,5", "1234.5"),
        ("1e3", "1000"),
        ("2,5E-3", "0.0025"),
        ("\u22125", "-5"),
        ("\u2013 5", "-5"),
        ("+7", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1'000", "1000"),
        ("1\u2019000.5", "1000.5"),
        ("1,000.5", "1000.5"),
        ("1.000,5", "1000.5"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("1.000", "1"),
        ("0,125", "0.125"),
        ("\u0663", "3"),
        ("\uff15", "5"),
        ("\u200f12", "12"),
    ],
)
def test_numbers_are_read_by_the_customs_people_write_them_in(typed: str, number: str | None) -> None:
    assert read_numbers(typed) == (() if number is None else (Decimal(number),))


def test_a_comma_and_three_digits_may_mean_either_and_both_count() -> None:
    assert set(read_numbers("1,000")) == {Decimal(1), Decimal(1000)}


@pytest.mark.parametrize(
    "typed",
    ["", " ", "five", "1 5", "12 34", "1,2,3", "1..5", "1e", "e3", "--5", "1/2", "10\u00b2", "NaN", "inf", "9" * 121],
)
def test_what_is_no_number_is_not_guessed(typed: str) -> None:
    assert read_numbers(typed) == ()


def test_the_questions_own_unit_may_stand_behind_and_no_other() -> None:
    assert read_numbers("5 kg", "kg") == read_numbers("5kg", "kg") == (Decimal(5),)
    assert read_numbers("5 \u00b5m", "\u03bcm") == (Decimal(5),)
    assert read_numbers("5 g", "kg") == ()


@pytest.mark.parametrize(
    ("number", "value", "tolerance", "is_relative", "expected"),
    [
        ("0.3", "0.1", "0.2", False, True),
        ("0.30000000000000000000000000000001", "0.1", "0.2", False, False),
        ("-0.1", "0.1", "0.2", False, True),
        ("101", "100", "0.01", True, True),
        ("-99", "-100", "0.01", True, True),
        ("101.01", "100", "0.01", True, False),
        ("1e9999", "1", "0", False, False),
    ],
)
def test_a_tolerance_is_exact_and_its_ends_count(
    number: str, value: str, tolerance: str, is_relative: bool, expected: bool
) -> None:
    assert is_within(Decimal(number), value, tolerance, is_relative) is expected


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_whatever_python_writes_is_read_back(number: Decimal) -> None:
    assert number in read_numbers(f"{number:f}")
    assert number in read_numbers(f"{number:f}".replace(".", ",").replace("-", "\u2212"))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    for is_case_kept in (True, False):
        folded = fold_text(text, is_case_kept=is_case_kept)
        assert fold_text(folded, is_case_kept=is_case_kept) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("  New   York\n", "new york"),
        ("Stra\u00dfe", "STRASSE"),
        ("caf\u00e9", "cafe\u0301"),
        ("\ufb01ne", "fine"),
        ("don\u2019t", "don't"),
        ("so\u00adfa\u200b", "sofa"),
    ],
)
def test_what_looks_the_same_is_the_same(one: str, other: str) -> None:
    assert fold_text(one, is_case_kept=False) == fold_text(other, is_case_kept=False)


def test_case_counts_where_it_is_asked_for() -> None:
    assert fold_text("pH", is_case_kept=True) != fold_text("PH", is_case_kept=True)
