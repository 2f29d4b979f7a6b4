"""The desk: one agent has a conversation, no agent has too many, and what is killed midway is put right."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from guildhall.chat import jobs
from guildhall.chat.lifecycle import ConversationEvent, ConversationState, PresenceState
from guildhall.chat.rules.assigning import AtLimit
from guildhall.chat.rules.standing import NotYourTurn
from guildhall.kit.errors import DomainError, Invalid
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import Storage, StorageUnavailable
from tests.guildhall.chat.house import ChatHouse, agent, visitor

S = ConversationState


async def test_of_a_hundred_agents_who_take_one_conversation_one_has_it(either_storage: Storage) -> None:
    house = ChatHouse(either_storage)
    await house.store.ensure()
    other = house.another()
    conversation = await house.queued()
    names = [f"usr_{number}" for number in range(100)]
    await asyncio.gather(*(house.come(name) for name in names))

    async def take(number: int, name: str) -> bool:
        try:
            await (house, other)[number % 2].service.desk.take(agent(name), conversation.id)
        except MoveRefused:
            return False
        return True

    taken = await asyncio.gather(*(take(number, name) for number, name in enumerate(names)))
    assert sum(taken) == 1
    state, owner = await house.state(conversation)
    assert (state, owner) == (S.ASSIGNED, names[taken.index(True)])
    holding = {one.id: len(one.places) for one in await house.store.everybody() if one.places}
    assert holding == {owner: 1}
    await other.service.close()
    await house.service.close()


async def test_nobody_ever_holds_more_than_their_limit(either_storage: Storage) -> None:
    """Takes, transfers, resolves and the drain of two processes at once; held against every entry of every log."""
    house = ChatHouse(either_storage, auto_assign=True)
    await house.store.ensure()
    other = house.another()
    names, limit = [f"usr_{n}" for n in range(4)], 2
    talks = [await house.queued(f"vis_{n}") for n in range(14)]
    for name in names:
        await house.come(name, limit)

    async def work(process: ChatHouse, name: str, seed: int) -> None:
        for step in range(10):
            talk = talks[(seed * 5 + step * 3) % len(talks)]
            desk, me, them = process.service.desk, agent(name), names[(seed + step) % len(names)]
            again = f"again-{seed}-{step}"
            deeds: list[Callable[[], Any]] = [
                partial(desk.take, me, talk.id),
                partial(desk.resolve, me, talk.id),
                partial(process.say, talk, again, "words", talk.opener),
                partial(desk.transfer, me, talk.id, them),
                partial(desk.requeue, me, talk.id, ""),
            ]
            deed = deeds[(seed + step) % len(deeds)]
            try:
                await deed()
            except (MoveRefused, AtLimit, NotYourTurn):
                continue

    await asyncio.gather(
        *(work((house, other)[n % 2], names[n % len(names)], n) for n in range(8)),
    )
    owned = dict.fromkeys(names, 0)
    for talk in talks:
        _, owner = await house.state(talk)
        if owner:
            owned[owner] += 1
    assert max(owned.values()) <= limit
    held = {one.id: len(one.places) for one in await house.store.everybody()}
    assert all(held[name] <= limit for name in names)
    # And everything that waits has a reason to: nobody is free.
    house.clock.advance(80_000)
    for name in names:
        await house.service.presence.be(agent(name), PresenceState.ONLINE)
    await jobs.look(house.service)
    await jobs.look(house.service)
    owned = dict.fromkeys(names, 0)
    for talk in talks:
        _, owner = await house.state(talk)
        if owner:
            owned[owner] += 1
    held = {one.id: len(one.places) for one in await house.store.everybody()}
    assert held == owned
    waiting = await house.service.desk.waiting(agent("x"))
    assert not waiting or all(count == limit for count in owned.values())
    await other.service.close()
    await house.service.close()


async def test_who_waited_longest_is_first_and_an_agent_who_comes_gets_them(house: ChatHouse) -> None:
    desk = house.another(auto_assign=True)
    talks = []
    for number in range(5):
        house.clock.advance(1_000)
        talks.append(await desk.queued(f"vis_{number}"))
    await desk.service.presence.be(agent("usr_a"), PresenceState.AWAY)
    await desk.service.presence.arrange("usr_a", 3, ())
    assert {await house.state(talk) for talk in talks} == {(S.QUEUED, "")}
    await desk.service.presence.be(agent("usr_a"), PresenceState.ONLINE)
    owners = [(await house.state(talk))[1] for talk in talks]
    assert owners == ["usr_a", "usr_a", "usr_a", "", ""]
    await desk.service.desk.resolve(agent("usr_a"), talks[1].id)
    assert (await house.state(talks[3]))[1] == "usr_a"
    assert (await house.state(talks[4]))[1] == ""
    await desk.service.close()


async def test_taking_again_changes_nothing_and_the_limit_holds(house: ChatHouse) -> None:
    first, second = await house.queued("vis_1"), await house.queued("vis_2")
    await house.come("usr_a", 1)
    await house.service.desk.take(agent("usr_a"), first.id)
    head = len(await house.log(first))
    await house.service.desk.take(agent("usr_a"), first.id)
    assert len(await house.log(first)) == head
    with pytest.raises(AtLimit):
        await house.service.desk.take(agent("usr_a"), second.id)
    await house.service.desk.resolve(agent("usr_a"), first.id)
    assert (await house.service.desk.take(agent("usr_a"), second.id)).owner == "usr_a"


async def test_a_transfer_needs_room_and_then_the_other_speaks(house: ChatHouse) -> None:
    talk = await house.queued()
    await house.come("usr_a")
    await house.come("usr_b", 1)
    blocking = await house.queued("vis_2")
    await house.service.desk.take(agent("usr_b"), blocking.id)
    await house.service.desk.take(agent("usr_a"), talk.id)
    with pytest.raises(AtLimit):
        await house.service.desk.transfer(agent("usr_a"), talk.id, "usr_b")
    assert await house.say(talk, "still-mine", by="usr_a")
    await house.service.desk.resolve(agent("usr_b"), blocking.id)
    await house.service.desk.transfer(agent("usr_a"), talk.id, "usr_b")
    with pytest.raises(NotYourTurn):
        await house.say(talk, "not-mine-now", by="usr_a")
    assert await house.say(talk, "now-i-speak", by="usr_b")
    assert [len(one.places) for one in sorted(await house.store.everybody(), key=lambda one: one.id)] == [0, 1]


async def test_a_take_that_was_killed_after_the_place_was_taken_leaves_no_place_for_good(house: ChatHouse) -> None:
    talk = await house.queued()
    await house.come("usr_a", 1)
    dying = house.another()

    async def cut(*_: Any, **__: Any) -> Any:
        raise StorageUnavailable("cut")

    dying.service.logbook.append = cut  # type: ignore[method-assign]
    with pytest.raises(StorageUnavailable):
        await dying.service.desk.take(agent("usr_a"), talk.id)
    with pytest.raises(AtLimit):
        await house.service.desk.take(agent("usr_a"), talk.id)  # whether the first got through is not known yet
    house.clock.advance(71_000)
    await jobs.look(house.service)
    assert (await house.service.desk.take(agent("usr_a"), talk.id)).owner == "usr_a"
    house.clock.advance(71_000)
    await jobs.look(house.service)
    assert len((await house.store.agents.read("usr_a")).places) == 1  # what is held is not given back


async def test_a_resolve_that_was_killed_before_its_place_was_given_back_is_finished(house: ChatHouse) -> None:
    talk = await house.queued()
    await house.come("usr_a", 1)
    await house.service.desk.take(agent("usr_a"), talk.id)
    dying = house.another()

    async def die(_: str) -> Any:
        raise ConnectionError("killed")

    dying.service.following.follow = die  # type: ignore[method-assign, assignment]
    with pytest.raises(ConnectionError):
        await dying.service.desk.resolve(agent("usr_a"), talk.id)
    assert len((await house.store.agents.read("usr_a")).places) == 1
    house.clock.advance(71_000)
    await jobs.look(house.service)
    assert (await house.store.agents.read("usr_a")).places == ()
    assert (await house.store.conversations.read(talk.id)).state is S.RESOLVED


async def test_an_agent_who_falls_silent_gets_nothing_new_and_gives_back_what_they_had(house: ChatHouse) -> None:
    desk = house.another(auto_assign=True)
    talk = await desk.queued()
    await desk.come("usr_a")
    assert (await house.state(talk)) == (S.ASSIGNED, "usr_a")
    began_waiting = (await house.standing(talk)).waiting_since_ms
    house.clock.advance(31_000)
    second = await desk.queued("vis_2")
    await jobs.look(desk.service)
    assert (await house.store.agents.read("usr_a")).presence is PresenceState.OFFLINE
    assert (await house.state(talk), await house.state(second)) == ((S.ASSIGNED, "usr_a"), (S.QUEUED, ""))
    house.clock.advance(120_000)
    await jobs.look(desk.service)
    assert (await house.state(talk)) == (S.QUEUED, "")
    assert (await house.standing(talk)).waiting_since_ms == began_waiting
    assert (await house.store.agents.read("usr_a")).places == ()
    await desk.service.close()


async def test_a_lease_that_is_renewed_does_not_lapse(house: ChatHouse) -> None:
    await house.come("usr_a")
    house.clock.advance(25_000)
    await house.service.presence.renew("usr_a")
    house.clock.advance(25_000)
    await jobs.look(house.service)
    assert (await house.store.agents.read("usr_a")).presence is PresenceState.ONLINE


async def test_what_is_put_off_comes_back_by_itself_or_by_a_word(house: ChatHouse) -> None:
    await house.come("usr_a")
    for number, wakes in enumerate(("time", "word")):
        talk = await house.queued(f"vis_{number}")
        await house.service.desk.take(agent("usr_a"), talk.id)
        with pytest.raises(Invalid):
            await house.service.desk.snooze(agent("usr_a"), talk.id, house.clock.now_ms())
        await house.service.desk.snooze(agent("usr_a"), talk.id, house.clock.now_ms() + 60_000)
        assert (await house.state(talk)) == (S.SNOOZED, "")
        assert (await house.store.agents.read("usr_a")).places == ()
        if wakes == "word":
            await house.say(talk, "are-you-there", by=f"vis_{number}")
        else:
            await jobs.look(house.service)
            assert (await house.state(talk))[0] is S.SNOOZED
            house.clock.advance(60_000)
            await jobs.look(house.service)
        assert (await house.state(talk)) == (S.QUEUED, "")


async def test_resolved_is_reopened_by_a_word_and_closed_for_good_after_a_month(house: ChatHouse) -> None:
    talk = await house.queued()
    await house.service.desk.resolve(agent("usr_a"), talk.id)
    await house.say(talk, "one-more-thing")
    assert (await house.state(talk))[0] is S.QUEUED
    await house.service.desk.resolve(agent("usr_a"), talk.id)
    await house.service.desk.reopen(agent("usr_a"), talk.id)
    assert (await house.state(talk))[0] is S.QUEUED
    await house.service.conversations.turn(visitor(), talk.id, ConversationEvent.RESOLVE, "thank-you")
    house.clock.advance(30 * 86_400_000)
    await jobs.look(house.service)
    assert (await house.state(talk))[0] is S.CLOSED


async def test_who_manages_the_desk_moves_what_others_hold(house: ChatHouse) -> None:
    talk = await house.queued()
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), talk.id)
    with pytest.raises(MoveRefused):
        await house.service.desk.requeue(agent("usr_b"), talk.id, "sales")
    await house.service.desk.requeue(agent("usr_boss", manages=True), talk.id, "sales")
    assert await house.service.desk.queues(agent("x")) == {"sales": 1}


async def test_notes_are_for_agents_and_leave_no_trace_in_the_parties_log(house: ChatHouse) -> None:
    talk = await house.queued()
    head = await house.service.logbook.head(talk.id)
    for _ in range(2):
        await house.service.notes.write(agent("usr_a"), talk, "note-0001", "has called twice")
    assert [note.text for note in await house.service.notes.read(talk, 0, 10)] == ["has called twice"]
    tagged = await house.service.desk.tag(agent("usr_a"), talk.id, ("billing", "vip", "billing"))
    assert tagged.tags == ("billing", "vip")
    assert await house.service.logbook.head(talk.id) == head


async def test_one_conversation_that_cannot_be_followed_keeps_no_other_waiting(house: ChatHouse) -> None:
    bad, good = await house.queued("vis_1"), await house.queued("vis_2")
    await house.service.following.close()
    settle = house.service.following.settle

    async def stumble(conversation: Any) -> None:
        if conversation.id == bad.id:
            raise DomainError("stumbled")
        await settle(conversation)

    house.service.following.settle = stumble  # type: ignore[method-assign]
    house.clock.advance(71_000)
    await jobs.look(house.service)
    assert (await house.store.conversations.read(good.id)).due_at_ms == 0
    assert (await house.store.conversations.read(bad.id)).due_at_ms > 0
