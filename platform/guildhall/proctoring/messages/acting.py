"""What crosses the two proctoring sockets about actions. The pages' `acting.ts` mirrors this file."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from guildhall.kit.sockets import Message
from guildhall.proctoring.lifecycle.acting import ActionState, SupervisionState
from guildhall.proctoring.messages import FrameNumber, SessionId
from guildhall.proctoring.model.cases import Action, ActionKind, Line, Reason, Saying, Text, WriteKey

Key = WriteKey
WrittenText = Annotated[str, Field(min_length=1, max_length=500)]
ReasonNamed = Literal[
    "technical_trouble",
    "candidate_asked",
    "interruption",
    "our_mistake",
    "cleared_up",
    "someone_else",
    "away_from_seat",
    "not_visible",
    "forbidden_material",
    "talking",
    "another_person_sits",
    "rules_broken",
    "safety",
]
KindNamed = Literal["warn", "pause", "resume", "extend", "room_scan", "terminate", "message"]


# --- proctor


class ActionWanted(Message):
    """Proctor -> server. `key` is made by the page and stays the same however often it sends this."""

    session_id: SessionId
    key: Key
    kind: KindNamed
    reason: ReasonNamed | None = None
    text: Text = ""
    extra_seconds: Annotated[int, Field(ge=0, le=14_400)] = 0


class BroadcastWanted(Message):
    """Proctor -> server: one message to everybody who is in the room."""

    key: Key
    text: WrittenText


class BroadcastSent(Message):
    candidates: int


class Decision(Message):
    """Proctor -> server: the second person's word on a proposal."""

    session_id: SessionId
    action_id: Key
    agrees: bool


class NoteWritten(Message):
    session_id: SessionId
    key: Key
    text: WrittenText
    is_flag: bool


class HandAnswered(Message):
    """Proctor -> server: the raised hand has been seen to."""

    session_id: SessionId
    key: Key


class Attend(Message):
    """Proctor -> server: I attend to this candidate, I leave them, or I need help with them."""

    session_id: SessionId
    action: Literal["attend", "leave", "escalate"]


class LinesAsked(Message):
    session_id: SessionId
    after: FrameNumber


class LinesTold(Message):
    lines: tuple[Line, ...]
    is_whole: bool
    """False: ask again after the last one."""


class Barred(Message):
    kind: ActionKind
    why: str


class Offer(Message):
    """What proctors may ask, and for which reasons; without any it needs a text."""

    kind: ActionKind
    reasons: tuple[tuple[Reason, str], ...]
    """Each with the words in which the candidate reads it."""
    needs_second: tuple[Reason, ...]
    """For these a second person has to agree."""


class CaseTold(Message):
    """Server -> proctor: how things stand with one candidate. Of two, the one with the higher `rev` holds."""

    event: ClassVar[str] = "case"
    newest_of: ClassVar[str] = "session_id"

    session_id: str
    rev: int
    supervision: SupervisionState
    holder: str
    holder_name: str
    until_ms: int
    assigned_name: str
    open: tuple[Action, ...]
    hand_raised_at_ms: int | None
    unread: int
    flags: int
    looked_at_ms: int
    looked_by: str
    can_move: bool
    """Whether an exam is sat here, which could be paused."""
    barred: tuple[Barred, ...]
    """What may not be asked of them just now, whoever asks."""


class Ranked(Message):
    session_id: str
    due_at_ms: int
    is_quiet: bool
    why: str


class Ranking(Message):
    """Server -> proctor: who to look at first. The same for every proctor of the exam."""

    event: ClassVar[str] = "ranking"
    newest_of: ClassVar[str] = "exam_id"

    exam_id: str
    at_ms: int
    bound_ms: int
    order: tuple[Ranked, ...]


class CasesAsked(Message):
    """Proctor -> server, after each `watch`."""


class CasesTold(Message):
    cases: tuple[CaseTold, ...]
    offers: tuple[Offer, ...]
    lease_ms: int
    """For how long one attends without saying so again."""
    server_time_ms: int
    me: str
    """The account that acts on this connection; "": it may look and not act."""


# --- candidate


class ActionTold(Message):
    """Server -> candidate, again and again until the page says that it has it. By its id it is known again."""

    event: ClassVar[str] = "action"

    action_id: str
    number: int
    kind: ActionKind
    reason: Reason | None
    text: str
    extra_seconds: int
    by_name: str
    asked_at_ms: int
    is_delivered: bool


class ConversationTold(Message):
    """Server -> candidate: the newest of what was said, and whether their hand is up."""

    event: ClassVar[str] = "conversation"
    newest_of: ClassVar[str] = "session_id"

    session_id: str
    rev: int
    sayings: tuple[Saying, ...]
    hand_raised_at_ms: int | None


class ActionNoted(Message):
    """Candidate -> server: the page has an action (`delivered`), the person has taken note (`acknowledged`)."""

    action_id: Key
    state: Literal["delivered", "acknowledged"]


class Said(Message):
    """Candidate -> server: a line to the proctors."""

    key: Key
    text: WrittenText


class HandMoved(Message):
    key: Key
    is_up: bool


class Settled(Message):
    """The answer to what was asked for: where the action stands, as far as it is still open."""

    state: ActionState | None
