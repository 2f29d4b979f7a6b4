"""The machines of the desk: a conversation, and an agent's presence at the desk.

What is said moves a conversation as well (`rules.standing`): whoever writes into a resolved one reopens it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move


class Actor(StrEnum):
    PARTY = "party"  # whom the conversation is with: a visitor, a candidate, client or applicant, a contract's sides
    BOT = "bot"
    AGENT = "agent"  # whoever answers at the desk; a proctor, for candidates
    SYSTEM = "system"


class ConversationState(StrEnum):
    UNATTENDED = "unattended"  # nobody of the desk is asked for yet; a bot answers, where there is one
    OPEN = "open"  # the parties of an application or a contract among themselves
    QUEUED = "queued"
    ASSIGNED = "assigned"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    CLOSED = "closed"  # read only


class ConversationEvent(StrEnum):
    ESCALATE = "escalate"
    TAKE = "take"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    REQUEUE = "requeue"
    HAND_BACK = "hand_back"
    SNOOZE = "snooze"
    WAKE = "wake"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """What the guards look at."""

    has_bot: bool = False
    is_between_parties: bool = False
    is_theirs: bool = False
    """Whether the agent who acts holds the conversation, or manages the desk."""


_THEIRS: Final = Guard("is_theirs", lambda facts: facts.is_theirs, "another agent has this conversation; take it first")
_THEIRS_WITH_BOT: Final = Guard(
    "is_theirs_and_has_bot",
    lambda facts: facts.is_theirs and facts.has_bot,
    "another agent has this conversation, or no bot answers here",
)
_BOT: Final = Guard("has_bot", lambda facts: facts.has_bot, "no bot answers here")
_PARTIES: Final = Guard("is_between_parties", lambda facts: facts.is_between_parties, "it is no talk of two parties")

_P, _B, _A, _S = (frozenset({actor}) for actor in Actor)
_State, _Event = ConversationState, ConversationEvent


def _in(*states: ConversationState) -> frozenset[ConversationState]:
    return frozenset(states)


_RELEASE: Final = ("release_place", "assign_next")

CONVERSATION: Machine[ConversationState] = Machine(
    name="conversation",
    states=ConversationState,
    initial=ConversationState.UNATTENDED,
    final=frozenset({ConversationState.CLOSED}),
    moves=(
        Move(
            _Event.ESCALATE, _in(_State.UNATTENDED, _State.OPEN), _State.QUEUED, _P | _B | _S, effects=("assign_next",)
        ),
        Move(_Event.TAKE, _in(_State.QUEUED, _State.UNATTENDED, _State.SNOOZED), _State.ASSIGNED, _A),
        Move(_Event.ASSIGN, _in(_State.QUEUED), _State.ASSIGNED, _S),
        Move(_Event.TRANSFER, _in(_State.ASSIGNED), _State.ASSIGNED, _A, guard=_THEIRS, effects=_RELEASE),
        Move(_Event.REQUEUE, _in(_State.ASSIGNED), _State.QUEUED, _A, guard=_THEIRS, effects=_RELEASE),
        Move(_Event.REQUEUE, _in(_State.ASSIGNED), _State.QUEUED, _S, effects=_RELEASE),
        Move(_Event.HAND_BACK, _in(_State.ASSIGNED), _State.UNATTENDED, _A, guard=_THEIRS_WITH_BOT, effects=_RELEASE),
        Move(_Event.SNOOZE, _in(_State.ASSIGNED), _State.SNOOZED, _A, guard=_THEIRS, effects=_RELEASE),
        Move(_Event.WAKE, _in(_State.SNOOZED), _State.QUEUED, _P | _S, effects=("assign_next",)),
        Move(
            _Event.RESOLVE,
            _in(_State.UNATTENDED, _State.QUEUED, _State.OPEN, _State.SNOOZED),
            _State.RESOLVED,
            _P | _A | _S,
        ),
        Move(_Event.RESOLVE, _in(_State.UNATTENDED), _State.RESOLVED, _B),
        Move(_Event.RESOLVE, _in(_State.ASSIGNED), _State.RESOLVED, _P | _S, effects=_RELEASE),
        Move(_Event.RESOLVE, _in(_State.ASSIGNED), _State.RESOLVED, _A, guard=_THEIRS, effects=_RELEASE),
        Move(_Event.REOPEN, _in(_State.RESOLVED), _State.UNATTENDED, _P, guard=_BOT),
        Move(_Event.REOPEN, _in(_State.RESOLVED), _State.OPEN, _P, guard=_PARTIES),
        Move(_Event.REOPEN, _in(_State.RESOLVED), _State.QUEUED, _P | _A, effects=("assign_next",)),
        Move(_Event.CLOSE, _in(_State.RESOLVED), _State.CLOSED, _S),
    ),
)


class PresenceState(StrEnum):
    OFFLINE = "offline"
    ONLINE = "online"  # gets what is in the queues
    AWAY = "away"  # keeps what they have, gets nothing new


class PresenceEvent(StrEnum):
    COME = "come"
    PAUSE = "pause"
    LEAVE = "leave"
    LAPSE = "lapse"


PRESENCE: Machine[PresenceState] = Machine(
    name="presence",
    states=PresenceState,
    initial=PresenceState.OFFLINE,
    final=frozenset(),
    moves=(
        Move(PresenceEvent.COME, frozenset(PresenceState), PresenceState.ONLINE, _A, effects=("assign_next",)),
        Move(PresenceEvent.PAUSE, frozenset(PresenceState), PresenceState.AWAY, _A),
        Move(PresenceEvent.LEAVE, frozenset(PresenceState), PresenceState.OFFLINE, _A),
        Move(PresenceEvent.LAPSE, frozenset({PresenceState.ONLINE, PresenceState.AWAY}), PresenceState.OFFLINE, _S),
    ),
)
