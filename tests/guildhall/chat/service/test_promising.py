"""What was promised is kept, or is said to be late, once."""

import asyncio

import pytest

from guildhall.chat import jobs
from guildhall.chat.model import Conversation, ConversationKind, DeskAgent
from guildhall.chat.service.promising import FRESH_MS
from guildhall.chat.store import ChatStore
from tests.guildhall.chat.house import ChatHouse, agent

MINUTE_MS = 60_000


async def events(house: ChatHouse, conversation: Conversation) -> list[str]:
    return [one.event for one in await house.log(conversation) if one.event]


async def tally(house: ChatHouse, conversation: Conversation) -> tuple[int, int]:
    followed = await house.service.following.follow(conversation.id)
    return followed.tally.promises_kept, followed.tally.promises_broken


async def test_who_waits_is_promised_a_time_and_an_answer_before_it_keeps_it(house: ChatHouse) -> None:
    await house.come("usr_a")
    conversation = await house.queued()
    promised_by_ms = (await house.standing(conversation)).promised_by_ms
    assert promised_by_ms == house.clock.now_ms() + 5 * MINUTE_MS
    house.clock.advance(MINUTE_MS)
    await house.service.desk.take(agent("usr_a"), conversation.id)
    assert (await house.standing(conversation)).promised_by_ms == promised_by_ms  # taking is no answer
    await house.say(conversation, "answer-one", "Here.", "usr_a")
    assert (await house.standing(conversation)).promised_by_ms == 0
    assert await tally(house, conversation) == (1, 0)


async def test_a_promise_that_is_over_is_said_once_and_counts_as_broken(house: ChatHouse) -> None:
    await house.come("usr_a")
    conversation = await house.queued()
    await house.service.following.follow(conversation.id)
    house.clock.advance(5 * MINUTE_MS)
    for process in (house, house.another()):
        await jobs.look(process.service)
    assert (await events(house, conversation)).count("late") == 1
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), conversation.id)
    await house.say(conversation, "answer-one", "Here.", "usr_a")
    assert await tally(house, conversation) == (0, 1)


async def test_where_nobody_is_there_nothing_is_promised(house: ChatHouse) -> None:
    conversation = await house.queued()
    assert (await house.standing(conversation)).promised_by_ms == 0
    assert (await house.service.conversations.page(conversation, 0, 10)).outlook.within_ms == 0


async def test_of_many_who_come_back_together_one_looks_for_all(
    house: ChatHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.come("usr_a")
    present, looks = ChatStore.present, 0

    async def counted(store: ChatStore, now_ms: int) -> list[DeskAgent]:
        nonlocal looks
        looks += 1
        return await present(store, now_ms)

    monkeypatch.setattr(ChatStore, "present", counted)
    promising = house.another().service.promising
    told = await asyncio.gather(*(promising.of(ConversationKind.VISITOR, "demo") for _ in range(20)))
    assert looks == 1
    assert {one.within_ms for one in told} == {5 * MINUTE_MS}
    house.clock.advance(FRESH_MS)
    await promising.of(ConversationKind.VISITOR, "demo")
    assert looks == 2
