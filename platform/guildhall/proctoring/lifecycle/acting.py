"""Two more machines: a proctor's action, and who attends to a candidate."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move
from guildhall.proctoring.lifecycle import Actor


class ActionState(StrEnum):
    PROPOSED = "proposed"  # waits for a second person
    ASKED = "asked"  # decided and numbered; what it does to the exam's clock is being done
    DUE = "due"  # in force; sent to the candidate's page again and again until that says it has it
    DELIVERED = "delivered"  # the page shows it
    ACKNOWLEDGED = "acknowledged"  # the candidate has taken note
    REFUSED = "refused"  # the exam did not allow it any more
    DECLINED = "declined"
    SUPERSEDED = "superseded"  # a newer action took its place before the candidate took note
    EXPIRED = "expired"


class ActionEvent(StrEnum):
    ASK = "ask"
    AGREE = "agree"
    DECLINE = "decline"
    CARRY_OUT = "carry_out"
    REFUSE = "refuse"
    DELIVER = "deliver"
    ACKNOWLEDGE = "acknowledge"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What the guards of an action look at."""

    needs_second: bool = False
    is_second: bool = False  # whoever acts is not the one who proposed it


_NO_SECOND_NEEDED: Final = Guard(
    "no_second_needed", lambda facts: not facts.needs_second, "it needs the agreement of a second proctor"
)
_IS_SECOND: Final = Guard("is_second", lambda facts: facts.is_second, "whoever proposed it cannot agree to it as well")
_UNANSWERED: Final = frozenset({ActionState.DUE, ActionState.DELIVERED})

ACTION: Machine[ActionState] = Machine(
    name="action",
    states=ActionState,
    initial=ActionState.PROPOSED,
    final=frozenset(
        {
            ActionState.ACKNOWLEDGED,
            ActionState.REFUSED,
            ActionState.DECLINED,
            ActionState.SUPERSEDED,
            ActionState.EXPIRED,
        }
    ),
    moves=(
        Move(
            event=ActionEvent.ASK,
            sources=frozenset({ActionState.PROPOSED}),
            target=ActionState.ASKED,
            actors=frozenset({Actor.PROCTOR}),
            guard=_NO_SECOND_NEEDED,
            effects=("move_attempt",),
        ),
        Move(
            event=ActionEvent.AGREE,
            sources=frozenset({ActionState.PROPOSED}),
            target=ActionState.ASKED,
            actors=frozenset({Actor.PROCTOR}),
            guard=_IS_SECOND,
            effects=("move_attempt",),
        ),
        Move(
            event=ActionEvent.DECLINE,
            sources=frozenset({ActionState.PROPOSED}),
            target=ActionState.DECLINED,
            actors=frozenset({Actor.PROCTOR}),
        ),
        Move(
            event=ActionEvent.CARRY_OUT,
            sources=frozenset({ActionState.ASKED}),
            target=ActionState.DUE,
            actors=frozenset({Actor.SYSTEM}),
            effects=("send",),
        ),
        Move(
            event=ActionEvent.REFUSE,
            sources=frozenset({ActionState.ASKED}),
            target=ActionState.REFUSED,
            actors=frozenset({Actor.SYSTEM}),
        ),
        Move(
            event=ActionEvent.DELIVER,
            sources=frozenset({ActionState.DUE}),
            target=ActionState.DELIVERED,
            actors=frozenset({Actor.CANDIDATE}),
        ),
        Move(
            event=ActionEvent.ACKNOWLEDGE,
            sources=_UNANSWERED,
            target=ActionState.ACKNOWLEDGED,
            actors=frozenset({Actor.CANDIDATE}),
        ),
        Move(
            event=ActionEvent.SUPERSEDE,
            sources=_UNANSWERED,
            target=ActionState.SUPERSEDED,
            actors=frozenset({Actor.SYSTEM}),
        ),
        Move(
            event=ActionEvent.EXPIRE,
            sources=_UNANSWERED | {ActionState.PROPOSED},
            target=ActionState.EXPIRED,
            actors=frozenset({Actor.SYSTEM}),
        ),
    ),
)


