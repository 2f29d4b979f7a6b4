"""The life of a result: graded, marked, released, withheld, graded again. Pure.

Every decision is one new `Result`, with all that must follow written into it: mails, credentials, audit entries. The
service carries those out, any number of times.
"""

from guildhall.assessments.lifecycle import Actor, AttemptEvent, AttemptState, ResultEvent, ResultState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Delivery, ExamPlan, ReleaseRule
from guildhall.assessments.model.results import HISTORY_MAX, FollowUpKind, Grade, HeldFor, Result
from guildhall.assessments.rules.deciding import (
    Decision,
    audited,
    followed,
    moved_by,
    telling,
    without_credential,
)
from guildhall.kit.errors import Conflict

SYSTEM = "system:grading"
VOID = "The attempt was declared void."
SAT_AGAIN = "The exam was opened again and goes on. Its result can be released when that has ended."
_MARKED = frozenset({ResultState.MARKED, ResultState.HELD})
ENDINGS = frozenset({AttemptEvent.SUBMIT, AttemptEvent.EXPIRE, AttemptEvent.END})


def withhold_for(result: Result, attempt: Attempt, decision: Decision) -> Result:
    """The result, kept back where its attempt was declared void or was ended by a proctor.

    Whoever was sent out of an exam was accused of something: neither a pass nor a fail goes out before a person looked
    at it. What a person released after the ending stays released; what is void stays withheld.
    """
    if result.state is ResultState.WITHHELD:
        return result
    if attempt.state is AttemptState.VOIDED:
        return withhold(result, VOID, decision)
    endings = [move for move in attempt.history if move.event in ENDINGS]
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
            kept = moved_by(kept, ResultEvent.REOPEN, decision).model_copy(update={"release_at_ms": 0})
        return kept if kept.state is ResultState.RECONCILING else moved_by(kept, ResultEvent.DISAGREE, decision)
    if kept.state is not ResultState.MARKING:
        kept = moved_by(kept, ResultEvent.REOPEN, decision).model_copy(update={"release_at_ms": 0})
    return kept


def release(result: Result, plan: ExamPlan, decision: Decision) -> Result:
    """The candidate sees it from now on; a pass that certifies something gets its credential.

    Raises MoveRefused, and Conflict while its attempt, which was opened again, goes on.
    """
    if result.is_sat_again:
        raise Conflict(SAT_AGAIN)
    moved = moved_by(result, ResultEvent.RELEASE, decision)
    shown = moved.model_copy(
        update={"released_at_ms": decision.at_ms, "decided_by": decision.by, "release_at_ms": 0, "reason": ""}
    )
    return followed(
        _with_credential(shown, plan, decision),
        decision,
        telling("released"),
        audited(decision, "release"),
    )


def withhold(result: Result, reason: str, decision: Decision) -> Result:
    """The candidate no longer sees it, and is told why; its credential ends. Raises MoveRefused."""
    moved = moved_by(result, ResultEvent.WITHHOLD, decision)
    hidden = moved.model_copy(update={"reason": reason, "decided_by": decision.by, "release_at_ms": 0})
    return followed(
        without_credential(hidden, decision, "The result is withheld."),
        decision,
        telling("withheld", reason=reason),
        audited(decision, "withhold"),
    )


def revoke_by_hand(result: Result, reason: str, decision: Decision) -> Result:
    """The credential ends, and the result stays. Raises Conflict where there is none."""
    if not result.credential_id:
        raise Conflict("This result has no credential that could be revoked.")
    return followed(
        without_credential(result, decision, reason),
        decision,
        telling("revoked", reason=reason),
        audited(decision, "revoke_credential"),
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


def done(result: Result, key: str) -> Result:
    """Without the follow-up that was carried out."""
    left = tuple(one for one in result.follow_ups if one.key != key)
    return result.model_copy(update={"follow_ups": left, "unsettled": bool(left)})


def _marked(result: Result, plan: ExamPlan, delivery: Delivery, decision: Decision) -> Result:
    if result.state is ResultState.RECONCILING:
        moved = moved_by(result, ResultEvent.RECONCILE, Decision(decision.by, decision.at_ms, Actor.MARKER))
    else:
        moved = moved_by(result, ResultEvent.MARK, decision)
    is_held = moved.state is ResultState.HELD
    return moved.model_copy(update={"release_at_ms": 0 if is_held else release_time_ms(plan, delivery, decision.at_ms)})


def _regraded(result: Result, grade: Grade, plan: ExamPlan, decision: Decision) -> Result:
    before = result.grade
    if grade.scores == before.scores:
        return result
    history = result.history if before.is_pass is None else (*result.history, before)[-HISTORY_MAX:]
    moved = moved_by(result, ResultEvent.REGRADE, decision)
    regraded = moved.model_copy(update={"grade": grade, "history": history})
    entry = audited(
        decision,
        "regrade",
        earned_before=before.earned_centipoints,
        earned=grade.earned_centipoints,
        passed_before=before.is_pass,
        passed=grade.is_pass,
        corrections=sum(score.corrections for score in grade.scores),
    )
    if result.state is not ResultState.RELEASED:
        return followed(regraded, decision, entry)
    if not grade.is_pass:
        regraded = without_credential(regraded, decision, f"The exam was graded again: {grade.reason}"[:500])
    elif not before.is_pass:
        regraded = _with_credential(regraded, plan, decision)
    is_told = (before.earned_centipoints, before.is_pass) != (grade.earned_centipoints, grade.is_pass)
    told = (telling("changed", reason=grade.reason),) if is_told else ()
    return followed(regraded, decision, *told, entry)


def _with_credential(result: Result, plan: ExamPlan, decision: Decision) -> Result:
    is_earned = result.grade.is_pass and plan.credential_title and not result.is_practice
    if not is_earned or result.credential_id:
        return result
    named = result.model_copy(update={"credential_id": decision.credential_id})
    return followed(named, decision, (FollowUpKind.ISSUE_CREDENTIAL, {"credential_id": decision.credential_id}))
