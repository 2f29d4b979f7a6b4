"""The life of a result: graded, marked, released, withheld, graded again. Pure.

Every decision is one new `Result`, with all that must follow written into it: mails, credentials, audit entries. The
service carries those out, any number of times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guildhall.assessments.lifecycle import (
    OVER,
    RESULT,
    Actor,
    AttemptEvent,
    AttemptState,
    ResultEvent,
    ResultFacts,
    ResultState,
)
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Delivery, ExamPlan, ReleaseRule
from guildhall.assessments.model.results import (
    FOLLOW_UPS_MAX,
    HISTORY_MAX,
    FollowUp,
    FollowUpKind,
    Grade,
    HeldFor,
    Result,
)
from guildhall.kit.errors import Conflict, Unavailable

SYSTEM = "system:grading"
VOID = "The attempt was declared void."
SAT_AGAIN = "The exam was opened again and goes on. Its result can be released when that has ended."
_MARKED = frozenset({ResultState.MARKED, ResultState.HELD})
_ENDINGS = frozenset({AttemptEvent.SUBMIT, AttemptEvent.EXPIRE, AttemptEvent.END})


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides, when, and the id a credential would get if this decision issues one."""

    by: str
    at_ms: int
    actor: Actor = Actor.SYSTEM
    credential_id: str = ""


class FollowUpsFull(Unavailable):
    """What followed from earlier decisions could not be carried out for a while, so no more is taken on."""

    def __init__(self, result_id: str) -> None:
        super().__init__(f"Earlier changes of {result_id} are still being carried out. Try again in a moment.")


def withhold_for(result: Result, attempt: Attempt, decision: Decision) -> Result:
    """The result, kept back where its attempt was declared void or was ended by a proctor.

    Whoever was sent out of an exam was accused of something: neither a pass nor a fail goes out before a person looked
    at it. What a person released after the ending stays released; what is void stays withheld.
    """
    if result.state is ResultState.WITHHELD:
        return result
    if attempt.state is AttemptState.VOIDED:
        return withhold(result, VOID, decision)
    endings = [move for move in attempt.history if move.event in _ENDINGS]
    if not endings or endings[-1].event != AttemptEvent.END or (result.released_at_ms or 0) > endings[-1].at_ms:
        return result
    why = endings[-1].reason.strip().rstrip(".")
    told = f" ({why[:300]})" if why else ""
    return withhold(
        result, f"A proctor ended this exam{told}. A person looks at it before the result is released.", decision
    )


def first_result(attempt: Attempt, grade: Grade, decision: Decision, *, is_held: bool = False) -> Result:
    """The result of an attempt that was graded for the first time; `take_in` then says where it stands.

    Of an exam before a camera it is made held: so it cannot be released before it is known what was flagged.
    """
    first = Result(
        id=attempt.id,
        created_at_ms=decision.at_ms,
        attempt_id=attempt.id,
        delivery_id=attempt.delivery_id,
        exam_version_id=attempt.exam_version_id,
        organisation_id=attempt.organisation_id,
        account_id=attempt.account_id,
        candidate_name=attempt.candidate_name,
        is_practice=attempt.is_practice,
        state=ResultState.MARKING,
        grade=grade,
        held_for=HeldFor.FLAGS if is_held else HeldFor.NOTHING,
        held_over_at_ms=(attempt.over_at_ms or 0) if is_held else 0,
    )
    return withhold_for(first, attempt, decision)


def take_in(
    result: Result, grade: Grade, *, is_disputed: bool, plan: ExamPlan, delivery: Delivery, decision: Decision
) -> Result:
    """The result with a grade made of its answers, keys and marks as they are now; the same grade changes nothing.

    What was released keeps its grade while a mark is open again: nobody is shown half a result.
    """
    is_whole = grade.is_pass is not None
    if result.state is ResultState.RELEASED and not is_whole:
        return result
    if result.state in {ResultState.RELEASED, ResultState.WITHHELD} or (is_whole and result.state in _MARKED):
        return _regraded(result, grade, plan, decision)
    kept = result if grade.scores == result.grade.scores else result.model_copy(update={"grade": grade})
    if is_whole:
        return _marked(kept, plan, delivery, decision)
    if is_disputed:
        if result.state in _MARKED:  # both were opened again and are final again, in one step of the follower
            kept = _moved(kept, ResultEvent.REOPEN, decision).model_copy(update={"release_at_ms": 0})
        return kept if kept.state is ResultState.RECONCILING else _moved(kept, ResultEvent.DISAGREE, decision)
    if kept.state is not ResultState.MARKING:
        kept = _moved(kept, ResultEvent.REOPEN, decision).model_copy(update={"release_at_ms": 0})
    return kept


