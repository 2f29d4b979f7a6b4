"""What a candidate is shown of their attempt. Nothing that is made on this way has a field for an answer key."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from guildhall.assessments.lifecycle import OVER, AttemptState
from guildhall.assessments.messages.sitting import (
    ActionShown,
    AnswerShown,
    AttemptShown,
    ClockShown,
    CreditShown,
    ReceiptShown,
)
from guildhall.assessments.model.attempts import Attempt, AttemptClock, SectionStanding
from guildhall.assessments.model.exams import ExamPlan
from guildhall.assessments.model.questions import Question
from guildhall.assessments.rules import clock as clocks
from guildhall.assessments.rules.sections import sections_of
from guildhall.assessments.service.projecting import show_sections_sat, show_slot
from guildhall.kit.lifecycle import AllowedAction


def show_attempt(
    attempt: Attempt,
    plan: ExamPlan,
    questions: Mapping[str, Question],
    answers: tuple[AnswerShown, ...],
    left: AbstractSet[str],
    actions: tuple[AllowedAction, ...],
    now_ms: int,
) -> AttemptShown:
    """`left` are the sections that were left for good."""
    has_begun = attempt.clock.started_at_ms is not None and attempt.state is not AttemptState.VOIDED
    is_open = has_begun and attempt.state is not AttemptState.ON_BREAK and attempt.state not in OVER
    sections = sections_of(attempt.form, is_free=plan.is_navigation_free)
    open_slots = [
        slot for slot in attempt.form.slots if sections.standing(slot.section_id, left) is SectionStanding.OPEN
    ]
    if attempt.state not in OVER:  # what was handed in is one's own to see, as in the receipt
        readable = {slot.id for slot in open_slots}
        shown_answers = tuple(answer for answer in answers if answer.slot_id in readable)
    else:
        shown_answers = answers
    return AttemptShown(
        attempt_id=attempt.id,
        exam_title=attempt.exam_title,
        candidate_name=attempt.candidate_name,
        number=attempt.number,
        is_practice=attempt.is_practice,
        is_proctored=attempt.is_proctored,
        is_navigation_free=plan.is_navigation_free,
        instructions=plan.instructions,
        duration_ms=plan.duration_seconds * 1000,
        questions=len(attempt.form.slots),
        state=attempt.state,
        actions=show_actions(actions),
        clock=show_clock(attempt.clock, now_ms),
        sections=show_sections_sat(
            plan, sections, left, {answer.slot_id for answer in answers if answer.response is not None}
        ),
        slots=tuple(show_slot(slot, questions[slot.id]) for slot in open_slots) if is_open else (),
        answers=shown_answers if has_begun else (),
        epoch=attempt.epoch,
        receipt=show_receipt(attempt),
    )


def show_receipt(attempt: Attempt) -> ReceiptShown | None:
    if attempt.state not in OVER or not attempt.head:
        return None
    return ReceiptShown(
        attempt_id=attempt.id, number=attempt.head, hash=attempt.head_hash, at_ms=attempt.over_at_ms or 0
    )


def show_actions(actions: tuple[AllowedAction, ...]) -> tuple[ActionShown, ...]:
    return tuple(ActionShown(action=str(one.event), allowed=one.allowed, reason=one.reason) for one in actions)


def show_clock(clock: AttemptClock, now_ms: int) -> ClockShown:
    given = [
        CreditShown(
            kind="reopening" if suspension.is_reopening else suspension.kind,
            began_at_ms=suspension.began_at_ms,
            ended_at_ms=suspension.ended_at_ms,
            credited_ms=clocks.credited_ms(clock, suspension, now_ms),
            reason=suspension.reason,
        )
        for suspension in clock.suspensions
    ]
    given += [
        CreditShown(
            kind="extension",
            began_at_ms=extension.at_ms,
            ended_at_ms=extension.at_ms,
            credited_ms=extension.extra_ms,
            reason=extension.reason,
        )
        for extension in clock.extensions
    ]
    is_running = clock.started_at_ms is not None and not clocks.is_standing(clock)
    return ClockShown(
        server_time_ms=now_ms,
        is_running=is_running,
        started_at_ms=clock.started_at_ms,
        deadline_ms=clocks.deadline_ms(clock),
        left_ms=max(0, clocks.left_ms(clock, now_ms)),
        budget_ms=clock.budget_ms,
        break_ms_left=clocks.break_left_ms(clock, now_ms),
        credits=tuple(sorted(given, key=lambda one: one.began_at_ms)),
    )
