from guildhall.assessments.model.exams import Accommodation
from guildhall.assessments.rules.accommodating import policy_exceptions


def test_an_exception_is_told_without_its_reason() -> None:
    given = Accommodation(
        extra_time_percent=25, break_seconds=630, muted_signals=("gaze_away",), note="CANARY a diagnosis"
    )
    told = policy_exceptions(given)
    assert told == ("25 % more time", "breaks of 10 min 30 s in all, whenever they want", "not judged: gaze away")
    assert policy_exceptions(Accommodation()) == ()