def release(result: Result, plan: ExamPlan, decision: Decision) -> Result:
    """The candidate sees it from now on; a pass that certifies something gets its credential.

    Raises MoveRefused, and Conflict while its attempt, which was opened again, goes on.
    """
    if result.is_sat_again:
        raise Conflict(SAT_AGAIN)
    moved = _moved(result, ResultEvent.RELEASE, decision)
    shown = moved.model_copy(
        update={"released_at_ms": decision.at_ms, "decided_by": decision.by, "release_at_ms": 0, "reason": ""}
    )
    return _followed(
        _with_credential(shown, plan, decision),
        decision,
        _told("released"),
        _audited(decision, "release"),
    )


def withhold(result: Result, reason: str, decision: Decision) -> Result:
    """The candidate no longer sees it, and is told why; its credential ends. Raises MoveRefused."""
    moved = _moved(result, ResultEvent.WITHHOLD, decision)
    hidden = moved.model_copy(update={"reason": reason, "decided_by": decision.by, "release_at_ms": 0})
    return _followed(
        _without_credential(hidden, decision, "The result is withheld."),
        decision,
        _told("withheld", reason=reason),
        _audited(decision, "withhold"),
    )


def held_again(result: Result, attempt: Attempt, decision: Decision) -> Result:
    """Of an attempt that was opened again and has ended again: held once more, for what was flagged since.

    What was released is hidden, and its credential ends: it is of answers that were not the last ones.
    """
    over_at_ms = attempt.over_at_ms or 0
    if result.held_over_at_ms >= over_at_ms:
        return result
    held = result.model_copy(update={"held_for": HeldFor.FLAGS, "held_by": "", "held_over_at_ms": over_at_ms})
    return _followed(_hidden(held, decision), decision, _audited(decision, "hold_again"))


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
    return _followed(_hidden(held, decision), decision, _audited(decision, "hold_while_sat"))


