"""The tax within a fee: each unit of it is either the house's or the state's, and an entry says which."""

from hypothesis import given
from hypothesis import strategies as st

from guildhall.payments.model.entries import Line
from guildhall.payments.model.invoices import BillingDetails, Party
from guildhall.payments.rules.fee_tax import (
    NO_TAX,
    Tax,
    fee_and_tax,
    fee_lines,
    refs_of,
    tax_between,
    tax_said,
    tax_within,
    without_tax,
)
from tests.guildhall.payments.purse import FEES, TAX, payable

RATES = st.one_of(st.builds(Tax, st.integers(0, 5_000)), st.just(Tax(0, is_reverse_charge=True)))


def billed(country: str, tax_id: str = "", rate: int = 0) -> BillingDetails:
    party = Party(name="Somebody", country=country, tax_id=tax_id)
    return BillingDetails(id="one", created_at_ms=0, party=party, tax_basis_points=rate)


def test_tax_is_the_part_of_each_total_rounded_half_up() -> None:
    assert [tax_within(total, 1_900) for total in (119, 1, 3, 100)] == [19, 0, 0, 16]
    assert tax_within(21, 500) == 1
    assert tax_within(3, 10_000 // 2) == 1  # exactly one
    assert tax_within(1, 10_000) == 1  # a half


@given(st.integers(0, 10**12), RATES)
def test_what_the_house_earns_and_what_it_owes_are_the_whole_fee_and_are_read_back(fee: int, tax: Tax) -> None:
    lines = fee_lines(fee, tax, "EUR")
    assert {line.account for line in lines} <= {FEES, TAX}
    assert -sum(line.minor for line in lines) == fee
    assert fee_and_tax((Line(account=payable(), minor=-7), *lines), "EUR") == (fee, tax_within(fee, tax.basis_points))
    assert without_tax(lines) == ({FEES: -fee} if fee else {})
    assert tax_said(refs_of(tax)) == tax


def test_an_entry_from_before_says_nothing_of_tax() -> None:
    assert tax_said({"hold": "hold_1"}) is None
    assert tax_said(refs_of(NO_TAX)) == NO_TAX


def test_only_between_two_businesses_in_two_countries_the_payer_owes_it() -> None:
    house = billed("IE", "IE1", 2_300)
    assert tax_between(house, billed("DE", "DE1")) == Tax(0, is_reverse_charge=True)
    for payer in (None, billed("IE", "IE2"), billed("DE"), billed("", "DE1")):
        assert tax_between(house, payer) == Tax(2_300)
    assert tax_between(billed("IE", "", 2_300), billed("DE", "DE1")) == Tax(2_300)
