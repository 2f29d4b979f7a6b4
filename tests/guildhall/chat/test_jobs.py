"""What the jobs of the desk look through, all of it: what can never be carried out hides nothing behind it."""

from collections.abc import Awaitable, Callable

import pytest

from guildhall.chat import jobs
from guildhall.chat.lifecycle import ConversationState
from guildhall.chat.model import Conversation, ConversationKind
from guildhall.kit.storage import Change, Storage
from tests.guildhall.chat.house import ChatHouse, agent


@pytest.mark.parametrize(
    ("read", "field"),
    [
        ("due", "due_at_ms"),
        ("to_wake", "wake_at_ms"),
        ("to_close", "close_at_ms"),
        ("late", "promised_by_ms"),
        ("to_mail", "mail_due_at_ms"),
        ("to_index", "index_due_at_ms"),
    ],
)
async def test_whatever_is_due_is_read_however_much_stands_before_it(
    either_storage: Storage, monkeypatch: pytest.MonkeyPatch, read: str, field: str
) -> None:
    monkeypatch.setattr("guildhall.chat.store.PAGE", 1)
    house = ChatHouse(either_storage)
    await house.store.ensure()
    opened = [await house.open(f"vis_{number}") for number in range(4)]
    for number, conversation in enumerate(opened):
        due_at_ms = house.clock.now_ms() + 1_000_000 * (number == 3)
        await _set(house, conversation, {field: due_at_ms})
    found = [one.id async for page in getattr(house.store, read)(house.clock.now_ms()) for one in page]
    assert sorted(found) == sorted(one.id for one in opened[:3])
    await house.service.close()


async def test_every_candidate_who_waits_or_is_held_is_read_and_nobody_else(
    house: ChatHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.chat.store.PAGE", 1)
    opened = [
        await house.open_talk(ConversationKind.EXAM, f"att_{number}", scope_id="dlv_1" * (number != 4))
        for number in range(5)
    ]
    states = (*[ConversationState.QUEUED] * 2, *[ConversationState.ASSIGNED] * 2, ConversationState.QUEUED)
    for conversation, state in zip(opened, states, strict=True):
        await _set(house, conversation, {"state": state.value})
    visitor = await house.open()
    await _set(house, visitor, {"state": ConversationState.ASSIGNED.value})
    waiting = [one.id async for page in house.store.waiting_exams() for one in page]
    held = [one.id async for page in house.store.held_exams() for one in page]
    assert (sorted(waiting), sorted(held)) == (
        sorted(one.id for one in opened[:2]),
        sorted(one.id for one in opened[2:4]),
    )


async def test_what_fails_in_every_pass_keeps_no_other_conversation_waiting(
    house: ChatHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.chat.store.PAGE", 1)
    first, second = sorted([await house.open("vis_1"), await house.open("vis_2")], key=lambda one: one.id)
    for conversation in (first, second):
        await _set(house, conversation, {"index_due_at_ms": house.clock.now_ms()})
    index: Callable[[Conversation], Awaitable[None]] = house.service.searching.index

    async def fail_for_the_first(conversation: Conversation) -> None:
        if conversation.id == first.id:
            raise RuntimeError("nobody knows why")
        await index(conversation)

    monkeypatch.setattr(house.service.searching, "index", fail_for_the_first)
    await jobs.look(house.service)
    left = [one.id async for page in house.store.to_index(house.clock.now_ms()) for one in page]
    assert left == [first.id]


async def test_whoever_is_gone_gives_back_all_they_held(house: ChatHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guildhall.chat.store.PAGE", 1)
    await house.come("usr_a")
    held = [await house.queued(f"vis_{number}") for number in range(3)]
    for conversation in held:
        await house.service.desk.take(agent("usr_a"), conversation.id)
    for _ in range(3):
        house.clock.advance(120_000)
        await jobs.look(house.service)
    assert [await house.state(one) for one in held] == [(ConversationState.QUEUED, "")] * 3


async def _set(house: ChatHouse, conversation: Conversation, fields: dict[str, object]) -> None:
    assert await house.store._conversation_lines.update_if(conversation.id, {}, Change(set=fields)) is not None