class SupervisionState(StrEnum):
    """Whether somebody answers for a candidate just now; anybody who may watch still sees them."""

    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    ATTENDING = "attending"  # by a lease, which the proctor's page renews
    ESCALATED = "escalated"  # whoever attended is gone, or asks for help, and something is open


class SupervisionEvent(StrEnum):
    ASSIGN = "assign"
    ATTEND = "attend"
    RENEW = "renew"
    TAKE_OVER = "take_over"
    LEAVE = "leave"
    ESCALATE = "escalate"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class SupervisionFacts:
    """What the guards of the supervision look at."""

    is_holder: bool = False
    is_lease_over: bool = False
    is_assigned: bool = False
    has_open_matter: bool = False


_HOLDER: Final = Guard("is_holder", lambda facts: facts.is_holder, "another proctor attends to this candidate")
_FREE: Final = Guard(
    "lease_is_over",
    lambda facts: facts.is_lease_over and not facts.is_holder,
    "whoever attends to this candidate is still here; they can leave it to you, or ask for help",
)
_OVER_AND_OPEN: Final = Guard(
    "something_is_open", lambda facts: facts.is_lease_over and facts.has_open_matter, "the lease is not over"
)
_OVER_AND_ASSIGNED: Final = Guard(
    "was_assigned", lambda facts: facts.is_lease_over and facts.is_assigned, "the lease is not over"
)
_OVER: Final = Guard("lease_is_over", lambda facts: facts.is_lease_over, "the lease is not over")
_LEFT_TO_ASSIGNED: Final = Guard(
    "was_assigned", lambda facts: facts.is_holder and facts.is_assigned, "another proctor attends to this candidate"
)
_Free, _Given, _Attended, _Urgent = (frozenset({state}) for state in SupervisionState)
_BY_PROCTOR, _BY_SYSTEM = frozenset({Actor.PROCTOR}), frozenset({Actor.SYSTEM})
_SE, _SS = SupervisionEvent, SupervisionState

SUPERVISION: Machine[SupervisionState] = Machine(
    name="supervision",
    states=SupervisionState,
    initial=SupervisionState.UNASSIGNED,
    final=frozenset(),
    moves=(
        Move(_SE.ASSIGN, _Free | _Given | _Urgent, _SS.ASSIGNED, _BY_PROCTOR, effects=("tell_walls",)),
        Move(_SE.ATTEND, _Free | _Given, _SS.ATTENDING, _BY_PROCTOR, effects=("start_lease",)),
        Move(_SE.TAKE_OVER, _Urgent, _SS.ATTENDING, _BY_PROCTOR, effects=("start_lease",)),
        Move(_SE.TAKE_OVER, _Attended, _SS.ATTENDING, _BY_PROCTOR, guard=_FREE, effects=("start_lease",)),
        Move(_SE.RENEW, _Attended, _SS.ATTENDING, _BY_PROCTOR, guard=_HOLDER, effects=("start_lease",)),
        Move(_SE.LEAVE, _Attended, _SS.ASSIGNED, _BY_PROCTOR, guard=_LEFT_TO_ASSIGNED),
        Move(_SE.LEAVE, _Attended, _SS.UNASSIGNED, _BY_PROCTOR, guard=_HOLDER),
        Move(_SE.ESCALATE, _Attended, _SS.ESCALATED, _BY_PROCTOR, guard=_HOLDER, effects=("tell_walls",)),
        Move(_SE.LAPSE, _Attended, _SS.ESCALATED, _BY_SYSTEM, guard=_OVER_AND_OPEN, effects=("tell_walls",)),
        Move(_SE.LAPSE, _Attended, _SS.ASSIGNED, _BY_SYSTEM, guard=_OVER_AND_ASSIGNED),
        Move(_SE.LAPSE, _Attended, _SS.UNASSIGNED, _BY_SYSTEM, guard=_OVER),
    ),
)
