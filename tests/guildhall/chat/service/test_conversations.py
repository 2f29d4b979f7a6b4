"""Nothing that was acknowledged is lost, doubled or out of order, whoever dies meanwhile."""

import asyncio
from typing import Any

import pytest

from guildhall.chat import jobs
from guildhall.chat.lifecycle import ConversationEvent, ConversationState
from guildhall.chat.model import ConversationKind, Read
from guildhall.chat.rules.standing import ConversationClosed, NotYourTurn
from guildhall.chat.service.logbook import TooLate
from guildhall.chat.store import NoSuch
from guildhall.kit.errors import Invalid
from guildhall.kit.storage import Storage
from tests.guildhall.chat.house import ChatHouse, agent, visitor

S = ConversationState


async def test_the_same_write_again_gives_the_same_number(house: ChatHouse) -> None:
    conversation = await house.open()
    first = await house.say(conversation, "message-1")
    assert await house.say(conversation, "message-1", "words") == first
    assert await house.say(conversation, "message-2") == first + 1
    assert await house.another().say(conversation, "message-2") == first + 1


async def test_a_repeat_is_answered_even_where_it_would_be_refused_by_now(house: ChatHouse) -> None:
    conversation = await house.open()
    first = await house.say(conversation, "message-1")
    await house.service.conversations.turn(visitor(), conversation.id, ConversationEvent.RESOLVE, "resolve-it")
    await house.service.desk.move(conversation, ConversationEvent.CLOSE)
    for process in (house, house.another()):
        assert await process.say(conversation, "message-1") == first
        with pytest.raises(ConversationClosed):
            await process.say(conversation, "message-2")


async def test_two_processes_that_write_at_once_leave_no_gap_and_no_double(either_storage: Storage) -> None:
    house = ChatHouse(either_storage)
    await house.store.ensure()
    other = house.another()
    conversation = await house.queued()
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), conversation.id)

    async def talk(process: ChatHouse, by: str) -> None:
        for number in range(40):
            await asyncio.gather(
                *(one.say(conversation, f"{by}-say-{number}", str(number), by) for one in (process, other))
            )

    await asyncio.gather(talk(house, "vis_1"), talk(other, "usr_a"))
    entries = await house.store.entries.read(conversation.id, 0, 1_000)
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    for by in ("vis_1", "usr_a"):
        said = [one.text for one in await house.log(conversation) if one.by == by and one.kind == "message"]
        assert said[-40:] == [str(number) for number in range(40)]
    await house.service.close()
    await other.service.close()


async def test_what_a_process_remembers_of_a_conversation_never_decides_against_the_log(house: ChatHouse) -> None:
    other = house.another()
    conversation = await house.queued()
    await house.come("usr_a")
    await other.say(conversation, "other-first")  # it now remembers the conversation as queued
    await house.service.desk.take(agent("usr_a"), conversation.id)
    assert await other.say(conversation, "agent-words", "hello", "usr_a")
    await house.service.desk.resolve(agent("usr_a"), conversation.id)
    with pytest.raises(NotYourTurn):
        await other.say(conversation, "agent-again", "hello", "usr_a")


async def test_a_double_click_opens_one_conversation_with_one_welcome(house: ChatHouse) -> None:
    opened = await asyncio.gather(
        *(process.open(welcome="Hello!") for process in (house, house.another(), house, house.another()))
    )
    assert len({conversation.id for conversation in opened}) == 1
    assert [one.text for one in await house.log(opened[0])] == ["Hello!"]


async def test_receipts_are_entries_of_the_same_log_and_never_answer_each_other(house: ChatHouse) -> None:
    conversation = await house.queued()
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), conversation.id)
    number = await house.say(conversation, "agent-words", "hello", "usr_a")
    for _ in range(2):
        await house.service.conversations.mark(visitor(), conversation.id, number, 0)
    await house.service.conversations.mark(visitor(), conversation.id, number + 5, number)
    log = await house.log(conversation)
    assert [(one.kind, one.delivered, one.read) for one in log[-2:]] == [("mark", number, 0), ("mark", number, number)]
    assert (await house.standing(conversation)).readers == {"vis_1": Read(delivered=number, read=number)}
    head = len(log)
    await house.service.conversations.mark(visitor(), conversation.id, head, head)
    assert len(await house.log(conversation)) == head


async def test_what_a_killed_process_left_of_a_conversation_is_carried_out_by_another(house: ChatHouse) -> None:
    conversation = await house.open()
    dying = house.another()

    async def die(_: str) -> Any:
        raise ConnectionError("killed")

    dying.service.following.follow = die  # type: ignore[method-assign, assignment]
    with pytest.raises(ConnectionError):
        await dying.say(conversation, "last-words", "help")  # it is in the log, and in no list
    assert (await house.store.conversations.read(conversation.id)).state is S.UNATTENDED
    await jobs.look(house.service)
    assert (await house.store.conversations.read(conversation.id)).head == 0  # too early: writes may be under way
    house.clock.advance(71_000)
    await jobs.look(house.service)
    listed = await house.store.conversations.read(conversation.id)
    assert (listed.state, listed.head, listed.last_text, listed.due_at_ms) == (S.QUEUED, 1, "help", 0)
    await house.say(conversation, "more-words")
    assert (await house.store.conversations.read(conversation.id)).due_at_ms > house.clock.now_ms()


async def test_a_write_that_took_too_long_is_given_up_and_may_be_sent_again(house: ChatHouse) -> None:
    conversation = await house.open()
    find = house.service.conversations.find

    async def slow(*arguments: Any) -> Any:
        found = await find(*arguments)
        house.clock.advance(31_000)
        return found

    house.service.conversations.find = slow  # type: ignore[method-assign, assignment]
    with pytest.raises(TooLate):
        await house.say(conversation, "message-1")
    house.service.conversations.find = find  # type: ignore[method-assign]
    assert await house.say(conversation, "message-1") == 1


async def test_a_bots_answer_counts_only_if_nobody_spoke_since_it_began(house: ChatHouse) -> None:
    conversation = await house.open(has_bot=True)
    await house.say(conversation, "question-1")
    epoch = (await house.standing(conversation)).epoch
    bot = house.another().service.conversations
    answer = await bot.answer_as_bot(conversation, "answer-1", "It is in the drawer.", epoch)
    assert (await bot.answer_as_bot(conversation, "answer-1", "again", epoch)).number == answer.number
    await house.say(conversation, "question-2")
    with pytest.raises(NotYourTurn):
        await bot.answer_as_bot(conversation, "answer-2", "too late", epoch)
    assert [one.by for one in await house.log(conversation)] == ["vis_1", "bot", "vis_1"]


async def test_nobody_else_finds_a_conversation(house: ChatHouse) -> None:
    conversation = await house.open()
    for stranger in (
        visitor("vis_2"),
        agent("usr_p", (ConversationKind.EXAM,)),
        visitor().model_copy(update={"subject": "usr_a"}),
    ):
        with pytest.raises(NoSuch):
            await house.service.conversations.say(stranger, conversation.id, "message-1", "hello")


@pytest.mark.parametrize("text", ["   ", "x" * 4_001, "a\x00b"])
async def test_what_is_no_message_is_refused_with_the_reason(house: ChatHouse, text: str) -> None:
    conversation = await house.open()
    with pytest.raises(Invalid):
        await house.say(conversation, "message-1", text)
    assert await house.log(conversation) == []
