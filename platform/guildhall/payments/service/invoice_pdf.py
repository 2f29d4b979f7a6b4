"""An invoice or a credit note as PDF: the same bytes whenever it is asked for."""

from datetime import UTC, datetime
from typing import Final

from guildhall.kit.money import Money, say_money
from guildhall.kit.pdf import SMALL_PT, TITLE_PT, Paper
from guildhall.payments.model.invoices import Invoice, Party

_WIDTHS: Final = (46, 18, 14, 18, 20)
_NUMBERS: Final = (1, 2, 3, 4)


def render_invoice(invoice: Invoice) -> bytes:
    """Takes a second of a processor for its font: call it in a thread."""
    title = f"{'Credit note' if invoice.is_credit else 'Invoice'} {invoice.name}"
    page = Paper(title, f"{invoice.issuer_party.name} · {title}", invoice.issued_at_ms)
    page.line(title, TITLE_PT, bold=True)
    page.line(f"Issued {_day(invoice.issued_at_ms)} · supplied {_day(invoice.supplied_at_ms)}")
    if invoice.is_credit:
        page.line(f"Takes back invoice {invoice.credit_of_name}.")
    _party(page, "From", invoice.issuer_party)
    _party(page, "To", invoice.payer_party)
    rows = [
        (
            line.words,
            _say(invoice, line.net_minor),
            f"{line.tax_basis_points / 100:g} %",
            _say(invoice, line.tax_minor),
            _say(invoice, line.total_minor),
        )
        for line in invoice.lines
    ]
    page.table(("For", "Net", "Tax rate", "Tax", "Total"), rows, _WIDTHS, _NUMBERS)
    page.head(f"{'Returned' if invoice.is_credit else 'Total'}: {_say(invoice, invoice.total_minor)}")
    page.line(f"Net {_say(invoice, invoice.net_minor)}, tax {_say(invoice, invoice.tax_minor)}.")
    if invoice.note:
        page.line(invoice.note)
    page.line(
        "The money went back through the ledger of the platform."
        if invoice.is_credit
        else "Paid through the platform: nothing is left to pay."
    )
    page.line("Prices include tax. The tax of each line is rounded to the nearest minor unit, halves up.", SMALL_PT)
    page.line(f"Entry of the ledger: {invoice.entry}", SMALL_PT)
    page.line(f"Fingerprint: {invoice.hash}", SMALL_PT)
    return page.bytes()


def _party(page: Paper, head: str, party: Party) -> None:
    page.head(head)
    for words in (party.name, *party.address.splitlines(), party.country, party.tax_id and f"Tax id {party.tax_id}"):
        if words:
            page.line(words)


def _say(invoice: Invoice, minor: int) -> str:
    return say_money(Money(minor=-minor if invoice.is_credit else minor, currency=invoice.currency))


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")
