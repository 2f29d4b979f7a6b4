"""The bot's turn. Whoever is killed anywhere in it leaves a turn that the next process finishes, once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from guildhall.chat.answering import jobs
from guildhall.chat.answering.model import TurnState
from guildhall.chat.faq.lifecycle import EntryEvent
from guildhall.chat.lifecycle import Actor, ConversationEvent, ConversationState
from guildhall.chat.model import Conversation, EntryKind
from tests.guildhall.chat.answering.house import Desk
from tests.guildhall.chat.house import agent, visitor

PARCEL = "where is my parcel?"


async def test_a_question_is_answered_with_the_entry_it_rests_on(desk: Desk) -> None:
    said = await desk.ask(await desk.visit(), PARCEL)
    assert (said.role, said.text) == (Actor.BOT, "The answer about delivery.")
    assert said.reply is not None
    assert said.reply.kind == "answer"
    assert [(one.entry_id, one.version, one.title) for one in said.reply.cited] == [
        (desk.entries["delivery"].id, 1, "When will my parcel arrive?")
    ]


async def test_an_unsure_question_is_asked_back_and_the_choice_answered(desk: Desk) -> None:
    conversation = await desk.visit()
    asked = await desk.ask(conversation, "my order and money")
    assert asked.reply is not None
    assert asked.reply.kind == "clarify"
    assert 1 < len(asked.reply.choices) <= 4
    assert asked.reply.choices[-1].entry_id == ""
    before = await desk.turn(conversation)
    answered = await desk.ask(conversation, asked.reply.choices[0].text)
    assert answered.reply is not None
    assert [one.entry_id for one in answered.reply.cited] == [asked.reply.choices[0].entry_id]
    learned = await desk.store.turns.read(before.id)
    assert learned.outcome == asked.reply.choices[0].entry_id
    assert [(one.text, one.entry_id) for one in await desk.service.reviewing.outcomes("shop", "en", 0)] == [
        ("my order and money", learned.outcome)
    ]


async def test_none_of_these_asks_for_a_person_and_is_a_question_without_answer(desk: Desk) -> None:
    conversation = await desk.visit()
    await desk.ask(conversation, "my order and money")
    said = await desk.ask(conversation, "none of these")
    assert said.event == ConversationEvent.ESCALATE
    assert (await desk.chat.state(conversation))[0] is ConversationState.QUEUED


async def test_what_nothing_is_known_of_goes_to_people_with_the_words_that_say_so(desk: Desk) -> None:
    conversation = await desk.visit()
    said = await desk.ask(conversation, "ж щ ц")
    assert (said.kind, said.event) == (EntryKind.MESSAGE, ConversationEvent.ESCALATE)
    assert said.standing.state is ConversationState.QUEUED
    assert said.standing.last_message == len(await desk.chat.log(conversation))
    (group,) = await desk.faq.service.questions.suggestions("shop", "en")
    assert [one.text for one in group.questions] == ["ж щ ц"]


async def test_whoever_asks_for_a_person_gets_one_and_leaves_no_open_question(desk: Desk) -> None:
    conversation = await desk.visit()
    said = await desk.ask(conversation, "I want to talk to a human")
    assert said.standing.state is ConversationState.QUEUED
    assert await desk.faq.service.questions.suggestions("shop", "en") == []


async def test_the_bot_is_silent_where_an_agent_speaks(desk: Desk) -> None:
    conversation = await desk.visit()
    await desk.chat.come("usr_a")
    await desk.chat.service.desk.take(agent("usr_a"), conversation.id)
    said = await desk.ask(conversation, PARCEL)
    assert said.role is Actor.PARTY
    assert await desk.store.of_conversation(conversation.id) == []


async def test_an_answer_that_comes_after_a_takeover_is_dropped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = await desk.visit()
    await desk.chat.come("usr_a")
    decide = desk.service.deciding.decide

    async def taken_meanwhile(*given: Any) -> Any:
        await desk.chat.another().service.desk.take(agent("usr_a"), conversation.id)  # by another process
        return await decide(*given)

    monkeypatch.setattr(desk.service.deciding, "decide", taken_meanwhile)
    await desk.ask(conversation, PARCEL)
    assert Actor.BOT not in {one.role for one in await desk.chat.log(conversation)}
    assert (await desk.turn(conversation)).state is TurnState.DROPPED


async def test_lines_in_a_burst_are_one_question(desk: Desk) -> None:
    patient = desk.another(wait_seconds=0.2)
    conversation = await desk.visit()
    for i, text in enumerate(("hello", "I have a question", "where is my parcel")):
        await patient.chat.say(conversation, f"burst-{i:04}", text)
    await patient.service.turns.settle()
    log = await desk.chat.log(conversation)
    assert [one.role for one in log] == [Actor.PARTY] * 3 + [Actor.BOT]
    assert (await desk.turn(conversation)).question == "hello\nI have a question\nwhere is my parcel"
    await patient.close()


async def test_the_same_line_again_is_answered_once(desk: Desk) -> None:
    conversation = await desk.visit()
    await desk.ask(conversation, PARCEL, "the-same-line")
    await desk.ask(conversation, PARCEL, "the-same-line")
    assert [one.role for one in await desk.chat.log(conversation)] == [Actor.PARTY, Actor.BOT]


async def test_two_processes_that_take_it_up_answer_once(desk: Desk) -> None:
    conversation = await desk.visit()
    other = desk.another()
    await desk.chat.say(conversation, "first-line", PARCEL)
    await asyncio.gather(*(one.service.turns.answer(conversation.id) for one in (desk, other, desk, other)))
    await desk.service.turns.settle()
    assert [one.role for one in await desk.chat.log(conversation)].count(Actor.BOT) == 1
    await other.close()


Step = Callable[[Desk], tuple[object, str]]
STEPS: dict[str, Step] = {
    "before the turn is written": lambda desk: (desk.store.turns, "add"),
    "before the decision is written": lambda desk: (desk.service.turns, "_decided"),
    "before it is said": lambda desk: (desk.chat.service.conversations, "answer_as_bot"),
    "before the question is noted": lambda desk: (desk.faq.service.questions, "note_unanswered"),
    "before the turn is closed": lambda desk: (desk.service.turns, "_close"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("is_after", [False, True], ids=["just before", "just after"])
async def test_killed_at_any_line_it_is_answered_once_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str, is_after: bool
) -> None:
    conversation = await desk.visit()
    owner, name = STEPS[step](desk)
    act: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def killed(*given: Any, **named: Any) -> Any:
        if is_after:
            await act(*given, **named)
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, killed)
        await desk.ask(conversation, "ж щ ц")
    await desk.chat.service.following.follow(conversation.id)
    other = desk.another()
    desk.clock.advance(11_000)  # the lease of the dead, and the time until a question is taken up
    for _ in range(2):
        await jobs.look(other.service)
        await other.service.turns.settle()
    log = await desk.chat.log(conversation)
    assert [one.role for one in log] == [Actor.PARTY, Actor.BOT]
    assert log[-1].standing.state is ConversationState.QUEUED
    (group,) = await desk.faq.service.questions.suggestions("shop", "en")
    assert [one.text for one in group.questions] == ["ж щ ц"]
    await other.close()


async def test_a_conversation_whose_process_died_right_after_the_line_is_owed_an_answer(desk: Desk) -> None:
    conversation = await desk.visit()
    await desk.chat.another().say(conversation, "first-line", PARCEL)  # a process where nothing answers
    await jobs.look(desk.service)
    assert len(await desk.chat.log(conversation)) == 1  # not yet: its own process may be at it
    await desk.chat.service.following.follow(conversation.id)
    desk.clock.advance(6_000)
    await jobs.look(desk.service)
    await desk.service.turns.settle()
    assert [one.role for one in await desk.chat.log(conversation)] == [Actor.PARTY, Actor.BOT]


async def test_a_withdrawn_entry_is_never_said_even_by_a_matcher_that_still_knows_it(desk: Desk) -> None:
    await desk.faq.service.entries.turn(desk.entries["delivery"].id, EntryEvent.WITHDRAW, "usr_a")
    said = await desk.ask(await desk.visit(), PARCEL)
    assert said.reply is not None
    assert desk.entries["delivery"].id not in {one.entry_id for one in said.reply.choices}
    assert said.reply.kind != "answer"


async def test_the_language_of_the_page_is_answered_where_there_are_entries_in_it(desk: Desk) -> None:
    await desk.faq.publish("delivery", "Wo ist mein Paket?", "wann kommt mein Paket", language="de")
    await desk.faq.train()
    conversation = await desk.visit(context={"locale": "de-DE"})
    assert (await desk.ask(conversation, "wo ist mein paket")).text == "The answer about delivery."
    assert (await desk.ask(conversation, "danke")).text.startswith("Gern geschehen")


async def test_the_bot_speaks_of_itself_in_the_visitors_language_where_the_answers_are_in_another(desk: Desk) -> None:
    conversation = await desk.visit(context={"locale": "es-MX"})
    assert (await desk.ask(conversation, PARCEL)).text == "The answer about delivery."
    assert (await desk.ask(conversation, "thank you")).text == "De nada. ¿Hay algo más?"


async def test_a_visitor_who_writes_after_the_answer_is_answered_again(desk: Desk) -> None:
    conversation: Conversation = await desk.visit()
    await desk.ask(conversation, PARCEL)
    said = await desk.ask(conversation, "how do I return an item")
    assert said.text == "The answer about returns."
    claims = visitor()
    await desk.chat.service.conversations.turn(claims, conversation.id, ConversationEvent.RESOLVE, "resolve-it")
    assert (await desk.ask(conversation, "is paypal accepted")).text == "The answer about payment."
