from contextlib import suppress

import pytest

from guildhall.assessments.lifecycle import AttemptState, ResultState
from guildhall.assessments.model.results import Grader
from guildhall.assessments.service.credentials import Standing
from guildhall.assessments.store import NoSuch
from guildhall.kit.errors import Conflict
from guildhall.kit.storage import StorageUnavailable
from tests.fakes.dying import Dying
from tests.guildhall.assessments.hall import DAY_MS, Hall, chosen, items, staff, written

WHOLE = {"q0": chosen("b"), "q1": written("12.5")}


async def test_what_was_handed_in_is_graded_released_and_told_once(hall: Hall) -> None:
    await hall.open_exam(items("single_choice", "numeric"))
    await hall.hand_in("ada", WHOLE)
    await hall.tidy()
    result = await hall.result("ada")
    assert (result.state, result.grade.earned_centipoints, result.grade.is_pass) == (ResultState.RELEASED, 200, True)
    assert [mail.subject for mail in await hall.mails("ada")] == ["Your result is there: Welding"]
    assert (await hall.mails("ada"))[0].text.count("200") == 0
    assert "assessments.release" in await hall.actions()
    assert not (await hall.store.attempts.read("att_ada")).unsettled


async def test_what_was_not_answered_is_nobodys_and_a_wrong_answer_costs(hall: Hall) -> None:
    await hall.open_exam(items("single_choice", "numeric"))
    await hall.hand_in("ada", {"q0": chosen("a"), "q1": None}, penalty=25)
    await hall.tidy()
    grade = (await hall.result("ada")).grade
    assert [(one.earned_centipoints, one.grader) for one in grade.scores] == [(-25, Grader.KEY), (0, Grader.NOBODY)]
    assert (grade.earned_centipoints, grade.is_pass) == (0, False)


