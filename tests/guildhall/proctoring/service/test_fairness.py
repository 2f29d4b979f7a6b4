from dataclasses import replace
from pathlib import Path

import pytest

from guildhall.kit.errors import NotFound
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model.reviews import EarlierCase
from guildhall.proctoring.service.fairness import Fairness
from tests.fakes.observations import CALM, CROWD, DARK, a_face, an_observation
from tests.guildhall.assessments.hall import Hall as Exams
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.court import Court, reviewer

DIM = an_observation(a_face(light=0.3))
WIDE = replace(CALM, width_px=1280, height_px=720)


@pytest.fixture
async def court(hall: Hall, tmp_path: Path) -> Court:
    made = Court(hall, Exams(hall.storage, hall.clock, tmp_path))
    await made.open_exam()
    return made


async def test_sessions_are_compared_by_what_was_measured_of_them(court: Court) -> None:
    await court.sit("ada", (DIM, 4), (CROWD, 3), (DIM, 4))
    await court.sit("bob", (WIDE, 4))
    await court.sit("eve", (CALM, 3), (DARK, 4))
    await court.pass_()
    fairness = Fairness(court.store, court.exams.store, court.hall.service.signals)
    title, count, (brightness, _, _, camera, _) = await fairness.of_delivery(reviewer("boss"), "dlv_1")
    assert (title, count) == ("Welding in November", 3)
    assert [(one.name, one.flagged.count) for one in brightness.groups if one.flagged.count] == [("Dim: 25 to 40 %", 1)]
    assert sum(one.cannot_see.count for one in brightness.groups) == 1
    assert {one.name: one.sessions for one in camera.groups} == {"Pictures of 480 to 959 pixels": 2, "Wider": 1}

    await court.store.signals.destroy_key("sit_bob", 1)
    _, _, (brightness, *_) = await fairness.of_delivery(reviewer("boss"), "dlv_1")
    assert [one.sessions for one in brightness.groups if one.name == "Not known"] == [1]


async def test_what_was_upheld_before_an_exam_was_opened_again_stays_upheld(court: Court) -> None:
    await court.sit("ada", (DIM, 4), (CROWD, 3), (DIM, 4))
    await court.pass_()
    fairness = Fairness(court.store, court.exams.store, court.hall.service.signals)

    async def upheld() -> int:
        _, _, (brightness, *_) = await fairness.of_delivery(reviewer("boss"), "dlv_1")
        return sum(one.upheld.count for one in brightness.groups)

    review = await court.review()
    kept = EarlierCase(state=ReviewState.CONFIRMED, over_at_ms=1, flags=review.flags, rounds=())
    assert await upheld() == 0
    await court.store.reviews.reviews.change(review.id, 1, lambda one: one.model_copy(update={"earlier": (kept,)}))
    assert await upheld() == 1


async def test_a_delivery_of_another_organisation_is_not_there(court: Court) -> None:
    fairness = Fairness(court.store, court.exams.store, court.hall.service.signals)
    for delivery_id, scope in ("dlv_1", reviewer("boss", "org_other")), ("dlv_none", reviewer("boss")):
        with pytest.raises(NotFound):
            await fairness.of_delivery(scope, delivery_id)
