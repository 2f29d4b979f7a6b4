"""The check-in of a seat: what the candidate asks for, what they are told, and what is kept of it."""

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle import MOST_CHECK_INS, CheckInEvent, CheckInState, SessionState
from guildhall.proctoring.messages import CheckInTold, SignalTold
from guildhall.proctoring.model import Baseline
from guildhall.proctoring.model.signals import Asked
from guildhall.proctoring.rules import Timeline
from guildhall.proctoring.rules.check_in_words import findings
from guildhall.proctoring.rules.checking_in import CheckIn, hint_of, is_stored, progress_of, progress_share
from guildhall.proctoring.rules.steps import STEPS
from guildhall.proctoring.service.cards import announce_card
from guildhall.proctoring.service.seats import Seat
from guildhall.proctoring.store import ProctoringStore

log = get_logger(__name__)

RETRY_MS = 1000  # between two attempts to store, while the database is away


class CheckInDesk:
    """Called by the candidate's namespace for what they ask, and for every judged frame."""

    def __init__(self, store: ProctoringStore, bus: Bus, clock: Clock) -> None:
        self._store = store
        self._bus = bus
        self._clock = clock

    async def act(self, seat: Seat, event: CheckInEvent) -> CheckInTold:
        """Raises `MoveRefused` for what is not possible now, and `Conflict` once the exam is over."""
        if seat.finishing or seat.session.state is SessionState.FINISHED:
            raise Conflict("The session is finished.")
        seat.advance(Asked(self._clock.now_ms(), event))
        await self.keep(seat)
        return told_of(seat.timeline.check_in, seat.timeline.baseline)

    async def keep(self, seat: Seat) -> None:
        """Store what a frame or the candidate has changed, and tell the walls; cheap where nothing has.

        While the database is away the next frame tries again. A process that dies before that costs the candidate
        the present step, or three calm seconds.
        """
        if not self.is_due(seat):
            return
        async with seat.recording:  # in order, and before whatever comes next
            baseline, check_in = seat.timeline.baseline, progress_of(seat.timeline.check_in)
            session = seat.session
            try:
                await self._store.keep_calibration(session.id, session.epoch, baseline, check_in)
            except StorageUnavailable as error:
                seat.keep_due_ms = self._clock.monotonic_ms() + RETRY_MS
                log.warning("calibration_not_stored", session_id=session.id, reason=str(error))
                return
            seat.session = seat.session.model_copy(update={"baseline": baseline, "check_in": check_in})
        await announce_card(self._bus, seat.session)

    def is_due(self, seat: Seat) -> bool:
        """Whether `keep` would store anything now."""
        return _has_changed(seat) and self._clock.monotonic_ms() >= seat.keep_due_ms


def _has_changed(seat: Seat) -> bool:
    timeline, session = seat.timeline, seat.session
    return timeline.baseline is not session.baseline or not is_stored(timeline.check_in, session.check_in)


def told_while_open(timeline: Timeline) -> CheckInTold | None:
    """What a verdict carries: nothing before the check-in has begun and after it has been left behind."""
    is_open = timeline.check_in.state in {CheckInState.RUNNING, CheckInState.MEASURED}
    return told_of(timeline.check_in, timeline.baseline) if is_open else None


def told_of(check_in: CheckIn, baseline: Baseline | None) -> CheckInTold:
    step = check_in.step
    is_measured = check_in.state is CheckInState.MEASURED
    return CheckInTold(
        state=check_in.state,
        step=step.name if step else None,
        place=check_in.place,
        steps=len(STEPS),
        target=step.target if step else None,
        instruction=step.instruction if step else "",
        hint=hint_of(check_in),
        progress=round(progress_share(check_in), 2),
        runs_left=MOST_CHECK_INS - check_in.runs,
        signals=tuple(
            SignalTold(
                signals=one.subject.signals,
                on=one.on,
                quality=round(one.figure, 2),
                title=one.subject.title,
                text=one.text,
            )
            for one in (findings(baseline) if is_measured else ())
        ),
    )
