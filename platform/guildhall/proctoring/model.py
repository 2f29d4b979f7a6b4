"""What proctoring keeps: sessions, incidents and who may join. Frozen; changed only through `store`."""

from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from guildhall.kit.tokens import Claims
from guildhall.proctoring.lifecycle import Connection, SessionState, Standing, standing_of


class Rule(StrEnum):
    """What an incident claims. A new one needs a sign in `rules/signs.py` and a threshold in `settings.py`."""

    ABSENT = "absent"
    SEVERAL_FACES = "several_faces"
    LOOKING_AWAY = "looking_away"
    CAMERA_DARK = "camera_dark"
    CAMERA_COVERED = "camera_covered"
    NO_FRAMES = "no_frames"


class Channel(StrEnum):
    """Cannot see is not did wrong: the visibility channel never counts as behaviour."""

    BEHAVIOUR = "behaviour"
    VISIBILITY = "visibility"


CHANNEL_OF: Final = {
    Rule.ABSENT: Channel.BEHAVIOUR,
    Rule.SEVERAL_FACES: Channel.BEHAVIOUR,
    Rule.LOOKING_AWAY: Channel.BEHAVIOUR,
    Rule.CAMERA_DARK: Channel.VISIBILITY,
    Rule.CAMERA_COVERED: Channel.VISIBILITY,
    Rule.NO_FRAMES: Channel.VISIBILITY,
}


class Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Incident(Stored):
    """One claim about one stretch of time; `closed_at_ms` is None while it goes on."""

    incident_id: str
    session_id: str
    candidate_name: str
    rule: Rule
    channel: Channel
    opened_at_ms: int
    closed_at_ms: int | None = None
    reason: str


class Coaching(Stored):
    """What the candidate can do to be seen better; never about behaviour."""

    code: str
    text: str


class EntryKind(StrEnum):
    INCIDENT_OPENED = "incident_opened"
    INCIDENT_CLOSED = "incident_closed"


class Entry(Stored):
    """One numbered line of an exam's log, as proctors receive it."""

    number: int
    at_ms: int
    kind: EntryKind
    incident: Incident


class PendingEntry(Stored):
    """An entry that is decided but perhaps not yet in the log; whoever owns the session carries it out."""

    at_ms: int
    kind: EntryKind
    incident: Incident


class Baseline(Stored):
    """How this person looks at the screen: absolute pose and gaze are biased per person (medians of check-in)."""

    yaw_deg: float
    pitch_deg: float
    gaze_x: float


class Session(Stored):
    """One candidate's seat in one exam.

    `open` holds at most one incident a rule; `pending` is the outbox of DESIGN section 4, keyed by entry key and
    bounded by PENDING_BOUND because a session stops judging when its log cannot be written.
    """

    id: str = Field(alias="_id")
    exam_id: str
    exam_title: str
    candidate_name: str
    created_at_ms: int
    state: SessionState
    connection: Connection
    since_ms: int
    epoch: int
    owner: str
    ordinals: dict[Rule, int]
    open: dict[Rule, Incident]
    pending: dict[str, PendingEntry]
    baseline: Baseline | None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def outbox(self) -> list[PendingEntry]:
        """The pending entries in the order they were decided: of one moment, openings come first."""
        return sorted(self.pending.values(), key=lambda entry: (entry.at_ms, entry.kind is EntryKind.INCIDENT_CLOSED))

    @property
    def standing(self) -> Standing:
        return standing_of(self.state, self.connection)


PENDING_BOUND: Final = 64


CANDIDATE_AUDIENCE: Final = "guildhall/exam-room"
PROCTOR_AUDIENCE: Final = "guildhall/proctor-wall"


class CandidateClaims(Claims):
    """What a candidate's join token says."""

    sitting_id: str  # the proctoring session it opens
    session_id: str = ""  # the sign-in behind it, whose end closes the socket


class ProctorClaims(Claims):
    """What a proctor's join token says: which exam they may watch."""

    exam_id: str
    exam_title: str
    session_id: str = ""  # the sign-in behind it
