"""Accommodations: what they give an attempt, and in words; an exception from the rules, never its reason. Pure."""

from guildhall.assessments.lifecycle import OVER
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Accommodation


def budget_ms(duration_seconds: int, accommodation: Accommodation) -> int:
    """The exam's own time and the extra time of this person."""
    return duration_seconds * (100 + accommodation.extra_time_percent) * 10


def accommodated(attempt: Attempt, accommodation: Accommodation, duration_seconds: int) -> Attempt:
    """The attempt under these terms. Once its clock has begun its time stays as it is.

    What is not judged of this person counts at once even then: nothing that runs is moved by it.
    """
    if attempt.state in OVER or attempt.accommodation == accommodation:
        return attempt
    if attempt.clock.started_at_ms is not None:
        muted = accommodation.muted_signals
        if muted == attempt.accommodation.muted_signals:
            return attempt
        return attempt.model_copy(
            update={"accommodation": attempt.accommodation.model_copy(update={"muted_signals": muted})}
        )
    given = {
        "budget_ms": budget_ms(duration_seconds, accommodation),
        "break_budget_ms": accommodation.break_seconds * 1000,
    }
    return attempt.model_copy(update={"accommodation": accommodation, "clock": attempt.clock.model_copy(update=given)})


def policy_exceptions(accommodation: Accommodation) -> tuple[str, ...]:
    """What is otherwise for this person, as proctors and reviewers read it. The note for staff is not among them."""
    told: list[str] = []
    if accommodation.extra_time_percent:
        told.append(f"{accommodation.extra_time_percent} % more time")
    if accommodation.break_seconds:
        minutes, seconds = divmod(accommodation.break_seconds, 60)
        length = f"{minutes} min" if not seconds else f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
        told.append(f"breaks of {length} in all, whenever they want")
    if accommodation.muted_signals:
        told.append(f"not judged: {', '.join(signal.replace('_', ' ') for signal in accommodation.muted_signals)}")
    return tuple(told)
