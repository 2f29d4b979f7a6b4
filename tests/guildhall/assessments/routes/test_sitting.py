"""An exam that goes forwards only, over real SQLite: the server holds it, whatever a page sends."""

import asyncio

import pytest

from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.messages.sitting import AnswerRefused, Receipted
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import ExamPlan, ExamVersion, Pool
from guildhall.assessments.rules.receipts import check_chain
from guildhall.assessments.rules.sections import CannotMoveOn
from guildhall.assessments.service.open_logs import NotBegun
from tests.guildhall.assessments.conftest import DURATION_SECONDS, KINDS, ExamHall, Http, given
from tests.guildhall.assessments.written import section

FIRST = 4  # of the nine questions; q3 and q4 take text, and so does q5, the second section's first


async def begin_forward(house: ExamHall, *, begins: bool = True) -> Attempt:
    """Questions q1 to q4 in section s1, the others in s2."""
    sections = tuple(section(name, shuffles_items=False) for name in ("s1", "s2"))
    plan = ExamPlan(title="Forwards", duration_seconds=DURATION_SECONDS, sections=sections, is_navigation_free=False)
    pools = tuple(
        Pool(section_id="s1" if number < FIRST else "s2", count=1, version_ids=(f"itm_{number:04d}@1",))
        for number in range(len(KINDS))
    )
    await house.store.exam_versions.add(
        ExamVersion(
            id="exm_2@1",
            created_at_ms=house.clock.now_ms(),
            exam_id="exm_2",
            organisation_id="",
            plan=plan,
            pools=pools,
            published_by="usr_author",
        )
    )
    await house.deliver("dlv_forward", exam_version_id="exm_2@1")
    invitation = await house.invite("ada", "dlv_forward")
    attempt = await house.service.sitting.enter(invitation.id, "usr_ada")
    await house.service.time_keeping.beat()
    return await house.act(attempt, AttemptEvent.BEGIN) if begins else attempt


async def leave(house: ExamHall, attempt: Attempt, section_id: str = "s1") -> None:
    await house.service.sitting.leave_section(attempt.id, attempt.account_id, section_id)


async def test_a_candidate_sees_the_open_section_alone_and_goes_on_where_they_stood_on_any_device(
    house: ExamHall,
) -> None:
    attempt = await begin_forward(house)
    await house.receipt(attempt, given("k1"))
    shown = await house.service.sitting.show(attempt)
    assert [slot.id for slot in shown.slots] == ["q1", "q2", "q3", "q4"]
    assert [(one.standing, one.questions) for one in shown.sections] == [("open", 4), ("later", 5)]
    await leave(house, attempt)
    on_another = await house.another().service.sitting.show(await house.read(attempt))
    assert [slot.section_id for slot in on_another.slots] == ["s2"] * 5
    assert [(one.standing, one.answered) for one in on_another.sections] == [("left", 1), ("open", 0)]
    assert on_another.answers == (), "answers of a section that is closed are shown again when it is over"


async def test_an_answer_to_a_section_that_was_left_is_refused_and_what_was_saved_before_stands(
    house: ExamHall,
) -> None:
    attempt = await begin_forward(house)
    await house.receipt(attempt, given("k1", "before"))
    (early,) = await house.answer(attempt, given("k2", slot_id="q5"))
    await leave(house, attempt)
    late, again, due = await house.answer(
        attempt, given("k3", "after", based_on=1), given("k1", "before"), given("k4", slot_id="q5")
    )
    assert isinstance(early, AnswerRefused)
    assert isinstance(late, AnswerRefused)
    assert (early.problem.type, late.problem.type) == ("section-not-open", "section-left")
    assert isinstance(again, Receipted), "a receipt that was lost on its way is told again"
    assert isinstance(due, Receipted)
    final = await house.service.sitting.final_answers(attempt.id)
    response = final["q3"].answer.response if final["q3"].answer else None
    assert response is not None
    assert response.model_dump()["text"] == "before"


async def test_leaving_is_stored_once_and_chained_however_many_pages_ask_at_once(house: ExamHall) -> None:
    attempt = await begin_forward(house)
    other = house.another()
    await asyncio.gather(*(leave(house if n % 2 else other, attempt) for n in range(8)))
    stored = await house.store.answers.read(attempt.id, 0, 10)
    assert [entry.body["kind"] for entry in stored] == ["left"]
    await house.receipt(attempt, given("k1", slot_id="q5"))
    await house.service.sitting.submit(attempt.id, "usr_ada")
    entries = await house.service.desk.entries(attempt.id)
    assert check_chain(entries, 3, str(entries[-1].body["hash"])) is None


async def test_an_answer_and_the_move_on_that_race_never_store_the_answer_after_the_move(house: ExamHall) -> None:
    attempt = await begin_forward(house)
    other = house.another()
    (outcome,), _ = await asyncio.gather(house.answer(attempt, given("k1")), leave(other, attempt))
    kinds = [entry.body["kind"] for entry in await house.store.answers.read(attempt.id, 0, 10)]
    assert kinds == (["answer", "left"] if isinstance(outcome, Receipted) else ["left"])


async def test_what_cannot_be_left_says_why(house: ExamHall) -> None:
    attempt = await begin_forward(house, begins=False)
    with pytest.raises(NotBegun):
        await leave(house, attempt)
    await house.act(attempt, AttemptEvent.BEGIN)
    with pytest.raises(CannotMoveOn, match="not in this section"):
        await leave(house, attempt, "s2")
    await leave(house, attempt)
    with pytest.raises(CannotMoveOn, match="last section"):
        await leave(house, attempt, "s2")


async def test_on_a_pause_nobody_moves_on_but_a_move_that_was_made_is_answered_again(house: ExamHall) -> None:
    attempt = await begin_forward(house)
    await house.service.supervision.turn(attempt.id, AttemptEvent.PAUSE, "usr_proctor", "a fire alarm")
    with pytest.raises(CannotMoveOn, match="clock stands"):
        await leave(house, attempt)
    await house.service.supervision.turn(attempt.id, AttemptEvent.RESUME, "usr_proctor", "it is over")
    await leave(house, attempt)
    await house.service.supervision.turn(attempt.id, AttemptEvent.PAUSE, "usr_proctor", "a fire alarm")
    await leave(house, attempt)


async def test_the_whole_exam_can_be_sat_over_http_alone(house: ExamHall, exam_http: Http) -> None:
    attempt = await begin_forward(house, begins=False)
    path = f"/v1/attempts/{attempt.id}"
    begun = await (await exam_http.post(f"{path}/begin")).json()
    assert begun["attempt"]["state"] == "running"
    assert (await exam_http.post(f"{path}/leave-section", json={"section_id": "s2"})).status == 409
    moved = await (await exam_http.post(f"{path}/leave-section", json={"section_id": "s1"})).json()
    assert {slot["section_id"] for slot in moved["attempt"]["slots"]} == {"s2"}
    assert (await exam_http.post(f"{path}/submit", headers={"X-Account": "usr_eve"})).status == 404
    for _ in range(2):
        over = await (await exam_http.post(f"{path}/submit")).json()
        assert over["attempt"]["state"] == "submitted"
