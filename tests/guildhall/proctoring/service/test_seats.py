import pytest

from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.model import Baseline, CheckInProgress
from tests.fakes.observations import CALM
from tests.guildhall.proctoring.conftest import Hall


async def test_the_next_owner_measures_from_the_baseline_that_the_last_one_found(hall: Hall) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await hall.play(seat, CALM, 5)
    assert seat.timeline.baseline is not None
    next_seat = await hall.another().seat(session)
    assert next_seat.timeline.baseline == seat.timeline.baseline


async def test_a_baseline_that_cannot_be_stored_costs_no_frame_its_verdict(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(session_id: str, epoch: int, baseline: Baseline, check_in: CheckInProgress) -> None:
        raise StorageUnavailable("The database cannot be reached.")

    monkeypatch.setattr(hall.store, "keep_calibration", away)
    seat = await hall.seat(await hall.invite())
    verdicts = await hall.play(seat, CALM, 5)
    assert {verdict.verdict for verdict in verdicts} == {"judged"}
    assert seat.timeline.baseline is not None
