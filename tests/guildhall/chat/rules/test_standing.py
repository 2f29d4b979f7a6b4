import pytest

from guildhall.chat.lifecycle import Actor, ConversationEvent, ConversationState
from guildhall.chat.model import ConversationKind, Read, Standing
from guildhall.chat.model.conversations import READERS_MAX
from guildhall.chat.rules.standing import (
    ConversationClosed,
    NotYourTurn,
    Turn,
    begin,
    marked,
    said_by_agent,
    said_by_bot,
    said_by_party,
    turned,
)

S, E = ConversationState, ConversationEvent


def standing(state: ConversationState, **fields: object) -> Standing:
    return begin(ConversationKind.VISITOR, "support", 1_000, has_bot=True).model_copy(update={"state": state, **fields})


@pytest.mark.parametrize(
    ("state", "has_bot", "target", "event"),
    [
        (S.UNATTENDED, True, S.UNATTENDED, None),
        (S.UNATTENDED, False, S.QUEUED, E.ESCALATE),
        (S.QUEUED, True, S.QUEUED, None),
        (S.ASSIGNED, True, S.ASSIGNED, None),
        (S.SNOOZED, True, S.QUEUED, E.WAKE),
        (S.RESOLVED, True, S.UNATTENDED, E.REOPEN),
        (S.RESOLVED, False, S.QUEUED, E.REOPEN),
    ],
)
def test_a_partys_words_turn_the_conversation_in_the_same_entry(
    state: ConversationState, has_bot: bool, target: ConversationState, event: ConversationEvent | None
) -> None:
    moved, with_event = said_by_party(standing(state, has_bot=has_bot), 7, 2_000)
    assert (moved.state, with_event, moved.last_message) == (target, event, 7)


def test_a_partys_words_always_end_what_a_bot_had_begun() -> None:
    before = standing(S.UNATTENDED)
    after, _ = said_by_party(before, 1, 2_000)
    assert said_by_bot(after, after.epoch, 2).last_message == 2
    with pytest.raises(NotYourTurn):
        said_by_bot(after, before.epoch, 2)


def test_a_bot_never_talks_over_a_person_nor_after_they_have_handed_back() -> None:
    before = standing(S.UNATTENDED)
    taken = turned(before, Turn(E.TAKE, Actor.AGENT, 2_000, by="usr_a", owner="usr_a", place="p"))
    for later in (taken, turned(taken, Turn(E.HAND_BACK, Actor.AGENT, 3_000, by="usr_a"))):
        with pytest.raises(NotYourTurn):
            said_by_bot(later, before.epoch, 2)


def test_an_agent_speaks_only_where_they_hold_the_conversation() -> None:
    held = standing(S.ASSIGNED, owner="usr_a")
    assert said_by_agent(held, "usr_a", 3).last_message == 3
    for refused in (held.model_copy(update={"owner": "usr_b"}), standing(S.QUEUED), standing(S.RESOLVED)):
        with pytest.raises(NotYourTurn):
            said_by_agent(refused, "usr_a", 3)


def test_nobody_speaks_in_what_is_closed() -> None:
    with pytest.raises(ConversationClosed):
        said_by_party(standing(S.CLOSED), 1, 1)
    with pytest.raises(ConversationClosed):
        said_by_agent(standing(S.CLOSED), "usr_a", 1)


def test_whoever_is_handed_back_waits_on_from_when_they_began() -> None:
    waiting = turned(standing(S.UNATTENDED), Turn(E.ESCALATE, Actor.PARTY, 2_000))
    held = turned(waiting, Turn(E.ASSIGN, Actor.SYSTEM, 3_000, owner="usr_a", place="p"))
    back = turned(held, Turn(E.REQUEUE, Actor.SYSTEM, 9_000))
    assert (back.waiting_since_ms, back.owner, back.place) == (2_000, "", "")
    resolved = turned(held, Turn(E.RESOLVE, Actor.AGENT, 9_000, by="usr_a"))
    again = turned(resolved, Turn(E.REOPEN, Actor.AGENT, 20_000, by="usr_a"))
    assert again.waiting_since_ms == 20_000


def test_what_the_house_does_because_of_an_agent_it_does_only_while_they_hold_it() -> None:
    held = standing(S.ASSIGNED, owner="usr_b")
    with pytest.raises(NotYourTurn):
        turned(held, Turn(E.REQUEUE, Actor.SYSTEM, 1, only_from="usr_a"))


def test_every_turn_raises_the_epoch() -> None:
    seen = standing(S.UNATTENDED)
    for turn in (
        Turn(E.ESCALATE, Actor.BOT, 1),
        Turn(E.TAKE, Actor.AGENT, 2, by="usr_a", owner="usr_a", place="p"),
        Turn(E.SNOOZE, Actor.AGENT, 3, by="usr_a", wake_at_ms=9),
        Turn(E.WAKE, Actor.SYSTEM, 9),
        Turn(E.RESOLVE, Actor.PARTY, 10),
    ):
        moved = turned(seen, turn)
        assert moved.epoch == seen.epoch + 1
        seen = moved
    assert seen.wake_at_ms == 0


def test_receipts_only_grow_and_only_as_far_as_there_are_messages() -> None:
    seen = standing(S.QUEUED, last_message=5)
    once = marked(seen, "vis_1", 9, 3)
    assert once is not None
    assert once.readers == {"vis_1": Read(delivered=5, read=3)}
    assert marked(once, "vis_1", 5, 3) is None
    assert marked(once, "vis_1", 2, 1) is None
    read = marked(once, "vis_1", 0, 5)
    assert read is not None
    assert read.readers["vis_1"] == Read(delivered=5, read=5)


def test_receipts_of_a_crowd_are_bounded() -> None:
    crowd = {f"usr_{n}": Read(delivered=1) for n in range(READERS_MAX)}
    seen = standing(S.QUEUED, last_message=5, readers=crowd)
    assert marked(seen, "usr_new", 5, 5) is None
    assert marked(seen, "usr_0", 5, 5) is not None
