"""The check-in of a seat: told in every verdict, kept step by step, taken up elsewhere, shown on the wall."""

import pytest

from guildhall.kit.errors import Conflict
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle import MOST_CHECK_INS, CheckInEvent, CheckInState
from guildhall.proctoring.messages import Card, CheckInTold
from guildhall.proctoring.model import Baseline, BaselineSource, CheckInProgress, Signal, StepName
from guildhall.proctoring.rules.checking_in import go_on
from guildhall.proctoring.rules.steps import STEPS
from guildhall.proctoring.service.cards import card_topic
from guildhall.proctoring.service.checking_in import told_of
from guildhall.proctoring.service.seats import Seat
from tests.fakes.observations import CALM, EMPTY
from tests.fakes.sitters import FRAME_MS, DefiantSitter, Sitter, observe
from tests.guildhall.proctoring.conftest import Hall


async def start(hall: Hall, seat: Seat) -> CheckInTold:
    return await hall.service.check_ins.act(seat, CheckInEvent.START)


async def follow(hall: Hall, seat: Seat, sitter: Sitter, until: StepName | None = None) -> list[CheckInTold]:
    """Do what is asked, frame by frame, up to a step or to the result; what each verdict told."""
    told: list[CheckInTold] = []
    asked, asked_ms = seat.timeline.check_in.step, hall.clock.now_ms()
    while (step := seat.timeline.check_in.step) is not None and step.name is not until:
        if step is not asked:
            asked, asked_ms = step, hall.clock.now_ms()
        face = sitter.obey(step, hall.clock.now_ms() + FRAME_MS - asked_ms)
        verdict = await hall.send(seat, observe(face), after_ms=FRAME_MS)
        assert verdict.check_in is not None
        told.append(verdict.check_in)
    return told


async def test_every_verdict_tells_the_step_until_the_result_is_there(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    assert (await hall.send(seat)).check_in is None
    begun = await start(hall, seat)
    assert (begun.state, begun.step, begun.place, begun.steps) == (CheckInState.RUNNING, "centre", 0, len(STEPS))
    assert begun.instruction == STEPS[0].instruction
    told = await follow(hall, seat, Sitter())
    assert list(dict.fromkeys(one.step for one in [begun, *told])) == [*StepName, None]
    assert told[-1].state is CheckInState.MEASURED
    assert all(one.on and one.quality >= 0.5 and one.text for one in told[-1].signals)
    assert told[-1].runs_left == MOST_CHECK_INS - 1


async def test_the_result_is_told_until_it_is_accepted_and_never_afterwards(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await start(hall, seat)
    await follow(hall, seat, Sitter())
    again = (await hall.send(seat)).check_in
    assert again is not None
    assert again.signals
    accepted = await hall.service.check_ins.act(seat, CheckInEvent.ACCEPT)
    assert (accepted.state, accepted.signals) == (CheckInState.ACCEPTED, ())
    assert (await hall.send(seat)).check_in is None


async def test_a_poor_signal_is_switched_off_stored_told_and_on_the_card(hall: Hall) -> None:
    cards: list[Card] = []
    session = await hall.invite()
    await hall.bus.subscribe(card_topic("exam-1"), lambda body: cards.append(Card.model_validate_json(body)))
    seat = await hall.seat(session)
    await start(hall, seat)
    told = await follow(hall, seat, DefiantSitter())
    off = {signal for one in told[-1].signals if not one.on for signal in one.signals}
    assert off == {Signal.GAZE_X, Signal.EYES, Signal.MOUTH}
    stored = (await hall.service.session(session.id)).baseline
    assert stored is not None
    assert stored == seat.timeline.baseline
    assert (stored.source, stored.is_on(Signal.GAZE_X), stored.is_on(Signal.YAW)) == (
        BaselineSource.CHECK_IN,
        False,
        True,
    )
    assert (cards[-1].check_in, cards[-1].signals_off) == (CheckInState.MEASURED, (Signal.GAZE_X,))
    assert cards[-1].quality == stored.quality[Signal.GAZE_X].figure


async def test_a_reconnect_in_the_middle_goes_on_at_the_same_step_at_any_process(hall: Hall) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await start(hall, seat)
    await follow(hall, seat, Sitter(), until=StepName.TURN_LEFT)
    await hall.service.seating.leave(seat)
    elsewhere = hall.another()
    taken = await elsewhere.seat(session)
    told = told_of(taken.timeline.check_in, taken.timeline.baseline)
    assert (told.state, told.step) == (CheckInState.RUNNING, StepName.TURN_LEFT)
    assert (await follow(elsewhere, taken, Sitter()))[-1].state is CheckInState.MEASURED
    assert taken.timeline.baseline is not None
    assert taken.timeline.baseline.is_on(Signal.GAZE_X)


async def test_whoever_comes_back_after_the_check_in_is_not_asked_again(hall: Hall) -> None:
    session = await hall.invite()
    await hall.service.check_ins.act(await hall.seat(session), CheckInEvent.SKIP)
    taken = await hall.another().seat(session)
    assert taken.timeline.check_in.state is CheckInState.SKIPPED


@pytest.mark.parametrize("event", [CheckInEvent.NEXT_STEP, CheckInEvent.ACCEPT])
async def test_what_is_not_possible_now_is_refused_with_what_is(hall: Hall, event: CheckInEvent) -> None:
    seat = await hall.seat(await hall.invite())
    with pytest.raises(MoveRefused, match="possible now: start, skip"):
        await hall.service.check_ins.act(seat, event)
    assert seat.timeline.check_in.state is CheckInState.WAITING


async def test_nothing_is_measured_once_the_exam_is_over(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.service.seating.finish(seat)
    with pytest.raises(Conflict, match="finished"):
        await start(hall, seat)


async def test_skipping_leaves_the_calm_stretch_which_says_that_nobody_checked(hall: Hall) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await hall.service.check_ins.act(seat, CheckInEvent.SKIP)
    await hall.play(seat, CALM, 5)
    stored = await hall.service.session(session.id)
    assert stored.check_in.state is CheckInState.SKIPPED
    assert stored.baseline is not None
    assert stored.baseline.source is BaselineSource.CALM


async def test_nobody_is_kept_from_the_exam_because_they_cannot_be_seen(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await start(hall, seat)
    verdicts = await hall.play(seat, EMPTY, 6)
    assert verdicts[-1].check_in is not None
    assert verdicts[-1].check_in.state is CheckInState.MEASURED
    assert not any(one.on for one in verdicts[-1].check_in.signals)
    assert (await hall.service.check_ins.act(seat, CheckInEvent.ACCEPT)).state is CheckInState.ACCEPTED
    assert (await hall.send(seat)).verdict == "judged"


async def test_what_could_not_be_stored_is_stored_when_the_database_is_back_and_not_asked_for_at_every_frame(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = []

    async def away(session_id: str, epoch: int, baseline: Baseline | None, check_in: CheckInProgress) -> None:
        attempts.append(session_id)
        raise StorageUnavailable("The database cannot be reached.")

    session = await hall.invite()
    seat = await hall.seat(session)
    with monkeypatch.context() as broken:
        broken.setattr(hall.store, "keep_calibration", away)
        assert (await start(hall, seat)).state is CheckInState.RUNNING
        assert {verdict.verdict for verdict in await hall.play(seat, CALM, 2)} == {"judged"}
    assert 2 <= len(attempts) <= 4
    await hall.play(seat, CALM, 1.2)
    kept = (await hall.service.session(session.id)).check_in
    assert go_on(kept).step == seat.timeline.check_in.step
