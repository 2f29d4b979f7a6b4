"""Every state x event x actor of both machines, against tables written by hand."""

import itertools
from enum import StrEnum
from typing import Any

import pytest

from guildhall.chat.lifecycle import (
    CONVERSATION,
    PRESENCE,
    Actor,
    ConversationEvent,
    ConversationFacts,
    ConversationState,
    PresenceEvent,
    PresenceState,
)
from guildhall.kit.lifecycle import Machine, MoveRefused

S, E, A = ConversationState, ConversationEvent, Actor
THEIRS = ConversationFacts(is_theirs=True, has_bot=True)
TABLE: dict[tuple[ConversationState, ConversationEvent, Actor], ConversationState] = {
    **{
        (state, E.ESCALATE, actor): S.QUEUED
        for state in (S.UNATTENDED, S.OPEN)
        for actor in (A.PARTY, A.BOT, A.SYSTEM)
    },
    **{(state, E.TAKE, A.AGENT): S.ASSIGNED for state in (S.QUEUED, S.UNATTENDED, S.SNOOZED)},
    (S.QUEUED, E.ASSIGN, A.SYSTEM): S.ASSIGNED,
    (S.ASSIGNED, E.TRANSFER, A.AGENT): S.ASSIGNED,
    (S.ASSIGNED, E.REQUEUE, A.AGENT): S.QUEUED,
    (S.ASSIGNED, E.REQUEUE, A.SYSTEM): S.QUEUED,
    (S.ASSIGNED, E.HAND_BACK, A.AGENT): S.UNATTENDED,
    (S.ASSIGNED, E.SNOOZE, A.AGENT): S.SNOOZED,
    (S.SNOOZED, E.WAKE, A.PARTY): S.QUEUED,
    (S.SNOOZED, E.WAKE, A.SYSTEM): S.QUEUED,
    **{
        (state, E.RESOLVE, actor): S.RESOLVED
        for state in (S.UNATTENDED, S.QUEUED, S.OPEN, S.SNOOZED, S.ASSIGNED)
        for actor in (A.PARTY, A.AGENT, A.SYSTEM)
    },
    (S.UNATTENDED, E.RESOLVE, A.BOT): S.RESOLVED,
    (S.RESOLVED, E.REOPEN, A.PARTY): S.UNATTENDED,
    (S.RESOLVED, E.REOPEN, A.AGENT): S.QUEUED,
    (S.RESOLVED, E.CLOSE, A.SYSTEM): S.CLOSED,
}  # fmt: skip
P, V = PresenceState, PresenceEvent
PRESENCE_TABLE: dict[tuple[PresenceState, PresenceEvent, Actor], PresenceState] = {
    **{(state, V.COME, A.AGENT): P.ONLINE for state in P},
    **{(state, V.PAUSE, A.AGENT): P.AWAY for state in P},
    **{(state, V.LEAVE, A.AGENT): P.OFFLINE for state in P},
    (P.ONLINE, V.LAPSE, A.SYSTEM): P.OFFLINE,
    (P.AWAY, V.LAPSE, A.SYSTEM): P.OFFLINE,
}


@pytest.mark.parametrize(
    ("machine", "events", "table", "facts"),
    [(CONVERSATION, E, TABLE, THEIRS), (PRESENCE, V, PRESENCE_TABLE, None)],
    ids=["conversation", "presence"],
)
def test_every_state_event_and_actor_leads_where_the_table_says_or_is_refused(
    machine: Machine[Any], events: type[StrEnum], table: dict[Any, Any], facts: Any
) -> None:
    states: list[Any] = list(machine.states.__members__.values())
    for state, event, actor in itertools.product(states, list(events), list(Actor)):
        target = table.get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                machine.move(state, event, actor, facts)
        else:
            assert machine.move(state, event, actor, facts).target is target


@pytest.mark.parametrize("event", [E.TRANSFER, E.REQUEUE, E.HAND_BACK, E.SNOOZE, E.RESOLVE])
def test_an_agent_moves_no_conversation_that_another_holds(event: ConversationEvent) -> None:
    with pytest.raises(MoveRefused, match="another agent has this conversation"):
        CONVERSATION.move(S.ASSIGNED, event, A.AGENT, ConversationFacts(has_bot=True))


@pytest.mark.parametrize(
    ("facts", "target"),
    [
        (ConversationFacts(has_bot=True), S.UNATTENDED),
        (ConversationFacts(is_between_parties=True), S.OPEN),
        (ConversationFacts(), S.QUEUED),
    ],
)
def test_what_a_party_reopens_goes_to_whoever_answered_first(
    facts: ConversationFacts, target: ConversationState
) -> None:
    assert CONVERSATION.move(S.RESOLVED, E.REOPEN, A.PARTY, facts).target is target
