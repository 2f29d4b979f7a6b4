import pytest

from guildhall.chat.faq.model import Bands
from guildhall.chat.store import NoSuch
from tests.guildhall.chat.answering.house import Desk
from tests.guildhall.chat.faq.shop import content
from tests.guildhall.chat.house import agent

QUESTIONS = ("where is my parcel?", "can I pay with bitcoin", "my order and money", "are you open on sundays")


async def test_should_have_been_makes_a_case_that_the_next_matcher_is_held_against(desk: Desk) -> None:
    conversation = await desk.visit()
    await desk.ask(conversation, "where is my parcel?")
    turn = await desk.turn(conversation)
    reviewing, right = desk.service.reviewing, desk.entries["refund"].id
    case = await reviewing.correct(agent("usr_a"), conversation, turn.number, right)
    assert (case.text, case.entry_id, case.given) == ("where is my parcel?", right, desk.entries["delivery"].id)
    again = await reviewing.correct(agent("usr_b"), conversation, turn.number, "")
    assert (again.id, again.entry_id, again.by) == (case.id, "", "usr_b")
    await desk.faq.service.training.train_site("shop", again=True)
    assert (await desk.faq.store.matchers.read("shop/en")).failing == (case.id,)
    assert (await desk.turn(conversation)).outcome == "none"
    assert [entry.action for entry in await desk.faq.audit.read(0, 100)][-2:] == ["faq.correct_answer"] * 2


async def test_only_automatic_answers_are_corrected(desk: Desk) -> None:
    conversation = await desk.visit()
    await desk.ask(conversation, "where is my parcel?")
    with pytest.raises(NoSuch):
        await desk.service.reviewing.correct(agent("usr_a"), conversation, 1, "")


async def test_the_card_says_why(desk: Desk) -> None:
    conversation = await desk.visit()
    await desk.ask(conversation, "where is my parcel please")
    (card,) = await desk.service.reviewing.cards(conversation)
    assert (card.why.rule, card.why.candidates[0].title) == ("probability", "When will my parcel arrive?")
    assert card.why.matcher == (await desk.faq.store.matchers.read("shop/en")).matcher


async def test_a_threshold_is_tried_on_what_was_asked_before_it_counts(desk: Desk) -> None:
    for i, text in enumerate(QUESTIONS):
        await desk.ask(await desk.visit(key=f"opening-{i:04}"), text)
    reviewing = desk.service.reviewing
    same = await reviewing.replay("shop", "en", None, ())
    assert (same.questions, same.before, same.changed) == (4, same.after, [])
    strict = await reviewing.replay("shop", "en", Bands(answer_at=1.01, ask_at=1.01, samples=1), ())
    assert strict.after == {"hand_on": 2, "answer": 2}  # what stands word for word is answered all the same
    assert (await desk.faq.store.matchers.read("shop/en")).bands.answer_at < 1  # nothing was changed


async def test_a_draft_is_tried_on_what_was_asked_before_it_is_published(desk: Desk) -> None:
    await desk.ask(await desk.visit(), "dogecoin wallet")
    payment = desk.entries["payment"]
    await desk.faq.service.entries.edit(
        payment.id, content("payment", "en", "Which ways to pay are there?", "dogecoin wallet"), "usr_a"
    )
    replay = await desk.service.reviewing.replay("shop", "en", None, (payment.id,))
    assert (replay.questions, replay.before["answer"], replay.after["answer"]) == (1, 0, 1)
    assert [(one.question, one.entry_after) for one in replay.changed] == [("dogecoin wallet", payment.id)]
