"""The tax within the house's fee: at which rate, or that whoever pays the fee owes it. Pure.

It is decided when the fee is booked, and stands in the entry: its lines say how much, its references at which rate. So
the invoice that follows says what the ledger says, whatever was changed in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.entries import Line
from guildhall.payments.model.invoices import WHOLE, BillingDetails, Party

_REF: Final = "fee_tax"
_REVERSE_CHARGE: Final = "reverse_charge"


@dataclass(frozen=True, slots=True)
class Tax:
    """At `basis_points`, within a total. Of a reverse charge there is none: whoever is invoiced owes it."""

    basis_points: int = 0
    is_reverse_charge: bool = False


NO_TAX: Final = Tax()


def tax_between(issuer: BillingDetails, payer: BillingDetails | None) -> Tax:
    """Two businesses in different countries: the recipient owes it. Of a payer of whom nothing is known it is due."""
    seller, buyer = issuer.party, payer.party if payer is not None else Party(name="")
    is_across = bool(seller.country and buyer.country and seller.country != buyer.country)
    if is_across and seller.tax_id and buyer.tax_id:
        return Tax(0, is_reverse_charge=True)
    return Tax(issuer.tax_basis_points)


def tax_within(total_minor: int, basis_points: int) -> int:
    """The tax that a total of so much has in it, rounded half up."""
    whole = WHOLE + basis_points
    return (2 * total_minor * basis_points + whole) // (2 * whole)


def fee_lines(fee_minor: int, tax: Tax, currency: str) -> tuple[Line, ...]:
    """What the house earns of a fee, and what of it is the state's."""
    tax_minor = tax_within(fee_minor, tax.basis_points)
    earned = Line(account=account_id(AccountKind.FEES, HOUSE, currency), minor=tax_minor - fee_minor)
    owed = Line(account=account_id(AccountKind.TAX, HOUSE, currency), minor=-tax_minor)
    return tuple(line for line in (earned, owed) if line.minor)


def refs_of(tax: Tax) -> dict[str, str]:
    """As an entry keeps it."""
    return {_REF: _REVERSE_CHARGE if tax.is_reverse_charge else str(tax.basis_points)}


def tax_said(refs: Mapping[str, str]) -> Tax | None:
    """As an entry has it; None of those from before the tax within fees was booked."""
    said = refs.get(_REF)
    if said is None:
        return None
    return Tax(0, is_reverse_charge=True) if said == _REVERSE_CHARGE else Tax(int(said))


def fee_and_tax(lines: tuple[Line, ...], currency: str) -> tuple[int, int]:
    """Of an entry: its whole fee and the tax within that, both negative where it takes them back."""
    tax = _credited(lines, account_id(AccountKind.TAX, HOUSE, currency))
    return _credited(lines, account_id(AccountKind.FEES, HOUSE, currency)) + tax, tax


def without_tax(lines: tuple[Line, ...]) -> Mapping[str, int]:
    """What each account gets, the tax within a fee counted as fee: what two entries are the same by."""
    found: dict[str, int] = {}
    for line in lines:
        account = line.account
        if account.startswith(f"{AccountKind.TAX.value}:{HOUSE}:"):
            account = account_id(AccountKind.FEES, HOUSE, account.rpartition(":")[2])
        found[account] = found.get(account, 0) + line.minor
    return MappingProxyType(found)


def _credited(lines: tuple[Line, ...], account: str) -> int:
    return -sum(line.minor for line in lines if line.account == account)
