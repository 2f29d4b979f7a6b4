"""What the bank says of a file that it was given (ISO 20022 pain.002), before any of it stands on a statement."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.payments.model.transfers import BATCH_MAX, LineState

NOTES_MAX: Final = 2 * BATCH_MAX


class Verdict(StrEnum):
    """Of a file, or of one payment in it; only a file is taken partially."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    PARTIALLY = "partially"
    REJECTED = "rejected"


class ReportedPayment(Stored):
    """`reference` is the end-to-end id that we gave it."""

    reference: str = Field(min_length=1, max_length=140)
    verdict: Verdict
    words: str = Field("", max_length=500)


class BankReport(Stored):
    """As the bank says it. Payments that it does not name fare as the file does, if that is all or nothing."""

    message: str = Field(min_length=1, max_length=140)
    """The bank's own id of this report."""
    original: str = Field(min_length=1, max_length=140)
    """The file's message id, as we wrote it."""
    verdict: Verdict
    words: str = Field("", max_length=500)
    payments: tuple[ReportedPayment, ...] = Field((), max_length=BATCH_MAX)


class StatusReport(VersionedDocument):
    """A report once it was taken in; its id is made of both message ids, so it is taken in once.

    It waits like a line of a statement: UNMATCHED until somebody says what they made of its `notes`.
    """

    state: LineState = LineState.TAKEN
    said: BankReport
    rejected: int = 0
    """How many payouts of ours it says are rejected."""
    notes: tuple[str, ...] = Field((), max_length=NOTES_MAX)
    """What it says that fits nothing of ours."""
    reason: str = ""
    seen_to_by: str = ""
