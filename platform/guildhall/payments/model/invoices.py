"""Invoices and credit notes: immutable, numbered without a gap, and made of what the ledger has released."""

from enum import StrEnum
from typing import Final

from pydantic import ConfigDict, Field

from guildhall.kit.documents import Stored, VersionedDocument

INTENTS_MAX: Final = 32
WHOLE: Final = 10_000
"""Basis points."""


class InvoiceKind(StrEnum):
    WORK = "work"
    """What an agent is paid, by the client."""
    FEE = "fee"
    """What the house takes of that, by the agent."""


class Party(Stored):
    """As it stands on an invoice: what somebody changes later changes no invoice."""

    name: str
    address: str = ""
    country: str = ""
    """ISO 3166-1, two letters; empty while it is not known."""
    tax_id: str = ""


class BillingDetails(VersionedDocument):
    """What somebody says about themselves for invoices. Its id is the owner's."""

    party: Party
    tax_basis_points: int = Field(0, ge=0, lt=WHOLE)
    """Of sales tax that they owe on what they earn; it is part of what they are paid."""


class InvoiceLine(Stored):
    """`total_minor` is the ledger's; net and tax are parts of it, the tax rounded half up, on each line by itself."""

    words: str
    net_minor: int
    tax_basis_points: int
    tax_minor: int
    total_minor: int


class Invoice(Stored):
    """Amounts are positive on credit notes too: `is_credit` says which way they go."""

    id: str = Field(alias="_id")
    key: str
    """The journal entry and the kind: of each there is one."""
    series: str
    number: int
    name: str
    """As printed: `INV-000012`, unique by issuer."""
    kind: InvoiceKind
    issuer: str
    payer: str
    issuer_party: Party
    payer_party: Party
    entry: str
    subject: str
    is_credit: bool
    credit_of: str = ""
    """The invoice that a credit note takes back, by id, and as printed."""
    credit_of_name: str = ""
    currency: str
    lines: tuple[InvoiceLine, ...] = Field(min_length=1, max_length=200)
    net_minor: int
    tax_minor: int
    total_minor: int
    note: str = ""
    supplied_at_ms: int
    issued_at_ms: int
    hash: str

    model_config = ConfigDict(populate_by_name=True)


class InvoiceSeries(VersionedDocument):
    """One issuer's numbers. A number is taken together with the whole invoice that it is for, which is written after.

    So a number that was taken always has its invoice, here or in the collection, whoever dies in between.
    """

    number: int = 0
    issued_at_ms: int = 0
    """Never earlier than the number before."""
    intents: tuple[Invoice, ...] = Field((), max_length=INTENTS_MAX)
    unsettled: bool = False
