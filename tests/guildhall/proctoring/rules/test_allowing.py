"""What a proctor is told beforehand is what they would be refused for."""

import pytest

from guildhall.proctoring.lifecycle.acting import ActionState
from guildhall.proctoring.model.cases import OPEN_ACTIONS_MAX, Action, ActionKind, Case
from guildhall.proctoring.rules.allowing import REASONS, NoExamClock, barred, check_wanted

CASE = Case(id="ses_1", exam_id="exam-1", candidate_name="Ada", created_at_ms=1, updated_at_ms=1)
SITTING = CASE.model_copy(update={"attempt_id": "att_1"})


@pytest.mark.parametrize("kind", ActionKind)
@pytest.mark.parametrize("case", [CASE, SITTING])
def test_what_is_barred_is_refused_with_the_same_words_and_nothing_else_is(case: Case, kind: ActionKind) -> None:
    reason = next(iter(sorted(REASONS[kind])), None)
    text = "" if reason else "Hello."
    extra_seconds = 60 if kind is ActionKind.EXTEND else 0
    told = barred(case).get(kind)
    if told is None:
        check_wanted(case, kind, reason, text, extra_seconds)
    else:
        with pytest.raises(NoExamClock) as refusal:
            check_wanted(case, kind, reason, text, extra_seconds)
        assert refusal.value.detail == told


def test_whoever_has_much_to_take_note_of_is_asked_nothing_more() -> None:
    action = Action(
        id="a",
        number=1,
        kind=ActionKind.WARN,
        state=ActionState.DUE,
        by="usr_g",
        by_name="Grace",
        asked_at_ms=1,
        expires_at_ms=2,
    )
    full = SITTING.model_copy(update={"open": (action,) * OPEN_ACTIONS_MAX})
    assert barred(full).keys() == set(ActionKind)
