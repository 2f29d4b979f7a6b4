"""Holding a result back, which nobody decides by hand: for flags, for a review, while it is sat again. Pure."""

from guildhall.assessments.lifecycle import OVER, AttemptEvent, ResultEvent, ResultState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Delivery, ExamPlan
from guildhall.assessments.model.results import HeldFor, Result
from guildhall.assessments.rules.deciding import Decision, audited, followed, is_held, moved_by, without_credential
from guildhall.assessments.rules.release import ENDINGS, release_time_ms


def held_again(result: Result, attempt: Attempt, decision: Decision) -> Result:
    """Of an attempt that was opened again and has ended again: held once more, for what was flagged since.

    What was released is hidden, and its credential ends: it is of answers that were not the last ones.
    """
    over_at_ms = attempt.over_at_ms or 0
    if result.held_over_at_ms >= over_at_ms:
        return result
    held = result.model_copy(update={"held_for": HeldFor.FLAGS, "held_by": "", "held_over_at_ms": over_at_ms})
    return followed(_hidden(held, decision), decision, audited(decision, "hold_again"))


def reopened_at_move(attempt: Attempt) -> int:
    """How many moves it has, or is about to have, with the reopening after which it goes on; 0: it does not."""
    if attempt.pending is not None and attempt.pending.event == "reopen":
        return len(attempt.history) + 1
    places = (number for number, move in enumerate(attempt.history, 1) if move.event == AttemptEvent.REOPEN)
    return 0 if attempt.state in OVER else max(places, default=0)


def held_while_sat(result: Result, reopened_at: int, decision: Decision) -> Result:
    """Of an attempt that is opened again, before its candidate can go on; a reopening that was taken in stays so.

    What was released is hidden: it may show the right answers to whoever answers once more.
    """
    if result.sat_again_from >= reopened_at:
        return result
    held = result.model_copy(update={"is_sat_again": True, "sat_again_from": reopened_at})
    return followed(_hidden(held, decision), decision, audited(decision, "hold_while_sat"))


def sat_to_the_end(result: Result, attempt: Attempt, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    """Its attempt ended since it was opened again: no longer held for that; only what is seen of it after it counts."""
    ended = any(move.event in ENDINGS or move.state in OVER for move in attempt.history[result.sat_again_from :])
    if not result.is_sat_again or not ended:
        return result
    return _freed(result.model_copy(update={"is_sat_again": False}), plan, delivery, decision)


def under_review(result: Result, review_id: str, looked_until_ms: int, decision: Decision) -> Result:
    """What was flagged until then is being reviewed: held until that review lifts it; if it still waits for that."""
    if result.held_for is not HeldFor.FLAGS or result.held_over_at_ms > looked_until_ms:
        return result
    held = result.model_copy(update={"held_for": HeldFor.REVIEW, "held_by": review_id})
    return followed(held, decision, audited(decision, "hold_result", review=review_id))


def lifted(result: Result, review_id: str, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    """Nothing holds it any more, and its exam's rule says when it is released; done again, it stays as it is.

    A review lifts what it holds; without one (""), what only waited to be looked at.
    """
    if result.held_for is HeldFor.NOTHING or result.held_by != review_id:
        return result
    free = _freed(result.model_copy(update={"held_for": HeldFor.NOTHING, "held_by": ""}), plan, delivery, decision)
    return followed(free, decision, audited(decision, "lift_result", review=review_id)) if review_id else free


def _hidden(result: Result, decision: Decision) -> Result:
    """Held, where it could be released or was."""
    if result.state not in {ResultState.MARKED, ResultState.RELEASED}:
        return result
    held = moved_by(result, ResultEvent.HOLD, decision).model_copy(update={"release_at_ms": 0})
    return without_credential(held, decision, "The exam was opened again.")


def _freed(result: Result, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    """On the way of its exam's rule, once nothing holds it any more."""
    if result.state is not ResultState.HELD or is_held(result):
        return result
    release_at_ms = release_time_ms(plan, delivery, decision.at_ms)
    return moved_by(result, ResultEvent.LIFT, decision).model_copy(update={"release_at_ms": release_at_ms})
