"""Evidence strips as they are kept: where the pictures of an incident lie, sealed, and how many.

A strip refers to its incident and never the other way round: an incident is what the signal log replays to, whether or
not anybody agreed to pictures.
"""

from enum import StrEnum
from typing import Any

from guildhall.kit.documents import VersionedDocument
from guildhall.proctoring.model.incident_kinds import Rule


class StripState(StrEnum):
    """What there is to see of an incident, and if nothing, why."""

    KEEPING = "keeping"  # the incident goes on, or its last seconds do
    WHOLE = "whole"
    CUT_SHORT = "cut_short"  # the server stopped before its end was kept: what was kept until then is whole
    MISSING = "missing"  # it should be there: the server stopped before anything was kept, or it cannot be opened
    NOT_KEPT = "not_kept"  # the exam does not ask for it, or the candidate did not agree
    DESTROYED = "destroyed"


class Phase(StrEnum):
    """When a picture was taken, beside its incident."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class KeptStrip(VersionedDocument):
    """Its id is the incident's. The blob it names was stored before it, whole; `sha256` is of the sealed bytes."""

    session_id: str
    exam_id: str
    rule: Rule
    epoch: int
    """Of the owner that keeps it."""
    opened_at_ms: int
    closed_at_ms: int | None = None
    part: int
    """1: as it was when the incident opened; 2: with all that followed."""
    pictures: int
    is_cut: bool = False
    blob: str
    sha256: str


LAST_PART = 2
KEEP = "proctoring.keep_strip"  # in the evidence log: a part was kept, and what it is
DESTROY = "proctoring.destroy_evidence"


def kept_details(strip: KeptStrip) -> dict[str, Any]:
    """What the evidence log says of a kept part: all of its document but when that was written."""
    bookkeeping = {"id", "rev", "created_at_ms", "updated_at_ms"}
    return strip.model_dump(mode="json", exclude=bookkeeping)


def blob_key(session_id: str, incident_id: str, part: int) -> str:
    """Each part has its own, so that the one which is referred to is never written over."""
    return f"evidence/{session_id}/{incident_id}/{part}"
