"""Held funds: one piece of work's money, put aside before the work begins. What happened to it, the ledger says."""

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.payments.model.entries import MINOR_MAX, Line


class HoldTerms(Stored):
    """`payer` and `payee` own accounts of the ledger; `subject` names what is paid, for people and for the caller."""

    subject: str = Field(min_length=1, max_length=120)
    payer: str = Field(min_length=1, max_length=80)
    payee: str = Field(min_length=1, max_length=80)
    minor: int = Field(gt=0, le=MINOR_MAX)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    deadline_ms: int = 0
    """Until when a provider lets funds be held, or the parties agreed to; 0: no end. Both are warned, nothing moves."""


class Hold(VersionedDocument):
    terms: HoldTerms
    fee_basis_points: int
    warn_at_ms: int = 0
    """The next warning before the deadline; 0: none is left."""
    warned: tuple[int, ...] = Field((), max_length=8)


class Quote(Stored):
    """What a release of so much would book, line by line, before anybody commits to it."""

    minor: int
    fee_minor: int
    """With the tax within it."""
    fee_tax_minor: int
    payee_minor: int
    currency: str
    lines: tuple[Line, ...]


class HoldShown(Stored):
    """All in minor units; `available` is what can be released or refunded now."""

    id: str
    terms: HoldTerms
    held: int
    frozen: int
    available: int
    released: int
    refunded: int
