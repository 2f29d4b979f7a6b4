"""Where a conversation stands after a turn, a message or a receipt. Pure: decided by the standing before it alone.

The service puts what these give into the entry that says it. Two processes that decide by the same entry both want the
next number; one gets it, and the other decides again by what the first made of it.
"""

from dataclasses import dataclass

from guildhall.chat.lifecycle import CONVERSATION, Actor, ConversationEvent, ConversationFacts, ConversationState
from guildhall.chat.model.conversations import BETWEEN_PARTIES, READERS_MAX, ConversationKind, Read, Standing
from guildhall.chat.rules.promising import NOTHING_PROMISED, Outlook
from guildhall.kit.errors import Conflict, DomainError

_State = ConversationState


class ConversationClosed(Conflict):
    type = "conversation-closed"
    title = "This conversation is closed"

    def __init__(self) -> None:
        super().__init__("This conversation is closed; what was said stays readable. Begin a new one.")


class NotResolved(Conflict):
    type = "not-resolved"
    title = "This conversation is not over"


class NotLate(DomainError):
    """Of no promise that is broken; the job drops it."""


class NotYourTurn(Conflict):
    """The one-speaker fence: somebody else holds the conversation, or something was said meanwhile."""

    type = "not-your-turn"
    title = "Somebody else speaks here now"


@dataclass(frozen=True, slots=True)
class Turn:
    """`owner` and `place` for turns to an agent, `queue` for those to another queue, `wake_at_ms` for a snooze."""

    event: ConversationEvent
    actor: Actor
    at_ms: int
    by: str = ""
    manages: bool = False
    only_from: str = ""
    """Only while this agent holds it; for what the platform does because of them."""
    owner: str = ""
    place: str = ""
    queue: str = ""
    wake_at_ms: int = 0
    outlook: Outlook = NOTHING_PROMISED
    """Of the queue that it leads to; nothing is promised by default."""


def begin(kind: ConversationKind, queue: str, at_ms: int, *, has_bot: bool) -> Standing:
    """Before the first entry."""
    is_between_parties = kind in BETWEEN_PARTIES
    return Standing(
        state=_State.OPEN if is_between_parties else _State.UNATTENDED,
        state_since_ms=at_ms,
        queue=queue,
        has_bot=has_bot,
        is_between_parties=is_between_parties,
    )


def turned(seen: Standing, turn: Turn) -> Standing:
    """Raises MoveRefused, NotYourTurn."""
    if turn.only_from and seen.owner != turn.only_from:
        raise NotYourTurn("Somebody else holds this conversation by now.")
    facts = ConversationFacts(
        has_bot=seen.has_bot,
        is_between_parties=seen.is_between_parties,
        is_theirs=turn.manages or (seen.owner == turn.by and bool(turn.by)),
    )
    target = CONVERSATION.move(seen.state, turn.event, turn.actor, facts).target
    is_assigned = target is _State.ASSIGNED
    was_waiting_ms = seen.waiting_since_ms if turn.event is ConversationEvent.REQUEUE else 0
    waits = target is _State.QUEUED
    return seen.model_copy(
        update={
            "state": target,
            "state_since_ms": turn.at_ms,
            "epoch": seen.epoch + 1,
            "owner": turn.owner if is_assigned else "",
            "place": turn.place if is_assigned else "",
            "queue": turn.queue or seen.queue,
            "is_called_in": target is not _State.OPEN
            and (seen.is_called_in or turn.event is ConversationEvent.ESCALATE),
            # Kept while assigned: somebody whose agent went away has waited longest of all.
            "waiting_since_ms": was_waiting_ms or turn.at_ms if waits else seen.waiting_since_ms if is_assigned else 0,
            "wake_at_ms": turn.wake_at_ms if target is _State.SNOOZED else 0,
            "promised_by_ms": _promised(seen, turn, target),
        }
    )


def _promised(seen: Standing, turn: Turn, target: ConversationState) -> int:
    """A promise stands until it is answered: neither a transfer nor a snooze is an answer."""
    if target in {_State.RESOLVED, _State.UNATTENDED, _State.CLOSED}:
        return 0
    if target is _State.QUEUED and not seen.promised_by_ms and turn.event is not ConversationEvent.REQUEUE:
        return turn.at_ms + turn.outlook.within_ms if turn.outlook.is_staffed else 0
    return seen.promised_by_ms


def said_by_party(
    seen: Standing, number: int, at_ms: int, outlook: Outlook = NOTHING_PROMISED
) -> tuple[Standing, ConversationEvent | None]:
    """After a party's message, and the turn that comes with it. Raises ConversationClosed."""
    event = _turn_of_words(seen)
    if event is None:
        moved = seen.model_copy(update={"epoch": seen.epoch + 1})
    else:
        moved = turned(seen, Turn(event, Actor.PARTY, at_ms, outlook=outlook))
    return moved.model_copy(update={"last_message": number}), event


def _turn_of_words(seen: Standing) -> ConversationEvent | None:
    match seen.state:
        case _State.CLOSED:
            raise ConversationClosed
        case _State.RESOLVED:
            return ConversationEvent.REOPEN
        case _State.SNOOZED:
            return ConversationEvent.WAKE
        case _State.UNATTENDED if not seen.has_bot:
            return ConversationEvent.ESCALATE
    return None


def said_by_agent(seen: Standing, agent_id: str, number: int) -> Standing:
    """Raises NotYourTurn, ConversationClosed."""
    if seen.state is _State.CLOSED:
        raise ConversationClosed
    if seen.state is not _State.ASSIGNED or seen.owner != agent_id:
        raise NotYourTurn("You do not hold this conversation; take it before you answer.")
    return seen.model_copy(update={"last_message": number, "promised_by_ms": 0})


def said_by_bot(seen: Standing, epoch: int, number: int) -> Standing:
    """`epoch` is the one in which the bot began to think. Raises NotYourTurn."""
    if seen.state is not _State.UNATTENDED or seen.epoch != epoch:
        raise NotYourTurn("A person speaks here now, or something was said since: the bot's answer is dropped.")
    return seen.model_copy(update={"last_message": number})


def said_by_house(seen: Standing, number: int) -> Standing:
    """What the platform itself tells, such as the welcome."""
    return seen.model_copy(update={"last_message": number})


def told_late(seen: Standing, now_ms: int) -> Standing:
    """After the log has said that a promise is broken. Raises NotLate where none is, or somebody answered."""
    if not 0 < seen.promised_by_ms <= now_ms:
        raise NotLate("Nothing is promised there that is late.")
    return seen.model_copy(update={"promised_by_ms": 0})


def rated(seen: Standing) -> Standing:
    """After a party has said how content they were; it changes nothing else. Raises NotResolved."""
    if seen.state not in {_State.RESOLVED, _State.CLOSED}:
        raise NotResolved("You can say how it was when this conversation is resolved.")
    return seen


def marked(seen: Standing, reader: str, delivered: int, read: int) -> Standing | None:
    """After a receipt; None when it says nothing new.

    Receipts only grow, and only as far as the newest message: so a receipt is never a reason for another.
    """
    before = seen.readers.get(reader)
    if before is None and len(seen.readers) >= READERS_MAX:
        return None
    known = before or Read()
    read_up_to = max(known.read, min(read, seen.last_message))
    now = Read(delivered=max(known.delivered, min(delivered, seen.last_message), read_up_to), read=read_up_to)
    if now == known:
        return None
    return seen.model_copy(update={"readers": {**seen.readers, reader: now}})
