import asyncio
from typing import Any

import pytest

from guildhall.assessments.lifecycle import AttemptEvent, AttemptState
from guildhall.assessments.messages.sitting import AnswerGiven, AnswerRefused, AnswersGiven, Receipted
from guildhall.assessments.rules.receipts import check_chain
from guildhall.assessments.service.open_logs import NotBegun
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.streams import NumberedLog
from tests.guildhall.assessments.conftest import DURATION_SECONDS, ExamHall, given


async def texts(house: ExamHall, attempt_id: str) -> dict[str, Any]:
    final = await house.service.sitting.final_answers(attempt_id)
    return {slot: entry.answer.response for slot, entry in final.items() if entry.answer is not None}


async def test_an_answer_is_stored_receipted_and_final(house: ExamHall) -> None:
    attempt = await house.begin()
    receipt = await house.receipt(attempt, given("k1", "12.5"))
    assert (receipt.key, receipt.number, receipt.in_force, receipt.at_ms) == ("k1", 1, True, house.clock.now_ms())
    (stored,) = await house.store.answers.read(attempt.id, 0, 10)
    assert (stored.number, stored.key, stored.body["hash"]) == (1, "k1", receipt.hash)
    final = await texts(house, attempt.id)
    assert final["q3"].text == "12.5"


async def test_the_same_answer_again_has_the_same_receipt_and_is_stored_once(house: ExamHall) -> None:
    attempt = await house.begin()
    first = await house.receipt(attempt, given("k1"))
    await house.receipt(attempt, given("k2", "13", based_on=1))
    again = await house.receipt(attempt, given("k1"))
    elsewhere = await house.another().receipt(attempt, given("k1"))
    assert again == elsewhere == first
    assert len(await house.store.answers.read(attempt.id, 0, 10)) == 2


async def test_a_batch_is_answered_in_its_order_and_what_does_not_fit_does_not_hold_up_the_rest(
    house: ExamHall,
) -> None:
    attempt = await house.begin()
    wrong = AnswerGiven.model_validate(
        {"key": "k2", "slot_id": "q1", "response": {"kind": "chosen", "chosen": ["zz"]}, "client_at_ms": 1}
    )
    nowhere = given("k3", slot_id="q99")
    one, two, three, four = await house.answer(attempt, given("k1"), wrong, nowhere, given("k4", slot_id="q4"))
    assert isinstance(one, Receipted)
    assert isinstance(four, Receipted)
    assert (one.number, four.number) == (1, 2)
    assert isinstance(two, AnswerRefused)
    assert isinstance(three, AnswerRefused)
    assert (two.key, two.problem.type) == ("k2", "does-not-fit")
    assert "no choice zz" in two.problem.detail
    assert "no question q99" in three.problem.detail


async def test_an_answer_written_over_one_that_its_page_had_not_seen_is_kept_and_told_but_not_in_force(
    house: ExamHall,
) -> None:
    attempt, other_device = await house.begin(), house.another()
    await house.receipt(attempt, given("a1", "from the first tab"[:10]))
    stale = await other_device.receipt(attempt, given("b1", "99", based_on=0))
    assert not stale.in_force
    assert stale.instead is not None
    assert (stale.instead.number, stale.instead.slot_id) == (1, "q3")
    assert (await texts(house, attempt.id))["q3"].text == "from the f"
    chosen = await other_device.receipt(attempt, given("b2", "99", based_on=stale.instead.number))
    assert chosen.in_force
    assert (await texts(house, attempt.id))["q3"].text == "99"
    assert len(await house.store.answers.read(attempt.id, 0, 10)) == 3


async def test_several_answers_to_one_question_go_in_one_batch_by_following_each_other(house: ExamHall) -> None:
    attempt = await house.begin()
    batch = [given("k1", "1"), given("k2", "12", follows="k1"), given("k3", "123", follows="k2")]
    assert [isinstance(one, Receipted) and one.in_force for one in await house.answer(attempt, *batch)] == [True] * 3
    again = await house.another().answer(attempt, *batch)  # the receipts were lost
    assert [isinstance(one, Receipted) and one.in_force for one in again] == [True] * 3
    assert (await texts(house, attempt.id))["q3"].text == "123"


async def test_two_processes_answering_at_once_lose_nothing_and_the_chain_is_whole(house: ExamHall) -> None:
    attempt, other = await house.begin(), house.another()
    slots = [(f"k{n}", "q3" if n % 2 else "q4") for n in range(60)]
    halls = [house if n % 3 else other for n in range(60)]
    receipts = await asyncio.gather(
        *(at.receipt(attempt, given(key, slot_id=slot)) for at, (key, slot) in zip(halls, slots, strict=True))
    )
    entries = await house.service.desk.entries(attempt.id)
    assert [entry.number for entry in entries] == list(range(1, 61))
    assert check_chain(entries, 60, str(entries[-1].body["hash"])) is None
    held = {entry.key: (entry.number, entry.body["hash"]) for entry in entries}
    assert held == {one.key: (one.number, one.hash) for one in receipts}
    assert sum(one.in_force for one in receipts) == 2  # all others were written over something unseen


async def test_memory_is_never_trusted_over_the_log(house: ExamHall) -> None:
    attempt, other = await house.begin(), house.another()
    await house.receipt(attempt, given("k1", "1"))
    await other.receipt(attempt, given("k2", "2", based_on=1))  # behind the first process's back
    stale = await house.receipt(attempt, given("k3", "3", based_on=1))
    assert (stale.in_force, stale.number) == (False, 3)
    assert stale.instead is not None
    assert stale.instead.number == 2


