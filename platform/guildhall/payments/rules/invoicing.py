"""Which invoices an entry of the ledger leads to, and what stands on them. Pure."""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from guildhall.kit.audit.entry import canonical_json
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id, split_account
from guildhall.payments.model.entries import REVERSED, Entry, source_of_id
from guildhall.payments.model.holds import Hold
from guildhall.payments.model.invoices import (
    BillingDetails,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceSeries,
)
from guildhall.payments.rules.fee_tax import Tax, fee_and_tax, tax_between, tax_said, tax_within

INVOICED: Final = frozenset({"release", "dispute_decided"})
"""The purposes of entries by which held funds are earned."""
REVERSE_CHARGE: Final = (
    "Reverse charge: the recipient owes the tax (in the European Union, Article 196 of Directive 2006/112/EC)."
)
_WORDS: Final = {InvoiceKind.WORK: "Work that was accepted", InvoiceKind.FEE: "Fee of the platform"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One invoice, or with `credits`, the key of another, the credit note that takes it back."""

    key: str
    kind: InvoiceKind
    issuer: str
    payer: str
    minor: int
    credits: str = ""
    tax: Tax | None = None
    """As the entry says; None: of the issuer's details, as they are when it is drawn up."""
    tax_minor: int = 0
    """What of it the ledger booked as tax."""

    @property
    def series(self) -> str:
        return f"{self.issuer}/{'CN' if self.credits else 'INV'}"


def may_lead_to_some(entry: str) -> bool:
    """By an entry's id alone, so that all others need not be read: what takes from held funds, and reversals."""
    return split_account(source_of_id(entry))[0] is AccountKind.HELD or entry.partition("|")[2].startswith(REVERSED)


def wanted_of(entry: Entry, of: Entry, hold: Hold) -> tuple[Wanted, ...]:
    """`of` is the entry itself, or the one that it reverses.

    The agent invoices the whole of the work, and the house invoices the agent its fee: both as the ledger booked them.
    """
    terms, is_back = hold.terms, entry is not of
    payee = account_id(AccountKind.PAYABLE, terms.payee, terms.currency)
    earned = -sum(line.minor for line in entry.lines if line.account == payee)
    fee, tax = fee_and_tax(entry.lines, terms.currency)
    found = (
        (InvoiceKind.WORK, terms.payee, terms.payer, earned + fee, None, 0),
        (InvoiceKind.FEE, HOUSE, terms.payee, fee, tax_said(of.refs), tax),
    )
    return tuple(
        Wanted(
            key_of(entry, kind),
            kind,
            issuer,
            payer,
            abs(minor),
            key_of(of, kind) if is_back else "",
            said,
            abs(tax_minor),
        )
        for kind, issuer, payer, minor, said, tax_minor in found
        if minor
    )


def is_as_booked(invoice: Invoice, wanted: Wanted) -> bool:
    """Whether an invoice says what the ledger says: between whom, how much, and how much of it is tax."""
    said = (invoice.issuer, invoice.payer, invoice.total_minor)
    is_taxed = wanted.tax is None or invoice.tax_minor == wanted.tax_minor
    return is_taxed and said == (wanted.issuer, wanted.payer, wanted.minor)


def key_of(entry: Entry, kind: InvoiceKind) -> str:
    return f"{entry.id}|{kind.value}"


def draw_up(
    invoice_id: str,
    wanted: Wanted,
    entry: Entry,
    subject: str,
    issuer: BillingDetails,
    payer: BillingDetails,
    series: InvoiceSeries,
    now_ms: int,
) -> Invoice:
    """The next invoice of a series."""
    seller, buyer = issuer.party, payer.party
    rate = wanted.tax or tax_between(issuer, payer)
    tax = wanted.tax_minor if wanted.tax is not None else tax_within(wanted.minor, rate.basis_points)
    line = InvoiceLine(
        words=f"{_WORDS[wanted.kind]}: {subject}",
        net_minor=wanted.minor - tax,
        tax_basis_points=rate.basis_points,
        tax_minor=tax,
        total_minor=wanted.minor,
    )
    return _sealed(
        {
            **_numbered(invoice_id, wanted, entry, series, now_ms),
            "kind": wanted.kind.value,
            "issuer": wanted.issuer,
            "payer": wanted.payer,
            "issuer_party": seller.model_dump(),
            "payer_party": buyer.model_dump(),
            "subject": subject,
            "is_credit": False,
            "credit_of": "",
            "credit_of_name": "",
            "currency": entry.currency,
            "lines": [line.model_dump()],
            "net_minor": line.net_minor,
            "tax_minor": tax,
            "total_minor": wanted.minor,
            "note": REVERSE_CHARGE if rate.is_reverse_charge else "",
        }
    )


def take_back(
    invoice_id: str, wanted: Wanted, entry: Entry, of: Invoice, series: InvoiceSeries, now_ms: int
) -> Invoice:
    """The credit note of one invoice: its own lines, parties and rates, whatever was changed since."""
    back = of.model_dump(mode="json", by_alias=True)
    back |= _numbered(invoice_id, wanted, entry, series, now_ms)
    return _sealed(back | {"is_credit": True, "credit_of": of.id, "credit_of_name": of.name})


def is_as_issued(invoice: Invoice) -> bool:
    """Whether an invoice says what its hash was made of, and its lines add up to its totals."""
    said = invoice.model_dump(mode="json", by_alias=True)
    sums = [sum(getattr(line, name) for line in invoice.lines) for name in ("net_minor", "tax_minor", "total_minor")]
    return (
        invoice.hash == _hash_of(said)
        and sums == [invoice.net_minor, invoice.tax_minor, invoice.total_minor]
        and invoice.net_minor + invoice.tax_minor == invoice.total_minor
    )


def _numbered(invoice_id: str, wanted: Wanted, entry: Entry, series: InvoiceSeries, now_ms: int) -> dict[str, Any]:
    number = series.number + 1
    return {
        "_id": invoice_id,
        "key": wanted.key,
        "series": series.id,
        "number": number,
        "name": f"{series.id.rpartition('/')[2]}-{number:06}",
        "entry": entry.id,
        "supplied_at_ms": entry.at_ms,
        "issued_at_ms": max(now_ms, series.issued_at_ms),
    }


def _sealed(said: dict[str, Any]) -> Invoice:
    return Invoice.model_validate({**said, "hash": _hash_of(said)})


def _hash_of(said: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all that an invoice says."""
    return hashlib.sha256(canonical_json({name: value for name, value in said.items() if name != "hash"})).hexdigest()
