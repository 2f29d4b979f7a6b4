"""The check-in while it runs: which step, what was seen of it, what comes next. Pure; `judge` feeds it every picture.

Time counts only while pictures come: a lost network or an engine that is away hardly uses up a step's patience, and
the step begins anew afterwards. As long as pictures come the sequence comes to its end; what they did not show lowers
the quality.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from guildhall.proctoring.lifecycle import CHECK_IN, Actor, CheckInEvent, CheckInState
from guildhall.proctoring.model import CheckInProgress, Look, Reading, StepName
from guildhall.proctoring.rules.readings import Sample, look_of
from guildhall.proctoring.rules.steps import (
    LEAST_TURN_DEG,
    STEPS,
    Kind,
    Step,
    held_ms,
    is_over,
    is_wrong_way,
    telling,
    turned_deg,
)
from guildhall.proctoring.settings import RuleSettings

FEWEST_SAMPLES = 2  # of a step that ran out of patience; fewer are no look at all
MOST_SAMPLES = 128  # bound of one step's samples (policy: drop oldest); 4 s of a camera at 30 frames/s


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Immutable, like the timeline it is part of."""

    state: CheckInState = CHECK_IN.initial
    runs: int = 0
    place: int = 0  # of the present step in STEPS
    looks: Mapping[StepName, Look] = field(default_factory=dict)
    began_ms: int | None = None  # since when the present step is seen without a break; None: no picture has come yet
    spent_ms: int = 0  # of the step's patience
    last_ms: int | None = None
    samples: tuple[Sample, ...] = ()

    @property
    def step(self) -> Step | None:
        return STEPS[self.place] if self.state is CheckInState.RUNNING else None


def go_on(progress: CheckInProgress) -> CheckIn:
    """After a reconnect, here or at another process: the step that was interrupted begins anew."""
    return CheckIn(progress.state, progress.runs, progress.place, dict(progress.looks))


def progress_of(check_in: CheckIn) -> CheckInProgress:
    """What is stored: everything but the present step's pictures."""
    return CheckInProgress(state=check_in.state, runs=check_in.runs, place=check_in.place, looks=dict(check_in.looks))


def is_stored(check_in: CheckIn, progress: CheckInProgress) -> bool:
    """Looks change only with the place or the state."""
    return (check_in.state, check_in.runs, check_in.place) == (progress.state, progress.runs, progress.place)


def act(check_in: CheckIn, event: CheckInEvent) -> CheckIn:
    """What the candidate asks for: start, next_step, accept, skip. Raises `MoveRefused`."""
    target = CHECK_IN.move(check_in.state, event, Actor.CANDIDATE, check_in.runs).target
    if event is CheckInEvent.START:
        return CheckIn(target, check_in.runs + 1)
    if event is CheckInEvent.NEXT_STEP:
        return _next(check_in, None)
    return CheckIn(target, check_in.runs)


def notice(check_in: CheckIn, sample: Sample | None, at_ms: int, settings: RuleSettings) -> CheckIn:
    """One judged picture; `sample` is None when it does not show one clear face."""
    step = check_in.step
    if step is None:
        return check_in
    gap_ms = round(settings.gap_seconds * 1000)
    passed_ms = 0 if check_in.last_ms is None else at_ms - check_in.last_ms
    began_ms, samples, spent_ms = check_in.began_ms, check_in.samples, check_in.spent_ms
    if began_ms is None:
        began_ms = at_ms
    else:
        spent_ms += min(passed_ms, gap_ms)  # capped, not left out: at one picture in two seconds it ends as well
    if passed_ms > gap_ms:
        began_ms, samples = at_ms, ()
    if sample is not None and at_ms - began_ms >= step.settle_ms:
        samples = (*samples, sample)[-MOST_SAMPLES:]
    check_in = replace(check_in, began_ms=began_ms, last_ms=at_ms, spent_ms=spent_ms, samples=samples)
    centre = _centre(check_in)
    told = telling(step, samples, centre)
    if held_ms(told) >= step.hold_ms and len(told) >= FEWEST_SAMPLES and is_over(step, samples, centre):
        return _next(check_in, look_of(told))
    if spent_ms < step.patience_ms:
        return check_in
    kept = told if len(told) >= FEWEST_SAMPLES else _wrong_way(step, samples, check_in)
    return _next(check_in, look_of(kept) if len(kept) >= FEWEST_SAMPLES else None)


def progress_share(check_in: CheckIn) -> float:
    """How much of the present step is done, 0..1."""
    step = check_in.step
    if step is None:
        return 0.0
    return min(held_ms(telling(step, check_in.samples, _centre(check_in))) / step.hold_ms, 1.0)


def hint_of(check_in: CheckIn) -> str | None:
    """What would help just now, in one sentence; poor light and the like are told by `coach`."""
    step = check_in.step
    if step is None:
        return None
    if is_wrong_way(step, check_in.samples, _centre(check_in)):
        return "The other way, please."
    if step.kind is Kind.CLOSE and progress_share(check_in) >= 1:
        return "Thank you. Open your eyes again."
    return None


def _centre(check_in: CheckIn) -> Reading | None:
    look = check_in.looks.get(StepName.CENTRE)
    return None if look is None else look.middle


def _wrong_way(step: Step, samples: Sequence[Sample], check_in: CheckIn) -> list[Sample]:
    """Kept as well: two turns the wrong way round are a mirrored picture."""
    centre = _centre(check_in)
    if step.kind is not Kind.TURN or centre is None:
        return []
    return [one for one in samples if turned_deg(step, one.reading, centre) <= -LEAST_TURN_DEG]


def _next(check_in: CheckIn, look: Look | None) -> CheckIn:
    """On to the next step, or to the result. Without a look at the centre nothing that follows could be measured."""
    looks = check_in.looks if look is None else {**check_in.looks, STEPS[check_in.place].name: look}
    place = check_in.place + 1
    if place < len(STEPS) and StepName.CENTRE in looks:
        return CheckIn(check_in.state, check_in.runs, place, looks, last_ms=check_in.last_ms)
    target = CHECK_IN.move(check_in.state, CheckInEvent.MEASURE, Actor.SYSTEM, check_in.runs).target
    return CheckIn(target, check_in.runs, 0, looks)
