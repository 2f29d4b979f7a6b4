"""A candidate's case: what proctors have asked of them, what was said, and who attends to them. One document a session.

It is the unit of truth: one compare-and-set decides, and leaves in the same document (`outbox`, an action's state) what
must follow. Lines of the log are the history: one numbered stream a session, in which every change has its number.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.proctoring.lifecycle.acting import ActionState, SupervisionState

OPEN_ACTIONS_MAX: Final = 40  # overflow policy: a further action is refused until some are acknowledged
SETTLED_KEYS_MAX: Final = 200  # of what is settled, so that a late repetition is known again
SAYINGS_MAX: Final = 60  # the newest of a conversation; the log has them all
OUTBOX_MAX: Final = 120  # overflow policy: nothing further is decided until a follower has written
TEXT_CHARACTERS: Final = 500

WriteKey = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Text = Annotated[str, Field(max_length=TEXT_CHARACTERS)]


class ActionKind(StrEnum):
    WARN = "warn"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    ROOM_SCAN = "room_scan"
    TERMINATE = "terminate"
    MESSAGE = "message"
    BROADCAST = "broadcast"


class Reason(StrEnum):
    """Why: a closed list. Which serve what is in `rules/acting.py`."""

    TECHNICAL_TROUBLE = "technical_trouble"
    CANDIDATE_ASKED = "candidate_asked"
    INTERRUPTION = "interruption"
    OUR_MISTAKE = "our_mistake"
    CLEARED_UP = "cleared_up"
    SOMEONE_ELSE = "someone_else"
    AWAY_FROM_SEAT = "away_from_seat"
    NOT_VISIBLE = "not_visible"
    FORBIDDEN_MATERIAL = "forbidden_material"
    TALKING = "talking"
    ANOTHER_PERSON_SITS = "another_person_sits"
    RULES_BROKEN = "rules_broken"
    SAFETY = "safety"


class Action(Stored):
    """One thing a proctor asked of one candidate. `id` is the key that the proctor's page gave it."""

    id: str
    number: int  # within the case, from 1
    kind: ActionKind
    state: ActionState
    by: str
    by_name: str
    reason: Reason | None = None
    text: Text = ""
    extra_seconds: int = 0
    asked_at_ms: int
    expires_at_ms: int
    second_by: str = ""
    delivered_at_ms: int | None = None
    acknowledged_at_ms: int | None = None
    refusal: str = ""


class LineKind(StrEnum):
    ACTION = "action"
    SAID = "said"  # by the candidate; what proctors say is an action
    HAND_RAISED = "hand_raised"
    HAND_LOWERED = "hand_lowered"
    NOTE = "note"
    FLAG = "flag"
    SUPERVISION = "supervision"


class Line(Stored):
    """One line of a case's history, as it is decided. `number` is given by the log: 0 until then."""

    key: str
    number: int = 0
    at_ms: int
    kind: LineKind
    by: str = ""  # an account; "": the candidate, or the system
    by_name: str = ""
    text: str = ""
    action: Action | None = None


class Saying(Stored):
    """One line of the conversation between a candidate and the proctors."""

    key: str
    at_ms: int
    is_candidate: bool
    name: str
    text: str


class Attendance(Stored):
    """The supervision machine's memory. `holder` attends until `until_ms`."""

    state: SupervisionState = SupervisionState.UNASSIGNED
    assigned_to: str = ""
    assigned_name: str = ""
    holder: str = ""
    holder_name: str = ""
    until_ms: int = 0


class Case(VersionedDocument):
    """`is_pending`: a follower has something to do. `is_unanswered`: the page has yet to say that it has an action."""

    exam_id: str
    attempt_id: str = ""
    candidate_name: str
    number: int = 0  # of the newest action
    open: tuple[Action, ...] = Field((), max_length=OPEN_ACTIONS_MAX)
    settled: tuple[str, ...] = Field((), max_length=SETTLED_KEYS_MAX)
    outbox: tuple[Line, ...] = Field((), max_length=OUTBOX_MAX + OPEN_ACTIONS_MAX)
    sayings: tuple[Saying, ...] = Field((), max_length=SAYINGS_MAX)
    attendance: Attendance = Attendance()
    looked_at_ms: int = 0  # when a person last looked at this candidate enlarged
    looked_by: str = ""
    hand_raised_at_ms: int | None = None
    flags: int = 0
    heard_at_ms: int = 0  # up to when proctors have read what the candidate said
    is_pending: bool = False
    is_unanswered: bool = False
    due_at_ms: int = 0
    """When an action or the lease runs out; 0: never."""

    def action(self, action_id: str) -> Action | None:
        return next((action for action in self.open if action.id == action_id), None)