async def test_a_write_that_may_or_may_not_have_happened_is_sent_again_and_there_once(
    house: ExamHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = await house.begin()
    append = NumberedLog.append_linked

    async def stored_but_not_told(*arguments: Any, **named: Any) -> Any:
        await append(*arguments, **named)
        raise StorageUnavailable("The connection broke off.")

    with monkeypatch.context() as broken:
        broken.setattr(NumberedLog, "append_linked", stored_but_not_told)
        with pytest.raises(StorageUnavailable):
            await house.receipt(attempt, given("k1"))
    assert (await house.receipt(attempt, given("k1"))).number == 1
    assert (await house.receipt(attempt, given("k2", based_on=1))).number == 2


async def test_before_the_beginning_nothing_is_taken(house: ExamHall) -> None:
    invitation = await house.invite()
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    with pytest.raises(NotBegun):
        await house.answer(attempt, given("k1"))
    await house.act(attempt, AttemptEvent.BEGIN)
    assert (await house.receipt(attempt, given("k1"))).in_force


async def test_while_the_clock_stands_answers_are_taken(house: ExamHall) -> None:
    attempt = await house.begin(break_seconds=60)
    await house.act(attempt, AttemptEvent.TAKE_BREAK)
    assert (await house.receipt(attempt, given("k1"))).in_force
    await house.service.supervision.turn(attempt.id, AttemptEvent.PAUSE, "usr_grace", "the fire alarm")
    assert (await house.receipt(attempt, given("k2", based_on=1))).in_force


async def test_an_answer_after_the_end_is_kept_apart_and_told_as_late(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.receipt(attempt, given("k1", "1"))
    over = await house.service.sitting.submit(attempt.id, "usr_ada")
    late = await house.receipt(attempt, given("k2", "2", based_on=1))
    assert (late.is_late, late.in_force) == (True, False)
    assert await house.receipt(attempt, given("k2", "2", based_on=1)) == late
    assert (await texts(house, attempt.id))["q3"].text == "1"
    assert (over.head, (await house.read(attempt)).head) == (2, 2)


async def test_an_answer_in_time_whose_receipt_was_lost_has_it_also_after_the_end(house: ExamHall) -> None:
    attempt = await house.begin()
    receipt = await house.receipt(attempt, given("k1"))
    await house.service.sitting.submit(attempt.id, "usr_ada")
    assert await house.receipt(attempt, given("k1")) == receipt
    assert await house.another().receipt(attempt, given("k1")) == receipt


async def test_no_answer_is_receipted_behind_the_end_however_the_two_race(house: ExamHall) -> None:
    attempt, other = await house.begin(), house.another()

    async def answer(n: int) -> list[Receipted | AnswerRefused]:
        await asyncio.sleep(n % 7 / 1000)
        return await (house if n % 2 else other).answer(attempt, given(f"k{n}", slot_id="q4"))

    async def submit() -> None:
        await asyncio.sleep(0.003)
        await other.service.sitting.submit(attempt.id, "usr_ada")

    answers = asyncio.gather(*(answer(n) for n in range(40)))
    await submit()
    outcomes = [outcome for batch in await answers for outcome in batch]
    over = await house.read(attempt)
    assert over.state is AttemptState.SUBMITTED
    entries = await house.service.desk.entries(attempt.id)
    assert (len(entries), entries[-1].body["kind"]) == (over.head, "closed")
    stored = {entry.key for entry in entries}
    for outcome in outcomes:
        assert isinstance(outcome, Receipted)
        assert outcome.is_late == (outcome.key not in stored)


async def test_too_long_after_the_end_an_answer_is_refused(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.service.sitting.submit(attempt.id, "usr_ada")
    house.clock.advance(house.settings.late_answers_hours * 3_600_000 + 1)
    (outcome,) = await house.answer(attempt, given("k1"))
    assert isinstance(outcome, AnswerRefused)
    assert outcome.problem.type == "attempt-over"


async def test_a_page_cannot_take_the_place_of_the_end_by_the_name_of_its_answer(house: ExamHall) -> None:
    attempt = await house.begin()
    for key in ("closed-1", "closed", "reopened-1"):
        await house.receipt(attempt, given(key))
    with pytest.raises(ValueError, match="pattern"):
        given("closed/1")
    over = await house.service.sitting.submit(attempt.id, "usr_ada")
    assert over.head == 4


async def test_what_comes_in_the_seconds_of_grace_counts_and_what_comes_behind_them_is_late(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.serve(DURATION_SECONDS * 1000 + 1_900)
    assert not (await house.receipt(attempt, given("k1"))).is_late
    await house.serve(200)
    assert (await house.receipt(attempt, given("k2", based_on=1))).is_late
    assert (await house.read(attempt)).state is AttemptState.EXPIRED


async def test_answers_shown_are_those_in_force_in_the_order_of_the_form(house: ExamHall) -> None:
    attempt = await house.begin()
    await house.answer(attempt, given("k1", slot_id="q4"), given("k2", "5"), given("k3", "6", follows="k2"))
    await house.answer(attempt, given("k4", "stale"))
    shown = (await house.another().service.sitting.show(attempt)).answers
    assert [(one.slot_id, one.number) for one in shown] == [("q3", 3), ("q4", 1)]


def test_a_batch_is_bounded() -> None:
    with pytest.raises(ValueError, match="50"):
        AnswersGiven(answers=[given(f"k{n}") for n in range(51)])