async def test_only_answers_that_are_in_force_count(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"))
    attempt = await hall.hand_in("ada", {"q0": chosen("b")})
    # What an answer would be that came after the end.
    await hall.answer(attempt.id, {"q0": chosen("a")})
    await hall.tidy()
    assert (await hall.result("ada")).grade.earned_centipoints == 100


@pytest.mark.parametrize(("rule", "waits_for_window"), [("after_window", True), ("by_hand", False)])
async def test_a_result_waits_for_its_rule(hall: Hall, rule: str, waits_for_window: bool) -> None:
    await hall.open_exam(items("single_choice"), release=rule)
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    assert (await hall.result("ada")).state is ResultState.MARKED
    assert await hall.mails("ada") == []
    hall.clock.advance(DAY_MS)
    await hall.tidy()
    assert ((await hall.result("ada")).state is ResultState.RELEASED) is waits_for_window
    if not waits_for_window:
        assert await hall.service.results.release_all(staff(), "dlv_1") == 1
        assert (await hall.result("ada")).state is ResultState.RELEASED


@pytest.mark.parametrize("rule", ["at_once", "by_hand"])
async def test_a_first_result_is_neither_released_nor_seen_while_its_attempt_is_sat_again(
    hall: Hall, rule: str
) -> None:
    await hall.open_exam(items("single_choice"), release=rule)
    await hall.hand_in("ada", {"q0": chosen("a")})
    await hall.tidy()
    await hall.service.supervision.reopen("att_ada", "usr_boss", "A power cut.", 0)
    await hall.tidy()
    assert (await hall.result("ada")).state is ResultState.HELD
    with pytest.raises(Conflict, match="opened again and goes on"):
        await hall.service.results.release(staff(), "att_ada")
    assert await hall.service.results.release_all(staff(), "dlv_1") == 0
    with pytest.raises(NoSuch):
        await hall.service.results.own("usr_ada", "att_ada")
    await hall.answer("att_ada", {"q0": chosen("b")})
    await hall.service.sitting.submit("att_ada", "usr_ada")
    await hall.tidy()
    result = await hall.result("ada")
    released = rule == "at_once"
    assert (result.state is ResultState.RELEASED, result.grade.earned_centipoints) == (released, 100)
    if not released:
        assert (await hall.service.results.release(staff(), "att_ada")).state is ResultState.RELEASED


async def test_wherever_a_reopening_is_killed_nobody_sits_again_beside_a_released_result(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"))
    for number in range(12):
        name = f"ada{number}"
        await hall.hand_in(name, {"q0": chosen("b")})
        await hall.tidy()
        dying = hall.another(Dying(hall.storage, {"left": number, "is_after": 0}))
        with suppress(StorageUnavailable):
            await dying.service.supervision.reopen(f"att_{name}", "usr_boss", "A power cut.", 0)
        attempt = await hall.service.turns.settle(f"att_{name}")
        sits = attempt.state is AttemptState.RUNNING
        assert (await hall.result(name)).state is (ResultState.HELD if sits else ResultState.RELEASED)
        if sits:
            await hall.service.sitting.submit(attempt.id, f"usr_{name}")
            await hall.tidy()
            assert (await hall.result(name)).state is ResultState.RELEASED


async def test_a_reopening_while_the_first_result_is_being_made_holds_it_all_the_same(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"))
    read = await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.service.supervision.reopen("att_ada", "usr_boss", "A power cut.", 0)
    await hall.service.grading.settle_attempt(read)
    assert (await hall.result("ada")).is_sat_again
    with pytest.raises(Conflict, match="opened again and goes on"):
        await hall.service.results.release(staff(), "att_ada")


async def test_a_window_that_was_moved_on_holds_the_release_back(hall: Hall) -> None:
    delivery = await hall.open_exam(items("single_choice"), release="after_window")
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    later = {"closes_at_ms": delivery.closes_at_ms + DAY_MS}
    await hall.store.deliveries.change(delivery.id, 0, lambda seen: seen.model_copy(update=later))
    hall.clock.advance(DAY_MS)
    await hall.tidy()
    assert (await hall.result("ada")).state is ResultState.MARKED
    hall.clock.advance(DAY_MS)
    await hall.tidy()
    assert (await hall.result("ada")).state is ResultState.RELEASED


async def test_a_pass_becomes_a_credential_and_a_practice_run_does_not(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"), is_practice=True, credential_title="Welder")
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    result = await hall.result("ada")
    assert (result.state, result.credential_id) == (ResultState.RELEASED, "")
    assert await hall.service.credentials.of("usr_ada") == []


async def test_withholding_ends_the_credential_and_says_why_and_releasing_again_makes_a_new_one(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"), credential_title="Welder")
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    first = (await hall.result("ada")).credential_id
    await hall.service.results.withhold(staff(), "att_ada", "A message was found.")
    result = await hall.result("ada")
    assert (result.state, result.reason, result.credential_id) == (ResultState.WITHHELD, "A message was found.", "")
    credentials = hall.service.credentials
    assert credentials.standing(await credentials.read(first)) is Standing.REVOKED
    assert "A message was found." in (await hall.mails("ada"))[-1].text
    await hall.tidy()
    assert (await hall.result("ada")).state is ResultState.WITHHELD
    await hall.service.results.release(staff(), "att_ada")
    second = (await hall.result("ada")).credential_id
    assert second not in {"", first}
    assert [one.credential_id for one in await credentials.held_by("usr_ada", "Welder")] == [second]


async def test_an_attempt_that_is_handed_in_again_is_graded_again_with_its_history(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"))
    attempt = await hall.hand_in("ada", {"q0": chosen("a")})
    await hall.tidy()
    assert (await hall.result("ada")).grade.is_pass is False
    await hall.answer(attempt.id, {"q0": chosen("b")})
    await hall.close(attempt.id)
    await hall.tidy()
    result = await hall.result("ada")
    assert (result.grade.is_pass, [one.is_pass for one in result.history]) == (True, [False])
    assert [mail.kind for mail in await hall.mails("ada")] == ["result_released", "result_changed"]


async def test_a_voided_attempts_result_is_withheld_and_cannot_be_released(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"), credential_title="Welder")
    attempt = await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.tidy()
    voided = {"state": AttemptState.VOIDED, "unsettled": True}
    await hall.store.attempts.change(attempt.id, 0, lambda seen: seen.model_copy(update=voided))
    await hall.tidy()
    assert (await hall.result("ada")).state is ResultState.WITHHELD
    assert await hall.service.credentials.held_by("usr_ada") == []
    with pytest.raises(Exception, match="declared void"):
        await hall.service.results.release(staff(), "att_ada")


@pytest.mark.parametrize("is_after", [False, True])
async def test_grading_may_be_killed_at_any_write_and_everything_happens_once(hall: Hall, is_after: bool) -> None:
    await hall.open_exam(items("single_choice", "numeric"), credential_title="Welder")
    deaths = 0
    for number in range(40):
        name = f"ada{number:02}"
        await hall.hand_in(name, WHOLE)
        box = {"left": number, "is_after": int(is_after)}
        try:
            await hall.another(Dying(hall.storage, box)).tidy()
        except StorageUnavailable:
            deaths += 1
        await hall.another().tidy()
        result = await hall.result(name)
        assert (result.state, result.grade.earned_centipoints) == (ResultState.RELEASED, 200)
        assert [mail.kind for mail in await hall.mails(name)] == ["result_released"]
        assert [one.id for one in await hall.store.credentials_of(f"usr_{name}")] == [result.credential_id]
        told = [entry.action for entry in await hall.audit.read(0, 500) if entry.object_id == result.id]
        assert told == ["assessments.release"]
        assert (result.unsettled, result.follow_ups) == (False, ())
        if deaths <= number and number > 5:
            break
    assert deaths > 8
