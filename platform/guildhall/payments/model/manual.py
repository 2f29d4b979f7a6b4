"""An entry that a person proposes and another one confirms: the only way to book something by hand."""

from enum import StrEnum

from pydantic import Field

from guildhall.kit.documents import VersionedDocument
from guildhall.payments.model.entries import LINES_MAX, Line


class ManualState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    """By a second person; it is booked, or will be in a moment."""
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"


class ManualEntry(VersionedDocument):
    state: ManualState = ManualState.PROPOSED
    reason: str
    lines: tuple[Line, ...] = Field(max_length=LINES_MAX)
    proposed_by: str
    confirmed_by: str = ""
    noticed_at_ms: int = 0
    """Since when the agents know that it takes from."""
    entry: str = ""
    """Its id in the journal."""
