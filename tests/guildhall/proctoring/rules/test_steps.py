import pytest

from guildhall.proctoring.model import StepName
from guildhall.proctoring.rules.readings import sample_of
from guildhall.proctoring.rules.steps import (
    DOTS,
    LEAST_TURN_DEG,
    STEPS,
    Kind,
    Step,
    is_over,
    is_wrong_way,
    telling,
)
from tests.fakes.sitters import FRAME_MS, REACTION_MS, Sitter

CENTRE = sample_of(Sitter(noise=0).look(), 0).reading
TURNS = [step for step in STEPS if step.kind is Kind.TURN]
(CLOSE,) = [step for step in STEPS if step.kind is Kind.CLOSE]


def test_every_step_is_asked_once_in_the_order_of_its_names() -> None:
    assert [step.name for step in STEPS] == list(StepName)
    assert STEPS[0].name is StepName.CENTRE  # everything else is measured from it


def test_the_whole_check_in_takes_about_twenty_seconds_at_most() -> None:
    shortest = sum(step.settle_ms + step.hold_ms + REACTION_MS for step in STEPS)
    # Corners are always over once they were seen, and a check-in without a centre ends there.
    longest = sum(
        step.patience_ms if step.kind is not Kind.LOOK else step.settle_ms + step.hold_ms + FRAME_MS for step in STEPS
    )
    assert shortest <= 15_000
    assert longest <= 23_000


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_says_in_a_sentence_what_to_do_and_leaves_time_for_it(step: Step) -> None:
    assert step.instruction.endswith(".")
    assert step.settle_ms + step.hold_ms + REACTION_MS + FRAME_MS < step.patience_ms
    assert all(0.05 <= place <= 0.95 for place in step.target)
    assert step.target == DOTS.get(step.name, (0.5, 0.5))


@pytest.mark.parametrize("step", TURNS, ids=lambda step: step.name)
def test_a_turn_is_seen_the_way_it_was_asked_for_and_is_told_when_it_goes_the_other_way(step: Step) -> None:
    axis, sign = step.turn
    sitter = Sitter(noise=0)
    asked = sample_of(sitter.look(**{axis: sign * (LEAST_TURN_DEG + 1)}), 0)  # type: ignore[arg-type]
    hardly = sample_of(sitter.look(**{axis: sign * (LEAST_TURN_DEG - 1)}), 0)  # type: ignore[arg-type]
    wrong = sample_of(sitter.look(**{axis: -sign * (LEAST_TURN_DEG + 1)}), 0)  # type: ignore[arg-type]
    assert telling(step, [asked, hardly, wrong], CENTRE) == [asked]
    assert is_wrong_way(step, [asked, wrong], CENTRE)
    assert not is_wrong_way(step, [wrong, asked], CENTRE)
    assert not is_wrong_way(step, [hardly], CENTRE)


def test_left_and_right_are_the_candidates_own_and_up_is_up() -> None:
    # A person who turns to their own right moves the nose to the left of an unmirrored picture: negative yaw.
    assert {step.name: step.turn for step in TURNS} == {
        StepName.TURN_LEFT: ("yaw_deg", 1),
        StepName.TURN_RIGHT: ("yaw_deg", -1),
        StepName.TURN_UP: ("pitch_deg", 1),
        StepName.TURN_DOWN: ("pitch_deg", -1),
    }


def test_closed_eyes_are_closed_for_this_person_and_the_step_is_over_when_they_are_open_again() -> None:
    narrow = Sitter(eyes_open=0.16, eyes_closed=0.05, noise=0)
    centre = sample_of(narrow.look(), 0).reading
    open_, closed = sample_of(narrow.look(), 1), sample_of(narrow.look(closed=True), 2)
    assert telling(CLOSE, [open_, closed], centre) == [closed]
    assert not is_over(CLOSE, [open_, closed], centre)
    assert is_over(CLOSE, [closed, open_], centre)
