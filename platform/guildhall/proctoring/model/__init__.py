"""What proctoring keeps: sessions, incidents and who may join. Frozen; changed only through `store`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from guildhall.kit.tokens import Claims
from guildhall.proctoring.lifecycle import CheckInState, Connection, SessionState, Standing, standing_of
from guildhall.proctoring.model.incident_kinds import CHANNEL_OF, SEEN, Channel, Corroboration, Rule

__all__ = ["CHANNEL_OF", "SEEN", "Channel", "Corroboration", "Rule"]


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
    rule_version: str = ""  # of the rule set that opened it; empty before there were versions
    corroborated_by: tuple[Corroboration, ...] = ()
    """Of a claim."""


def entry_key(incident: Incident, kind: "EntryKind") -> str:
    """`absent_2_opened`: the same opening or closing has the same key whoever writes it, however often."""
    return f"{incident.rule.value}_{ordinal_of(incident)}_{kind.value.removeprefix('incident_')}"


def seat_id(attempt_id: str) -> str:
    """Of the session before the camera that belongs to an attempt."""
    return f"sit_{attempt_id.partition('_')[2]}"


def incident_id(session_id: str, rule: str, ordinal: int) -> str:
    return f"{session_id}:{rule}:{ordinal}"


def ordinal_of(incident: Incident) -> int:
    return int(incident.incident_id.rsplit(":", 1)[1])


class Coaching(Stored):
    """What the candidate can do to be seen better; never about behaviour."""

    code: str
    text: str


class EntryKind(StrEnum):
    INCIDENT_OPENED = "incident_opened"
    INCIDENT_CLOSED = "incident_closed"
    INCIDENT_CORROBORATED = "incident_corroborated"


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What one face says of direction and openness; the units are those of the engine's `Face`."""

    yaw_deg: float
    pitch_deg: float
    gaze_x: float
    gaze_y: float
    eye_openness: float
    mouth_openness: float
    interocular_px: float
    light: float


class StepName(StrEnum):
    """What a candidate is asked during the check-in, in its order; `rules/checking_in.py` has the words and times."""

    CENTRE = "centre"
    TOP_LEFT = "top_left"
    BOTTOM_RIGHT = "bottom_right"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    TURN_UP = "turn_up"
    TURN_DOWN = "turn_down"
    CLOSE_EYES = "close_eyes"


class Look(Stored):
    """What one finished step of the check-in showed."""

    middle: Reading  # componentwise median
    spread: Reading  # how far four frames of five stay from it
    count: int  # frames it is made of


class CheckInProgress(Stored):
    """How far a check-in has come: enough to go on after a reconnect, at the step where it stopped."""

    state: CheckInState = CheckInState.WAITING
    runs: int = 0  # how often it was begun
    place: int = 0  # of the present step
    looks: dict[StepName, Look] = {}


class Signal(StrEnum):
    """What is read of a person, and switched off for them where it reads poorly."""

    YAW = "yaw"
    PITCH = "pitch"
    GAZE_X = "gaze_x"
    GAZE_Y = "gaze_y"
    EYES = "eyes"
    MOUTH = "mouth"


# What looking away is judged from; the others are measured and not judged.
JUDGED: Final = (Signal.YAW, Signal.PITCH, Signal.GAZE_X)


class Weakness(StrEnum):
    """What holds a signal's quality down the most."""

    UNSEEN = "unseen"  # too few clear pictures, or the step was passed over
    UNSTEADY = "unsteady"  # it moved while it should have been still
    UNRESPONSIVE = "unresponsive"  # it did not follow what was asked
    REVERSED = "reversed"  # it went the other way: a mirrored picture, most often
    ASIDE = "aside"  # the camera stands too far to the side
    FAR = "far"
    DIM = "dim"
    UNCHECKED = "unchecked"  # no check-in: only the first calm seconds are known


class Quality(Stored):
    """How far a signal can be trusted for this person: 0 (not at all) to 1; .5 is where each of its limits lies."""

    figure: float = Field(ge=0, le=1)
    on: bool  # whether the signal is used; decided when it was measured
    weakness: Weakness | None = None


class BaselineSource(StrEnum):
    CALM = "calm"  # a calm stretch that happened by itself
    CHECK_IN = "check_in"


class Baseline(Stored):
    """How this person looks at the screen: absolute pose and gaze are biased per person.

    A signal is off for them where its quality was below `calibration_least_quality`, or was never measured.
    """

    source: BaselineSource = BaselineSource.CALM
    yaw_deg: float
    pitch_deg: float
    gaze_x: float
    gaze_y: float = 0.0
    eyes_open: float = 0.0
    eyes_closed: float = 0.0
    mouth_closed: float = 0.0
    # How gaze changes from the window's left (top) edge to its right (bottom) edge; None: never measured.
    gaze_x_span: float | None = None
    gaze_y_span: float | None = None
    # How the eyes turn back, a degree, when the head turns and they stay on the same point.
    gaze_x_per_yaw_deg: float = 0.0
    gaze_y_per_pitch_deg: float = 0.0
    quality: dict[Signal, Quality] = {}

    def is_on(self, signal: Signal) -> bool:
        quality = self.quality.get(signal)
        return quality is not None and quality.on


class Session(Stored):
    """One candidate's seat in one exam.

    `open` holds at most one incident a rule; `pending` is the outbox of DESIGN section 4, keyed by entry key and
    bounded by PENDING_BOUND because a session stops judging when its log cannot be written.
    """

    id: str = Field(alias="_id")
    exam_id: str
    exam_title: str
    attempt_id: str = ""  # of the exam that is sat before this camera; "": a room that only watches
    candidate_name: str
    created_at_ms: int
    state: SessionState
    connection: Connection
    since_ms: int
    epoch: int
    owner: str
    page_id: str = ""  # which of the candidate's pages holds the seat, as it named itself
    ordinals: dict[Rule, int]
    open: dict[Rule, Incident]
    pending: dict[str, PendingEntry]
    baseline: Baseline | None
    check_in: CheckInProgress = CheckInProgress()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def outbox(self) -> list[PendingEntry]:
        """The pending entries in the order they were decided: of one moment, openings come first."""
        return sorted(self.pending.values(), key=lambda entry: (entry.at_ms, _rank(entry)))

    @property
    def standing(self) -> Standing:
        return standing_of(self.state, self.connection)


PENDING_BOUND: Final = 64


def _rank(entry: PendingEntry) -> int:
    """What is corroborated while it goes on was so before its end; what was over already, after it."""
    if entry.kind is EntryKind.INCIDENT_CORROBORATED:
        return 1 if entry.incident.closed_at_ms is None else 3
    return 0 if entry.kind is EntryKind.INCIDENT_OPENED else 2


CANDIDATE_AUDIENCE: Final = "guildhall/exam-room"
PROCTOR_AUDIENCE: Final = "guildhall/proctor-wall"
PRACTICE_AUDIENCE: Final = "guildhall/practice-room"


class CandidateClaims(Claims):
    """What a candidate's join token says."""

    sitting_id: str  # the proctoring session it opens
    session_id: str = ""  # the sign-in behind it, whose end closes the socket


class PracticeClaims(Claims):
    """What the token of the practice room says: nothing of who it is."""

    session_id: str = ""  # the sign-in behind it, whose end closes the socket


class ProctorClaims(Claims):
    """What a proctor's join token says: which exam they may watch."""

    exam_id: str
    exam_title: str
    delivery_id: str = ""  # that they have to be assigned to, at every event; "": the demo's wall
    account_id: str = ""  # who watches; without one they may look and not act
    name: str = ""
    session_id: str = ""  # the sign-in behind it
