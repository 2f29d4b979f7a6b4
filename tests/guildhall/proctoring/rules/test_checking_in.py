"""The check-in while it runs: every state and event, any pictures, breaks, and what is kept."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.kit.lifecycle import MoveRefused
from guildhall.proctoring.lifecycle import CHECK_IN, MOST_CHECK_INS, Actor, CheckInEvent, CheckInState
from guildhall.proctoring.model import CheckInProgress, StepName
from guildhall.proctoring.rules.checking_in import (
    MOST_SAMPLES,
    CheckIn,
    act,
    go_on,
    hint_of,
    is_stored,
    notice,
    progress_of,
    progress_share,
)
from guildhall.proctoring.rules.readings import Sample, sample_of
from guildhall.proctoring.rules.steps import STEPS, Kind
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Face
from tests.fakes.sitters import FRAME_MS, Sitter

RULES = RuleSettings()
SITTER = Sitter(noise=0)
START_MS = 1_800_000_000_000
RUNNING = act(CheckIn(), CheckInEvent.START)


def at_step(name: StepName) -> CheckIn:
    """A running check-in that has come to this step, played by a willing person."""
    check_in, at_ms = RUNNING, START_MS
    asked_ms = at_ms
    while check_in.step is not None and check_in.step.name is not name:
        step, at_ms = check_in.step, at_ms + FRAME_MS
        check_in = notice(check_in, sample_of(SITTER.obey(step, at_ms - asked_ms), at_ms), at_ms, RULES)
        asked_ms = at_ms if check_in.step is not step else asked_ms
    assert check_in.step is not None
    return check_in


def play(check_in: CheckIn, sample: Sample | None, seconds: float, step_ms: int = FRAME_MS) -> CheckIn:
    """The same sight for a while, or until the step is over."""
    at_ms, step = check_in.last_ms or START_MS, check_in.step
    for _ in range(round(seconds * 1000 / step_ms)):
        at_ms += step_ms
        seen = None if sample is None else Sample(at_ms, sample.reading)
        check_in = notice(check_in, seen, at_ms, RULES)
        if check_in.step is not step:
            break
    return check_in


CALM = sample_of(SITTER.look(), 0)


def test_a_willing_person_is_measured_in_every_step() -> None:
    check_in = at_step(StepName.CLOSE_EYES)
    assert set(check_in.looks) == set(StepName) - {StepName.CLOSE_EYES}
    closed = play(check_in, sample_of(SITTER.look(closed=True), 0), 0.8)
    assert closed.step is not None
    assert hint_of(closed) == "Thank you. Open your eyes again."
    measured = play(closed, CALM, 0.4)
    assert measured.state is CheckInState.MEASURED
    assert set(measured.looks) == set(StepName)


@pytest.mark.parametrize("state", CheckInState)
@pytest.mark.parametrize("event", [event for event in CheckInEvent if event is not CheckInEvent.MEASURE])
def test_the_candidate_moves_it_as_the_table_says_in_every_state(state: CheckInState, event: CheckInEvent) -> None:
    check_in = CheckIn(state, runs=1)
    try:
        target = CHECK_IN.move(state, event, Actor.CANDIDATE, 1).target
    except MoveRefused:
        with pytest.raises(MoveRefused):
            act(check_in, event)
        return
    if event is CheckInEvent.NEXT_STEP:  # the first step was passed over, and without it nothing can be measured
        target = CheckInState.MEASURED
    moved = act(check_in, event)
    assert moved.state is target
    assert moved.runs == (2 if event is CheckInEvent.START else 1)
    assert (moved.step is not None) is (target is CheckInState.RUNNING)


@pytest.mark.parametrize("state", [state for state in CheckInState if state is not CheckInState.RUNNING])
def test_pictures_change_nothing_unless_it_runs(state: CheckInState) -> None:
    check_in = CheckIn(state, runs=1)
    assert notice(check_in, CALM, START_MS, RULES) is check_in
    assert (check_in.step, progress_share(check_in), hint_of(check_in)) == (None, 0, None)


def test_doing_it_again_begins_with_nothing_and_is_possible_a_few_times() -> None:
    check_in = CheckIn()
    for run in range(1, MOST_CHECK_INS + 1):
        check_in = act(check_in, CheckInEvent.START)
        assert (check_in.runs, check_in.place, check_in.looks) == (run, 0, {})
        check_in = play(check_in, None, 10)
        assert check_in.state is CheckInState.MEASURED
    with pytest.raises(MoveRefused, match="as often as it can be done"):
        act(check_in, CheckInEvent.START)


def test_a_step_passed_over_leaves_no_look_and_the_next_one_begins() -> None:
    check_in = at_step(StepName.TURN_UP)
    passed = act(check_in, CheckInEvent.NEXT_STEP)
    assert passed.step is not None
    assert passed.step.name is StepName.TURN_DOWN
    assert StepName.TURN_UP not in passed.looks
    assert passed.looks == check_in.looks


def test_nobody_in_the_picture_at_the_centre_ends_it_soon_because_nothing_could_be_measured() -> None:
    check_in = play(RUNNING, None, STEPS[0].patience_ms / 1000 + 0.4)
    assert (check_in.state, check_in.looks) == (CheckInState.MEASURED, {})


def test_a_turn_the_wrong_way_is_told_and_kept_when_patience_ends() -> None:
    step = at_step(StepName.TURN_LEFT)
    wrong = play(step, sample_of(SITTER.look(yaw_deg=-16), 0), 1.0)
    assert hint_of(wrong) == "The other way, please."
    assert progress_share(wrong) == 0
    late = play(wrong, sample_of(SITTER.look(yaw_deg=-16), 0), 5)
    assert late.step is not None
    assert late.step.name is StepName.TURN_RIGHT
    assert late.looks[StepName.TURN_LEFT].middle.yaw_deg < late.looks[StepName.CENTRE].middle.yaw_deg


def test_a_blink_does_not_pass_for_closed_eyes() -> None:
    check_in = at_step(StepName.CLOSE_EYES)
    blinking = play(play(check_in, sample_of(SITTER.look(closed=True), 0), 0.2), CALM, 2)
    assert blinking.step is not None
    assert progress_share(blinking) == 0


def test_what_comes_before_the_eyes_have_arrived_counts_for_nothing() -> None:
    check_in = at_step(StepName.TOP_LEFT)
    assert play(check_in, CALM, 0.6).samples == ()
    assert len(play(check_in, CALM, 1.0).samples) > 0


def test_after_a_break_the_step_begins_anew_and_hardly_any_patience_is_lost() -> None:
    check_in = play(RUNNING, CALM, 1.4)
    assert check_in.samples
    assert check_in.last_ms is not None
    back = notice(check_in, CALM, check_in.last_ms + 60_000, RULES)
    assert (back.step, back.samples) == (RUNNING.step, ())
    assert back.spent_ms - check_in.spent_ms == RULES.gap_seconds * 1000
    assert play(back, CALM, 2.6).place == 1


def test_another_process_goes_on_at_the_step_where_this_one_stopped() -> None:
    check_in = play(at_step(StepName.TURN_LEFT), CALM, 1.0)
    kept = CheckInProgress.model_validate(progress_of(check_in).model_dump(mode="json"))
    taken_up = go_on(kept)
    assert (taken_up.step, taken_up.looks, taken_up.runs) == (check_in.step, check_in.looks, check_in.runs)
    assert taken_up.samples == ()
    assert is_stored(taken_up, kept)
    assert not is_stored(act(taken_up, CheckInEvent.NEXT_STEP), kept)


SIGHTS = st.sampled_from(["calm", "nobody", "left", "right", "closed"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SIGHTS, st.integers(20, 4000)), min_size=400, max_size=400), st.integers(0, 99))
def test_any_film_brings_it_forward_and_to_its_end(film: list[tuple[str, int]], seed: int) -> None:
    sitter = Sitter(random=Random(seed))
    sights: dict[str, Callable[[], Face]] = {
        "calm": sitter.look,
        "left": lambda: sitter.look(yaw_deg=16),
        "right": lambda: sitter.look(yaw_deg=-16),
        "closed": lambda: sitter.look(closed=True),
    }
    check_in, at_ms, spent_ms = RUNNING, START_MS, 0
    for sight, after_ms in film:
        before, at_ms = check_in, at_ms + after_ms
        seen = None if sight == "nobody" else sample_of(sights[sight](), at_ms)
        check_in = notice(check_in, seen, at_ms, RULES)
        spent_ms += min(after_ms, round(RULES.gap_seconds * 1000))
        assert len(check_in.samples) <= MOST_SAMPLES
        assert 0 <= progress_share(check_in) <= 1
        if check_in.step is None:
            break
        assert check_in.place in {before.place, before.place + 1}
    longest_ms = sum(step.patience_ms for step in STEPS) + (2 * len(STEPS) + 1) * RULES.gap_seconds * 1000
    assert check_in.state is CheckInState.MEASURED or spent_ms <= longest_ms


EVENTS = st.sampled_from([*CheckInEvent, "calm", "nobody"])


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_whatever_is_asked_and_shown_it_stays_in_its_table(events: list[CheckInEvent | str]) -> None:
    check_in, at_ms = CheckIn(), START_MS
    for event in events:
        at_ms += 500
        if isinstance(event, CheckInEvent):
            try:
                check_in = act(check_in, event)
            except MoveRefused:
                assert event not in {
                    one.event
                    for one in CHECK_IN.allowed_actions(check_in.state, Actor.CANDIDATE, check_in.runs)
                    if one.allowed
                }
        else:
            check_in = notice(check_in, CALM if event == "calm" else None, at_ms, RULES)
        assert check_in.runs <= MOST_CHECK_INS
        assert (check_in.step is None) is (check_in.state is not CheckInState.RUNNING)
        assert check_in.state is CheckInState.WAITING or check_in.runs > 0 or check_in.state is CheckInState.SKIPPED


def test_only_turns_can_go_the_wrong_way() -> None:
    for step in STEPS:
        if step.kind is not Kind.TURN:
            assert hint_of(play(at_step(step.name), CALM, 0.4)) is None