def sat_to_the_end(result: Result, attempt: Attempt, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    """Its attempt ended since it was opened again: no longer held for that; only what is seen of it after it counts."""
    ended = any(move.event in _ENDINGS or move.state in OVER for move in attempt.history[result.sat_again_from :])
    if not result.is_sat_again or not ended:
        return result
    return _freed(result.model_copy(update={"is_sat_again": False}), plan, delivery, decision)


def under_review(result: Result, review_id: str, looked_until_ms: int, decision: Decision) -> Result:
    """What was flagged until then is being reviewed: held until that review lifts it; if it still waits for that."""
    if result.held_for is not HeldFor.FLAGS or result.held_over_at_ms > looked_until_ms:
        return result
    held = result.model_copy(update={"held_for": HeldFor.REVIEW, "held_by": review_id})
    return _followed(held, decision, _audited(decision, "hold_result", review=review_id))


def lifted(result: Result, review_id: str, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    """Nothing holds it any more, and its exam's rule says when it is released; done again, it stays as it is.

    A review lifts what it holds; without one (""), what only waited to be looked at.
    """
    if result.held_for is HeldFor.NOTHING or result.held_by != review_id:
        return result
    free = _freed(result.model_copy(update={"held_for": HeldFor.NOTHING, "held_by": ""}), plan, delivery, decision)
    return _followed(free, decision, _audited(decision, "lift_result", review=review_id)) if review_id else free


def revoke_by_hand(result: Result, reason: str, decision: Decision) -> Result:
    """The credential ends, and the result stays. Raises Conflict where there is none."""
    if not result.credential_id:
        raise Conflict("This result has no credential that could be revoked.")
    return _followed(
        _without_credential(result, decision, reason),
        decision,
        _told("revoked", reason=reason),
        _audited(decision, "revoke_credential"),
    )


def postponed(result: Result, release_at_ms: int) -> Result:
    """The window was moved on since the release was set."""
    return result.model_copy(update={"release_at_ms": release_at_ms})


def release_time_ms(plan: ExamPlan, delivery: Delivery, now_ms: int) -> int:
    """When the rule releases what is marked now; 0: by hand."""
    match plan.release:
        case ReleaseRule.AT_ONCE:
            return now_ms
        case ReleaseRule.AFTER_WINDOW:
            return max(now_ms, delivery.closes_at_ms)
        case ReleaseRule.BY_HAND:
            return 0


def facts_of(result: Result) -> ResultFacts:
    """What the guards of its moves look at."""
    return ResultFacts(is_whole=result.grade.is_pass is not None, is_held=_is_held(result))


def done(result: Result, key: str) -> Result:
    """Without the follow-up that was carried out."""
    left = tuple(one for one in result.follow_ups if one.key != key)
    return result.model_copy(update={"follow_ups": left, "unsettled": bool(left)})


def _is_held(result: Result) -> bool:
    return result.is_sat_again or result.held_for is not HeldFor.NOTHING


def _hidden(result: Result, decision: Decision) -> Result:
    """Held, where it could be released or was."""
    if result.state not in {ResultState.MARKED, ResultState.RELEASED}:
        return result
    held = _moved(result, ResultEvent.HOLD, decision).model_copy(update={"release_at_ms": 0})
    return _without_credential(held, decision, "The exam was opened again.")


def _freed(result: Result, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    """On the way of its exam's rule, once nothing holds it any more."""
    if result.state is not ResultState.HELD or _is_held(result):
        return result
    release_at_ms = release_time_ms(plan, delivery, decision.at_ms)
    return _moved(result, ResultEvent.LIFT, decision).model_copy(update={"release_at_ms": release_at_ms})


def _marked(result: Result, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    if result.state is ResultState.RECONCILING:
        moved = _moved(result, ResultEvent.RECONCILE, Decision(decision.by, decision.at_ms, Actor.MARKER))
    else:
        moved = _moved(result, ResultEvent.MARK, decision)
    is_held = moved.state is ResultState.HELD
    return moved.model_copy(update={"release_at_ms": 0 if is_held else release_time_ms(plan, delivery, decision.at_ms)})


def _regraded(result: Result, grade: Grade, plan: ExamPlan, decision: Decision) -> Result:
    before = result.grade
    if grade.scores == before.scores:
        return result
    history = result.history if before.is_pass is None else (*result.history, before)[-HISTORY_MAX:]
    moved = _moved(result, ResultEvent.REGRADE, decision)
    regraded = moved.model_copy(update={"grade": grade, "history": history})
    entry = _audited(
        decision,
        "regrade",
        earned_before=before.earned_centipoints,
        earned=grade.earned_centipoints,
        passed_before=before.is_pass,
        passed=grade.is_pass,
        corrections=sum(score.corrections for score in grade.scores),
    )
    if result.state is not ResultState.RELEASED:
        return _followed(regraded, decision, entry)
    if not grade.is_pass:
        regraded = _without_credential(regraded, decision, f"The exam was graded again: {grade.reason}"[:500])
    elif not before.is_pass:
        regraded = _with_credential(regraded, plan, decision)
    is_told = (before.earned_centipoints, before.is_pass) != (grade.earned_centipoints, grade.is_pass)
    told = (_told("changed", reason=grade.reason),) if is_told else ()
    return _followed(regraded, decision, *told, entry)


def _with_credential(result: Result, plan: ExamPlan, decision: Decision) -> Result:
    is_earned = result.grade.is_pass and plan.credential_title and not result.is_practice
    if not is_earned or result.credential_id:
        return result
    named = result.model_copy(update={"credential_id": decision.credential_id})
    return _followed(named, decision, (FollowUpKind.ISSUE_CREDENTIAL, {"credential_id": decision.credential_id}))


def _without_credential(result: Result, decision: Decision, reason: str) -> Result:
    if not result.credential_id:
        return result
    details = {"credential_id": result.credential_id, "reason": reason, "by": decision.by}
    return _followed(
        result.model_copy(update={"credential_id": ""}), decision, (FollowUpKind.REVOKE_CREDENTIAL, details)
    )


def _moved(result: Result, event: ResultEvent, decision: Decision) -> Result:
    moved = RESULT.move(result.state, event, decision.actor, facts_of(result))
    return result.model_copy(update={"state": moved.target})


def _told(what: str, **details: str) -> tuple[FollowUpKind, Mapping[str, Any]]:
    return FollowUpKind.TELL_CANDIDATE, {"what": what, **details}


def _audited(decision: Decision, verb: str, **details: Any) -> tuple[FollowUpKind, Mapping[str, Any]]:
    return FollowUpKind.AUDIT, {"actor": decision.by, "action": f"assessments.{verb}", **details}


def _followed(result: Result, decision: Decision, *wanted: tuple[FollowUpKind, Mapping[str, Any]]) -> Result:
    """Keys are made of the revision that was read, so none is used again: mails and audit entries carry them on."""
    taken = len(result.follow_ups)
    if taken + len(wanted) > FOLLOW_UPS_MAX:
        raise FollowUpsFull(result.id)
    more = tuple(
        FollowUp(key=f"{kind.value}_{result.rev}_{taken + place}", kind=kind, at_ms=decision.at_ms, details=dict(said))
        for place, (kind, said) in enumerate(wanted)
    )
    return result.model_copy(update={"follow_ups": (*result.follow_ups, *more), "unsettled": True})
