"""Marking by people: what there is to mark, who may mark it, and what two markers come to. Pure.

Markers work blind: they see an answer and a rubric, never a name, and never another marker's points before both are
final. Whoever marked first or second is neither the other one nor the third who reconciles; nobody marks their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from guildhall.assessments.model.attempts import Attempt, Form, Slot
from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import Marking
from guildhall.assessments.model.keys import Rubric
from guildhall.assessments.model.responses import Response
from guildhall.assessments.model.results import REOPENINGS_MAX, Mark, MarkRole, Reopening
from guildhall.assessments.rules.scoring import is_answered, rounded
from guildhall.kit.errors import Conflict, Invalid, Refused

REOPENED_TOO_OFTEN: Final = f"It was opened again {REOPENINGS_MAX} times, which is as often as is kept."


class NotYours(Refused):
    """Somebody else has it, or must mark it."""

    type = "mark-not-yours"
    title = "Not yours to mark"


class MarkIsFinal(Conflict):
    type = "mark-is-final"
    title = "The mark is final"


@dataclass(frozen=True, slots=True)
class SlotMarked:
    """What the marks of one slot come to: raw points by the rubric, or None while somebody has to look at it."""

    centipoints: int | None
    is_disputed: bool = False
    """Two final marks are too far apart, and the third is not final yet."""


def roles_of(plan: Marking) -> tuple[MarkRole, ...]:
    return (MarkRole.FIRST, MarkRole.SECOND)[: plan.markers]


def mark_id(attempt_id: str, slot_id: str, role: MarkRole) -> str:
    return f"{attempt_id}/{slot_id}/{role.value}"


def slots_to_mark(
    form: Form, versions: Mapping[str, ItemVersion], responses: Mapping[str, Response | None]
) -> tuple[Slot, ...]:
    """Those whose rubric needs people, and which were answered at all."""
    return tuple(
        slot
        for slot in form.slots
        if isinstance(versions[slot.version_id].key, Rubric) and is_answered(responses.get(slot.id))
    )


def unmarked(attempt: Attempt, slot: Slot, role: MarkRole, alias: str, answer_number: int, at_ms: int) -> Mark:
    """A mark for whoever claims it."""
    return Mark(
        id=mark_id(attempt.id, slot.id, role),
        created_at_ms=at_ms,
        alias=alias,
        attempt_id=attempt.id,
        delivery_id=attempt.delivery_id,
        organisation_id=attempt.organisation_id,
        slot_id=slot.id,
        version_id=slot.version_id,
        role=role,
        candidate_id=attempt.account_id,
        answer_number=answer_number,
    )


def renewed(mark: Mark, answer_number: int, now_ms: int) -> Mark:
    """For an attempt that was reopened and handed in again: what was given for an earlier answer counts no more."""
    if mark.answer_number == answer_number:
        return mark
    reopenings = mark.reopenings
    if mark.is_final:
        kept = Reopening(at_ms=now_ms, by="system:grading", reason="The answer was changed.", points=mark.points)
        reopenings = (*reopenings, kept)[-REOPENINGS_MAX:]
    fresh = {"marker_id": "", "claimed_until_ms": 0, "points": {}, "comment": "", "is_final": False}
    return mark.model_copy(update={**fresh, "answer_number": answer_number, "reopenings": reopenings})


def points_by(rubric: Rubric, mark: Mark) -> int:
    """What a mark gives by the rubric as it is now: criteria that are gone do not count, and none above its worth."""
    return sum(min(mark.points.get(one.id, 0), one.centipoints) for one in rubric.criteria)


def settle_slot(marks: Iterable[Mark], rubric: Rubric, plan: Marking) -> SlotMarked:
    """What the final marks of one slot come to.

    One marker: theirs. Two who are no further apart than the tolerance, a share of what the rubric is worth: their
    mean. Further apart: what the third gives, who has seen both; it stands alone, for a mean would follow the outlier.
    """
    final = {mark.role: mark for mark in marks if mark.is_final}
    if third := final.get(MarkRole.RECONCILING):
        return SlotMarked(_doubled(points_by(rubric, third)))
    given = [points_by(rubric, final[role]) for role in roles_of(plan) if role in final]
    if len(given) < plan.markers:
        return SlotMarked(None)
    if are_apart(given, rubric, plan):
        return SlotMarked(None, is_disputed=True)
    return SlotMarked(_doubled(given[0]) if len(given) == 1 else sum(given))


def are_apart(given: Sequence[int], rubric: Rubric, plan: Marking) -> bool:
    """Further apart than the tolerance; just as far is within it."""
    worth = sum(one.centipoints for one in rubric.criteria)
    return (max(given) - min(given)) * 100 > plan.tolerance_percent * worth


def scaled(doubled: int, rubric: Rubric, slot: Slot) -> int:
    """What `SlotMarked.centipoints`, which are doubled, are in a slot that is worth something else than its rubric.

    Halving and scaling are one division, so that a mean is rounded once.
    """
    worth = sum(one.centipoints for one in rubric.criteria)
    return rounded(slot.centipoints * doubled, 2 * worth) if worth else 0


def refusal_to_claim(mark: Mark, marks_of_slot: Iterable[Mark], marker_id: str, now_ms: int) -> str | None:
    """Why this marker may not take this mark now; None: they may."""
    if mark.candidate_id == marker_id:
        return "Nobody marks their own answers."
    if mark.is_final:
        return "It is marked already."
    if holds_another(mark, marks_of_slot, marker_id):
        return "You have marked this answer in another role; somebody else has to look at it now."
    if mark.marker_id not in {"", marker_id} and now_ms < mark.claimed_until_ms:
        return "Somebody else is marking it."
    return None


def holds_another(mark: Mark, marks_of_slot: Iterable[Mark], marker_id: str) -> bool:
    """Whether this marker has another role's mark of the same slot."""
    return any(other.marker_id == marker_id and other.role is not mark.role for other in marks_of_slot)


