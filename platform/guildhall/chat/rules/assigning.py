"""Who is next: of those at the desk, who has most room. Pure."""

from collections.abc import Iterable

from guildhall.chat.lifecycle import PRESENCE, Actor, PresenceEvent, PresenceState
from guildhall.chat.model.agents import PLACES_MAX, DeskAgent, Place
from guildhall.chat.model.conversations import Conversation, ConversationKind
from guildhall.kit.errors import Conflict


class AtLimit(Conflict):
    type = "at-limit"
    title = "No place is free"


def serves(agent: DeskAgent, kind: ConversationKind, queue: str) -> bool:
    """Whether such conversations of this queue are for them; no queue named means all."""
    return kind in agent.kinds and (not agent.queues or queue in agent.queues)


def may_answer(agent: DeskAgent, conversation: Conversation) -> bool:
    return serves(agent, conversation.kind, conversation.queue)


def is_present(agent: DeskAgent, now_ms: int) -> bool:
    return agent.presence is PresenceState.ONLINE and agent.lease_until_ms > now_ms


def next_agents(agents: Iterable[DeskAgent], conversation: Conversation, now_ms: int) -> list[DeskAgent]:
    """Those who may be given it: the least loaded first, of those the one who has waited longest for work."""
    able = [one for one in agents if is_present(one, now_ms) and one.free and may_answer(one, conversation)]
    return sorted(able, key=lambda one: (len(one.places) / one.limit, one.assigned_at_ms, one.id))


def with_place(agent: DeskAgent, place: Place, doubt_at_ms: int) -> DeskAgent:
    """Raises AtLimit."""
    if len(agent.places) >= min(agent.limit, PLACES_MAX):
        noun = "conversation" if agent.limit == 1 else "conversations"
        raise AtLimit(f"{agent.name or 'This agent'} holds {agent.limit} {noun} already, which is the limit.")
    return agent.model_copy(
        update={
            "places": (*agent.places, place),
            "assigned_at_ms": place.taken_at_ms,
            # The first doubt stands: a busy agent would put it off for ever.
            "doubt_at_ms": agent.doubt_at_ms or doubt_at_ms,
        }
    )


def without_places(agent: DeskAgent, tokens: Iterable[str]) -> DeskAgent:
    gone = frozenset(tokens)
    kept = tuple(place for place in agent.places if place.token not in gone)
    return agent if len(kept) == len(agent.places) else agent.model_copy(update={"places": kept})


def with_presence(agent: DeskAgent, event: PresenceEvent, actor: Actor, lease_until_ms: int) -> DeskAgent:
    """Raises MoveRefused."""
    moved = PRESENCE.move(agent.presence, event, actor, None)
    return agent.model_copy(update={"presence": moved.target, "lease_until_ms": lease_until_ms})
