import pytest
from pydantic import TypeAdapter

from guildhall.assessments.lifecycle import ResultState
from guildhall.assessments.model.keys import AnswerKey
from guildhall.assessments.service import corrections
from guildhall.assessments.service.credentials import Standing
from guildhall.assessments.store import NoSuch
from guildhall.kit.errors import Conflict, Invalid
from tests.guildhall.assessments.hall import Hall, chosen, items, staff

VERSION = "itm_0000@1"


def key(*correct: str) -> AnswerKey:
    made: AnswerKey = TypeAdapter(AnswerKey).validate_python({"kind": "choice", "correct": correct})
    return made


async def three(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"), credential_title="Welder")
    for name, answer in {"ada": "b", "bob": "a", "cyd": "c"}.items():
        await hall.hand_in(name, {"q0": chosen(answer)})
    await hall.tidy()


async def test_a_dry_run_tells_who_would_change_and_changes_nothing(hall: Hall) -> None:
    await three(hall)
    found, following = await hall.service.corrections.preview(staff(), VERSION, key("a"))
    assert following is None
    changes = {one.result.candidate_name: (one.result.grade.is_pass, one.after.is_pass) for one in found}
    assert changes == {"Ada": (True, False), "Bob": (False, True), "Cyd": (False, False)}
    await hall.tidy()
    assert (await hall.result("ada")).history == ()
    assert (await hall.store.item_versions.read(VERSION)).corrections == ()


async def test_a_dry_run_goes_page_by_page_over_everybody_and_over_every_exam(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three(hall)
    exam = await hall.store.exam_versions.read("exm_1@1")
    await hall.store.exam_versions.add(exam.model_copy(update={"id": "exm_2@1"}))
    delivery = await hall.store.deliveries.read("dlv_1")
    await hall.store.deliveries.replace(delivery, delivery.model_copy(update={"exam_version_id": "exm_2@1"}), 1)
    for name in ("dan", "eve"):
        await hall.hand_in(name, {"q0": chosen("a")})
    await hall.tidy()
    monkeypatch.setattr(corrections, "PREVIEWED_AT_ONCE", 2)
    pages: list[list[str]] = []
    after: str | None = ""
    while after is not None:
        found, after = await hall.service.corrections.preview(staff(), VERSION, key("a"), after)
        pages.append([one.result.candidate_name for one in found])
    assert pages == [["Ada", "Bob"], ["Cyd", "Dan"], ["Eve"]]


async def test_a_corrected_key_is_applied_to_everybody_with_history_mails_and_credentials(hall: Hall) -> None:
    await three(hall)
    lost = (await hall.result("ada")).credential_id
    await hall.service.corrections.correct_key(staff(), VERSION, key("a"), "The rod is 3 mm.", 1)
    await hall.tidy()
    ada, bob, cyd = [await hall.result(name) for name in ("ada", "bob", "cyd")]
    assert (ada.state, ada.grade.is_pass, ada.history[0].is_pass) == (ResultState.RELEASED, False, True)
    assert "The rod is 3 mm." in ada.grade.reason
    credentials = hall.service.credentials
    ended = await credentials.read(lost)
    assert credentials.standing(ended) is Standing.REVOKED
    assert ada.credential_id == ""
    assert [one.title for one in await credentials.held_by("usr_bob")] == ["Welder"]
    assert bob.grade.is_pass is True
    assert cyd.grade.scores[0].corrections == 1
    assert [mail.kind for mail in await hall.mails("ada")] == ["result_released", "result_changed"]
    assert [mail.kind for mail in await hall.mails("cyd")] == ["result_released"]
    assert (await hall.actions()).count("assessments.correct_key") == 1
    assert await hall.store.versions_to_regrade() == []


async def test_whoever_hands_in_while_a_key_is_corrected_is_graded_by_the_new_one(hall: Hall) -> None:
    await three(hall)
    await hall.service.corrections.correct_key(staff(), VERSION, key("a", "b"), "Both are right.", 1)
    await hall.hand_in("dan", {"q0": chosen("a")})
    await hall.tidy()
    assert (await hall.result("dan")).grade.is_pass is True
    assert (await hall.result("ada")).grade.is_pass is True
    assert (await hall.result("ada")).history[0].is_pass is True


async def test_a_regrade_that_was_killed_halfway_is_finished(hall: Hall) -> None:
    await three(hall)
    await hall.service.corrections.correct_key(staff(), VERSION, key("a"), "Wrong.", 1)
    await hall.service.grading.assess("att_ada", "A key was corrected: Wrong.")
    await hall.another().tidy()
    assert [len((await hall.result(name)).history) for name in ("ada", "bob", "cyd")] == [1, 1, 1]


async def test_a_key_that_does_not_fit_or_was_corrected_meanwhile_is_refused(hall: Hall) -> None:
    await three(hall)
    desk = hall.service.corrections
    with pytest.raises(Invalid, match="does not fit"):
        await desk.preview(staff(), VERSION, key("z"))
    numeric: AnswerKey = TypeAdapter(AnswerKey).validate_python({"kind": "numeric", "value": "1"})
    with pytest.raises(Invalid, match="does not fit"):
        await desk.correct_key(staff(), VERSION, numeric, "Wrong.", 1)
    with pytest.raises(Conflict, match="meanwhile"):
        await desk.correct_key(staff(), VERSION, key("a"), "Wrong.", 7)
    with pytest.raises(NoSuch):
        await desk.preview(staff("boss", "org_other"), VERSION, key("a"))