def claim(mark: Mark, marks_of_slot: Iterable[Mark], marker_id: str, now_ms: int, lease_ms: int) -> Mark:
    """Theirs until the lease ends. What somebody else drafted and left is not handed on. Raises NotYours."""
    refusal = refusal_to_claim(mark, marks_of_slot, marker_id, now_ms)
    if refusal is not None:
        raise NotYours(refusal)
    draft = {} if mark.marker_id == marker_id else {"points": {}, "comment": ""}
    return mark.model_copy(update={"marker_id": marker_id, "claimed_until_ms": now_ms + lease_ms, **draft})


def give_back(mark: Mark, marker_id: str) -> Mark:
    """Unmarked again, for whoever comes next. Raises NotYours, MarkIsFinal."""
    _check_holder(mark, marker_id)
    return mark.model_copy(update={"marker_id": "", "claimed_until_ms": 0, "points": {}, "comment": ""})


def save_draft(
    mark: Mark, rubric: Rubric, marker_id: str, points: Mapping[str, int], comment: str, now_ms: int, lease_ms: int
) -> Mark:
    """What the marker has so far; the lease moves on. Raises NotYours, MarkIsFinal, Invalid."""
    _check_holder(mark, marker_id)
    check_points(rubric, points)
    return mark.model_copy(update={"points": dict(points), "comment": comment, "claimed_until_ms": now_ms + lease_ms})


def make_final(mark: Mark, rubric: Rubric, marks_of_slot: Iterable[Mark], marker_id: str) -> Mark:
    """From now on it counts, and is not changed but by opening it again. Raises NotYours, MarkIsFinal, Invalid."""
    _check_holder(mark, marker_id)
    if holds_another(mark, marks_of_slot, marker_id):
        raise NotYours("You hold this answer in two roles: give one of them back.")
    missing = [one.title for one in rubric.criteria if one.id not in mark.points]
    if missing:
        raise Invalid(f"Give points for every criterion first: {'; '.join(missing)} {_have(missing)} none yet.")
    return mark.model_copy(update={"is_final": True, "unsettled": True})


def reopen(mark: Mark, by: str, reason: str, now_ms: int, lease_ms: int) -> Mark:
    """A final mark becomes its marker's draft again; what it had been is kept. Raises Conflict."""
    if not mark.is_final:
        raise Conflict("This mark is still open.")
    if len(mark.reopenings) >= REOPENINGS_MAX:
        raise Conflict(REOPENED_TOO_OFTEN)
    kept = Reopening(at_ms=now_ms, by=by, reason=reason, points=mark.points)
    return mark.model_copy(
        update={
            "is_final": False,
            "unsettled": True,
            "claimed_until_ms": now_ms + lease_ms,
            "reopenings": (*mark.reopenings, kept),
        }
    )


def shows_others(mark: Mark, marks_of_slot: Sequence[Mark], plan: Marking) -> bool:
    """Whether this mark's holder may see the others': the third always, the first two once both are final."""
    if mark.role is MarkRole.RECONCILING:
        return True
    firsts = [one for one in marks_of_slot if one.role in roles_of(plan)]
    return len(firsts) == plan.markers and all(one.is_final for one in firsts)


def check_points(rubric: Rubric, points: Mapping[str, int]) -> None:
    """Raises Invalid for a criterion that is not there, or more than it is worth."""
    most = {one.id: one.centipoints for one in rubric.criteria}
    faults = {
        f"points.{name}": f"is {given / 100:g}, and {most[name] / 100:g} is the most"
        if name in most
        else "is no criterion"
        for name, given in points.items()
        if name not in most or given > most[name]
    }
    if faults:
        raise Invalid("These points do not fit the rubric.", fields=faults)


def _check_holder(mark: Mark, marker_id: str) -> None:
    if mark.is_final:
        raise MarkIsFinal("This mark is final. Open it again, with a reason, to change it.")
    if mark.marker_id != marker_id:
        raise NotYours("This answer is not claimed by you; the lease may have ended and somebody else taken it over.")


def _doubled(points: int) -> int:
    return 2 * points


def _have(missing: Sequence[str]) -> str:
    return "has" if len(missing) == 1 else "have"
