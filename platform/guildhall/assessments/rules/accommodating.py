"""Accommodations in words: an exception from the rules, never its reason. Pure."""

from guildhall.assessments.model.exams import Accommodation


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
