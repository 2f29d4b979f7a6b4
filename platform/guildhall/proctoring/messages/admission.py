"""What crosses the two sockets on the way to a seat; `pages/shared/admission.ts` mirrors this file."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from guildhall.kit.sockets import Message
from guildhall.proctoring.model.admission import CheckName, ClaimKind, ConsentSignal, Outcome, RefusalReason
from guildhall.proctoring.model.photos import PhotoKind

Milliseconds = Annotated[int, Field(ge=0, le=2**53)]
SessionId = Annotated[str, Field(min_length=1, max_length=64)]
Key = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
CLAIMS_AT_ONCE: int = 20
PROBE_BYTES_MAX: int = 100_000


class ConsentAnswer(Message):
    signal: Literal["camera", "direction", "likeness", "camera_name", "browser", "photos", "room_scan", "strips"]
    text_hash: Annotated[str, Field(min_length=64, max_length=64)]
    given: bool


class SaidTold(Message):
    """Candidate -> server, and back to them alone: what they sit with, and whether with glasses, as far as they say."""

    device: Literal["computer", "tablet", "phone"] | None
    glasses: bool | None


class ConsentAnswered(Message):
    """Candidate -> server: what they said to each signal, with the hash of the words that they were shown.

    `said` comes with the first answers; without it what was said before stays.
    """

    answers: Annotated[list[ConsentAnswer], Field(min_length=1, max_length=16)]
    said: SaidTold | None = None


class ChecksMeasured(Message):
    """Candidate -> server: what only the page can measure; the pictures themselves are looked at here."""

    camera_trouble: Annotated[str, Field(max_length=40)] | None
    frames_per_second: Annotated[float, Field(ge=0, le=1000)] | None
    upload_kbit_s: Annotated[float, Field(ge=0, le=10_000_000)] | None
    clock_offset_ms: Annotated[float, Field(ge=-1e13, le=1e13)] | None


class Probe(Message):
    """Candidate -> server: bytes to measure the line with."""

    payload: bytes


class Probed(Message):
    server_time_ms: int
    received_bytes: int


class PhotoTaken(Message):
    """Candidate -> server: one photograph. Of a room scan `scan` is the request's number and `place` counts from 0."""

    kind: Literal["face", "id_document", "room"]
    scan: Annotated[int, Field(ge=0, le=100)]
    place: Annotated[int, Field(ge=0, le=100)]
    jpeg: bytes


class ScanDeclined(Message):
    number: Annotated[int, Field(ge=1, le=100)]


class AdmissionAsked(Message):
    """Candidate -> server: let me in."""


class ClaimTold(Message):
    """One claim. `age_ms` is how long ago it was when the batch left, by one and the same clock of the page."""

    key: Key
    kind: Literal[
        "tab_hidden",
        "focus_lost",
        "full_screen_left",
        "copied",
        "pasted",
        "printed",
        "second_screen",
        "developer_tools",
        "network_lost",
        "clock_jumped",
    ]
    phase: Literal["once", "began", "ended"]
    client_at_ms: Milliseconds
    age_ms: Milliseconds
    lasted_ms: Milliseconds | None
    detail: Annotated[str, Field(max_length=120)]


class ClaimsSent(Message):
    """Candidate -> server: what waits in the page's outbox, in order; none only tells the time of its clock."""

    client_now_ms: Milliseconds
    claims: Annotated[list[ClaimTold], Field(max_length=CLAIMS_AT_ONCE)]


class ClaimReceipt(Message):
    """`number` in the session's log; None: this kind is not collected (any more), so it was not kept."""

    key: str
    number: int | None


class ClaimsTaken(Message):
    receipts: tuple[ClaimReceipt, ...]


# --- what is told


class ConsentTold(Message):
    signal: ConsentSignal
    version: int
    text_hash: str
    title: str
    what: str
    without: str
    required: bool
    given: bool | None


class CheckTold(Message):
    name: CheckName
    title: str
    must_pass: bool
    passed: bool | None
    measured: str
    advice: str


class PhotoAsked(Message):
    kind: PhotoKind
    taken: bool
    advice: str
    """What would make the newest one better; it may stay as it is."""


class ScanTold(Message):
    number: int
    pictures: int
    taken: int


class DecisionTold(Message):
    outcome: Outcome
    words: str
    note: str
    at_ms: int


class AdmissionTold(Message):
    """Server -> candidate, after the session and at each change: where they stand on the way in."""

    event: ClassVar[str] = "admission"

    stage: Literal["consent", "checks", "photos", "ready", "waiting", "in"]
    is_practice: bool
    needs_admission: bool
    said: SaidTold
    consents: tuple[ConsentTold, ...]
    checks: tuple[CheckTold, ...]
    photos: tuple[PhotoAsked, ...]
    scan: ScanTold | None
    asked_at_ms: int | None
    ahead: int
    decision: DecisionTold | None
    claims: tuple[ClaimKind, ...]
    claim_least_ms: int


class WaitingAsked(Message):
    """Proctor -> server: tell me who waits to be let in."""


class ArrivalsChanged(Message):
    """Server -> proctor: somebody asks to be let in, or was answered. Only a hint: `waiting` tells who."""

    event: ClassVar[str] = "arrivals"


class PhotoListed(Message):
    photo_id: str
    kind: PhotoKind
    at_ms: int
    scan: int
    place: int
    advice: str


class Arrival(Message):
    """One candidate on the way in, as a proctor sees them."""

    session_id: str
    candidate_name: str
    stage: Literal["consent", "checks", "photos", "ready", "waiting", "in"]
    asked_at_ms: int | None
    failed_checks: tuple[CheckTold, ...]
    declined: tuple[str, ...]
    photos: tuple[PhotoListed, ...]
    scan_open: bool
    allows_scan: bool
    decision: DecisionTold | None


class Waiting(Message):
    arrivals: tuple[Arrival, ...]
    refusals: tuple[tuple[RefusalReason, str], ...]
    server_time_ms: int


class PhotoWanted(Message):
    """Proctor -> server: show me this picture. Each look is in the audit log."""

    session_id: SessionId
    photo_id: SessionId


class PhotoShown(Message):
    jpeg: bytes


class PhotosAsked(Message):
    """Proctor -> server: which photographs are there of this candidate."""

    session_id: SessionId


class PhotosTold(Message):
    photos: tuple[PhotoListed, ...]
    scan_open: bool
    scan_declined: bool
    """The newest one that was asked for."""
    allows_scan: bool


class AdmissionDecided(Message):
    session_id: SessionId
    outcome: Literal["admitted", "refused"]
    reason: (
        Literal[
            "photo_unclear",
            "document_unclear",
            "not_the_same_person",
            "somebody_else_present",
            "room_not_ready",
            "not_seen_well",
            "other",
        ]
        | None
    )
    note: Annotated[str, Field(max_length=300)]


class ScanWanted(Message):
    session_id: SessionId
    pictures: Annotated[int, Field(ge=1, le=8)]
