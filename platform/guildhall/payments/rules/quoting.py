"""What a release books, line by line: the same for the quote and for the entry."""

from typing import Final

from guildhall.kit.errors import Invalid
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.model.entries import Line, Lines
from guildhall.payments.model.holds import Hold, Quote
from guildhall.payments.rules.fee_tax import NO_TAX, Tax, fee_lines, tax_within

WHOLE: Final = 10_000
"""Basis points."""


def held_account(hold: str, currency: str) -> str:
    return account_id(AccountKind.HELD, hold, currency)


def fee_of(minor: int, basis_points: int) -> int:
    """Rounded down: what cannot be divided is the payee's."""
    return minor * basis_points // WHOLE


def shares_of(hold: Hold, minor: int, tax: Tax) -> Lines:
    """What the payee, the house and the state get of so much."""
    fee = fee_of(minor, hold.fee_basis_points)
    payee = account_id(AccountKind.PAYABLE, hold.terms.payee, hold.terms.currency)
    earned = (Line(account=payee, minor=fee - minor),) if fee != minor else ()
    return (*earned, *fee_lines(fee, tax, hold.terms.currency))


def quote(hold: Hold, minor: int, tax: Tax) -> Quote:
    fee = fee_of(minor, hold.fee_basis_points)
    held = Line(account=held_account(hold.id, hold.terms.currency), minor=minor)
    return Quote(
        minor=minor,
        fee_minor=fee,
        fee_tax_minor=tax_within(fee, tax.basis_points),
        payee_minor=minor - fee,
        currency=hold.terms.currency,
        lines=(held, *shares_of(hold, minor, tax)),
    )


def split_lines(hold: Hold, to_payee: int, to_payer: int, tax: Tax = NO_TAX) -> Lines:
    """A decision about frozen funds. Raises Invalid for less than nothing; of nothing there are no lines."""
    if to_payee < 0 or to_payer < 0:
        raise Invalid("Nobody gets less than nothing.")
    if not to_payee + to_payer:
        return ()
    payer = account_id(AccountKind.CLIENT_BALANCE, hold.terms.payer, hold.terms.currency)
    back = (Line(account=payer, minor=-to_payer),) if to_payer else ()
    taken = Line(account=held_account(hold.id, hold.terms.currency), minor=to_payee + to_payer)
    return (taken, *shares_of(hold, to_payee, tax), *back)
