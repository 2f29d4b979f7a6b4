"""Invoices, and who stands on them, on the wire."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from guildhall.kit.http.cursors import PageQuery
from guildhall.payments.messages import NO_NUL, Shape


class InvoicesQuery(PageQuery):
    """`issued` or `received`, or both; of one kind, or all."""

    side: Literal["both", "issued", "received"] = "both"
    kind: Literal["all", "work", "fee", "credit"] = "all"


class OwnInvoicesQuery(InvoicesQuery):
    organisation: Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)] = ""
    """That one leads; empty: one's own, and those of all that one leads."""


class OwnersInvoicesQuery(InvoicesQuery):
    owner: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=NO_NUL)]


class BillingGiven(Shape):
    """`country` has two letters (ISO 3166-1). With both sides' tax ids it decides about reverse charge."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=NO_NUL)]
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400, pattern=NO_NUL)] = ""
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    tax_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=NO_NUL)] = ""
    tax_basis_points: int = Field(0, ge=0, le=5_000)


class BillingShown(Shape):
    """As it stands on the next invoice."""

    name: str
    address: str
    country: str
    tax_id: str
    tax_basis_points: int


class InvoiceShown(Shape):
    """Amounts are positive on credit notes too. `is_issuer`: whoever asks issued it, else it was sent to them."""

    invoice_id: str
    name: str
    kind: str
    is_credit: bool
    credit_of_name: str
    is_issuer: bool
    issuer_name: str
    payer_name: str
    subject: str
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    issued_at_ms: int
    settled_at_ms: int
    """When the ledger moved its money: every invoice here follows that."""
