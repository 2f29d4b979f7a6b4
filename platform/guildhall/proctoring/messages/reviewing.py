"""What of reviews crosses HTTP: to reviewers without names, to candidates about themselves."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.proctoring.model.incident_kinds import Channel, Rule
from guildhall.proctoring.model.reviews import WORDS_CHARACTERS, Penalty, VerdictReason

WordsGiven = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=WORDS_CHARACTERS)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FlagShown(Shape):
    """`probability` is None while too few flags of its rule were reviewed: then it is uncalibrated."""

    id: str
    rule: Rule | None
    title: str
    channel: Channel
    rule_version: str
    opened_at_ms: int
    closed_at_ms: int | None
    reason: str
    probability: float | None
    reviewed: int
    """How many flags of its rule were reviewed to the end, here."""


class VerdictShown(Shape):
    flag_id: str
    is_upheld: bool
    reason: VerdictReason
    words: str
    at_ms: int


class RoundShown(Shape):
    """What one person made of the case; nobody's name."""

    is_mine: bool
    verdicts: tuple[VerdictShown, ...]
    penalty: Penalty | None
    words: str
    decided_at_ms: int | None


class ContestShown(Shape):
    at_ms: int
    words: str


class ActionShown(Shape):
    event: str
    allowed: bool
    reason: str | None


class ReviewListed(Shape):
    id: str
    pseudonym: str
    is_appeal: bool
    flags: int
    opened_at_ms: int
    is_mine: bool
    until_ms: int
    """Of my lease; 0: I do not have it."""


class ReviewQueue(Shape):
    """What this person may take, and what they have; the oldest first."""

    items: list[ReviewListed]
    others: int
    """Cases that are with somebody else, or that this person may not decide."""


class ReasonOffered(Shape):
    reason: VerdictReason
    is_upholding: bool


class OwnFlagShown(Shape):
    """`counts`: it is of a kind that people review; what could not be seen, or only a browser said, never does."""

    id: str
    rule: Rule | None
    title: str
    channel: Channel
    rule_version: str
    opened_at_ms: int
    closed_at_ms: int | None
    reason: str
    probability: float | None
    reviewed: int
    """Both as in `FlagShown`."""
    counts: bool
    verdicts: tuple[VerdictShown, ...]


RightsState = Literal[
    "not_known_yet", "no_flags", "being_reviewed", "cleared", "decided", "contested", "final", "overturned"
]
"""`not_known_yet`: the exam goes on, or nobody has said yet whether anything was flagged that has to be reviewed."""


class EarlierCaseShown(Shape):
    """What was flagged before the exam was opened again: a case of its own, which is over."""

    over_at_ms: int
    state: RightsState
    flags: tuple[OwnFlagShown, ...]
    penalty: Penalty | None
    means: str
    decisions: tuple[RoundShown, ...]
    contest: ContestShown | None


class CaseShown(Shape):
    """`earlier` is empty, although there is something, until this case is decided: it would colour it."""

    id: str
    pseudonym: str
    is_appeal: bool
    is_decided: bool
    opened_at_ms: int
    exceptions: tuple[str, ...]
    flags: tuple[FlagShown, ...]
    flags_left_out: int
    mine: RoundShown | None
    until_ms: int
    others: tuple[RoundShown, ...]
    contest: ContestShown | None
    earlier_until_ms: int
    """What was flagged before was reviewed already, and the exam opened again; 0: never."""
    earlier: tuple[EarlierCaseShown, ...]
    actions: tuple[ActionShown, ...]
    reasons: tuple[ReasonOffered, ...]
    server_time_ms: int


class TracePointShown(Shape):
    at_ms: int
    faces: int
    light: float
    yaw_deg: float | None
    pitch_deg: float | None
    gaze_x: float | None
    gaze_y: float | None


class TraceShown(Shape):
    """`is_destroyed`: what was kept of the session is gone, by its policy or at its end."""

    flag_id: str
    from_ms: int
    until_ms: int
    is_destroyed: bool
    points: tuple[TracePointShown, ...]


class VerdictGiven(Shape):
    flag_id: Annotated[str, Field(min_length=1, max_length=120)]
    is_upheld: bool
    reason: VerdictReason
    words: WordsGiven


class WordsSaid(Shape):
    words: WordsGiven


class PenaltyGiven(Shape):
    penalty: Penalty
    words: WordsGiven


class AppealAnswered(Shape):
    is_overturned: bool
    words: WordsGiven


# --- the candidate's own


class RightsListed(Shape):
    attempt_id: str
    exam_title: str
    number: int
    over_at_ms: int | None
    state: RightsState
    flags: int
    contest_until_ms: int


class RightsList(Shape):
    items: list[RightsListed]


class LookListed(Shape):
    """Somebody's look or act; `name` is None for whoever is no longer with us."""

    at_ms: int
    name: str | None
    what: str


class RightsShown(Shape):
    attempt_id: str
    session_id: str
    exam_title: str
    number: int
    began_at_ms: int | None
    over_at_ms: int | None
    state: RightsState
    flags: tuple[OwnFlagShown, ...]
    penalty: Penalty | None
    means: str
    decisions: tuple[RoundShown, ...]
    contest_until_ms: int
    may_contest: bool
    why_not: str | None
    contest: ContestShown | None
    earlier: tuple[EarlierCaseShown, ...]
    looks: tuple[LookListed, ...]
    photos: int
    """How many photographs are kept of them just now."""
    kept_until_ms: int
    """When what is kept of their looks is destroyed, unless a review still goes on; 0: it was, or there is nothing."""
    destroyed_at_ms: int | None
    """`/proctoring/own-sessions/{session_id}/deletion` has the certificate."""
    server_time_ms: int
