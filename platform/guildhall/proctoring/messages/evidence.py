"""What reviewers, candidates and proctors are shown of what was kept: JSON over HTTP, and to a wall by its socket."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from guildhall.kit.sockets import Message
from guildhall.proctoring.messages import SessionId
from guildhall.proctoring.model import Rule
from guildhall.proctoring.model.photos import PhotoKind
from guildhall.proctoring.model.strips import Phase, StripState


class Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PictureShown(Shown):
    """`jpeg` is base64; a page draws it on a canvas, as the wall does: its policy lets in no `data:` pictures."""

    at_ms: int
    phase: Phase
    jpeg: str


class StripShown(Shown):
    """The pictures of one incident in the order of time. Without pictures, `sentence` says why."""

    session_id: str
    incident_id: str
    rule: Rule
    state: StripState
    sentence: str
    opened_at_ms: int
    closed_at_ms: int | None
    is_cut: bool
    """It grew too large: there is more of its middle than is kept."""
    pictures: tuple[PictureShown, ...]


class StripWanted(Message):
    """Proctor -> server: show me the pictures around this incident. Each look is in the audit log."""

    session_id: SessionId
    incident_id: Annotated[str, Field(min_length=1, max_length=120)]


class StripTold(Message):
    """As `StripShown`, to a wall."""

    sentence: str
    opened_at_ms: int
    pictures: tuple[PictureShown, ...]


class PhotoSeen(Shown):
    """`jpeg` is base64, as in `PictureShown`."""

    kind: PhotoKind
    at_ms: int
    jpeg: str


class PhotosSeen(Shown):
    photos: tuple[PhotoSeen, ...]


class ViewTold(Shown):
    """That somebody was shown the pictures of an incident."""

    number: int
    at_ms: int
    incident_id: str
    is_candidate: bool
    """The candidate themselves; else somebody who supervises or reviews the exam."""


class ViewsTold(Shown):
    views: tuple[ViewTold, ...]


class PartVerified(Shown):
    """One log of a session. `entries` were found good, from the first on; `fault` says what and where, "" if nothing.

    `head` is the number and hash of the newest good entry: kept elsewhere, it shows later whether the end was cut off.
    """

    part: str
    entries: int
    head: str
    fault: str


class SessionVerified(Shown):
    session_id: str
    is_whole: bool
    parts: tuple[PartVerified, ...]


class DeletionCertified(Shown):
    """`certificate` is a compact JWT (EdDSA, type `guildhall-deletion+jwt`) that says the rest, and more.

    `public_key` checks it; its `key_id` is its thumbprint (RFC 7638), and stands in the audit log too.
    """

    session_id: str
    destroyed_at_ms: int
    kept_days: int
    strips: int
    pictures: int
    certificate: str
    key_id: str
    public_key: str
