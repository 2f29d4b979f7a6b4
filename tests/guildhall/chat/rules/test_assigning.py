from typing import Any

import pytest

from guildhall.chat.lifecycle import ConversationState, PresenceState
from guildhall.chat.model import Conversation, ConversationKind, DeskAgent, Party, Place
from guildhall.chat.rules.assigning import AtLimit, next_agents, with_place, without_places
from guildhall.chat.rules.standing import begin

NOW_MS = 10_000


def agent(name: str, holds: int = 0, limit: int = 4, **fields: Any) -> DeskAgent:
    places = tuple(place(f"{name}-{n}") for n in range(holds))
    given = {
        "presence": PresenceState.ONLINE, "lease_until_ms": NOW_MS + 1, "kinds": (ConversationKind.VISITOR,), **fields,
    }  # fmt: skip
    return DeskAgent(id=name, created_at_ms=0, limit=limit, places=places, **given)


def place(token: str) -> Place:
    return Place(token=token, conversation_id="cnv_1", taken_at_ms=5)


def conversation() -> Conversation:
    begun = begin(ConversationKind.VISITOR, "support", 0, has_bot=False)
    return Conversation(
        id="cnv_1", created_at_ms=0, kind=ConversationKind.VISITOR, opener="vis_1", init_key="k",
        parties=(Party(id="vis_1"),), begun=begun, state=ConversationState.QUEUED, queue="support",
    )  # fmt: skip


def test_the_least_loaded_is_next_by_share_of_their_own_limit() -> None:
    agents = [agent("b", 1, 2), agent("a", 1, 4), agent("c", 0, 1, assigned_at_ms=9), agent("d", 0, 1)]
    assert [one.id for one in next_agents(agents, conversation(), NOW_MS)] == ["d", "c", "a", "b"]


@pytest.mark.parametrize(
    "unable",
    [
        agent("full", 2, 2),
        agent("over", 3, 2),
        agent("away", presence=PresenceState.AWAY),
        agent("silent", lease_until_ms=NOW_MS),
        agent("proctor", kinds=(ConversationKind.EXAM,)),
        agent("sales", queues=("sales",)),
    ],
    ids=lambda one: one.id,
)
def test_nobody_is_given_what_they_cannot_take(unable: DeskAgent) -> None:
    assert next_agents([unable], conversation(), NOW_MS) == []


def test_a_place_above_the_limit_is_refused_and_the_first_doubt_stands() -> None:
    once = with_place(agent("a", 0, 2), place("one"), 70)
    twice = with_place(once, place("two"), 900)
    assert twice.doubt_at_ms == 70
    with pytest.raises(AtLimit, match="holds 2 conversations"):
        with_place(twice, place("three"), 900)


def test_only_the_token_that_took_a_place_gives_it_back() -> None:
    held = with_place(with_place(agent("a"), place("one"), 70), place("two"), 70)
    assert [one.token for one in without_places(held, ["one"]).places] == ["two"]
    assert without_places(held, ["other"]) is held
