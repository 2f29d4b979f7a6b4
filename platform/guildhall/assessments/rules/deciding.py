"""What every decision about a result is made of: who made it, the move, and all that must follow. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guildhall.assessments.lifecycle import RESULT, Actor, ResultEvent, ResultFacts
from guildhall.assessments.model.results import FOLLOW_UPS_MAX, FollowUp, FollowUpKind, HeldFor, Result
from guildhall.kit.errors import Unavailable

Wanted = tuple[FollowUpKind, Mapping[str, Any]]


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


def facts_of(result: Result) -> ResultFacts:
    """What the guards of its moves look at."""
    return ResultFacts(is_whole=result.grade.is_pass is not None, is_held=is_held(result))


def is_held(result: Result) -> bool:
    return result.is_sat_again or result.held_for is not HeldFor.NOTHING


def without_credential(result: Result, decision: Decision, reason: str) -> Result:
    if not result.credential_id:
        return result
    details = {"credential_id": result.credential_id, "reason": reason, "by": decision.by}
    return followed(
        result.model_copy(update={"credential_id": ""}), decision, (FollowUpKind.REVOKE_CREDENTIAL, details)
    )


def moved_by(result: Result, event: ResultEvent, decision: Decision) -> Result:
    moved = RESULT.move(result.state, event, decision.actor, facts_of(result))
    return result.model_copy(update={"state": moved.target})


def telling(what: str, **details: str) -> Wanted:
    return FollowUpKind.TELL_CANDIDATE, {"what": what, **details}


def audited(decision: Decision, verb: str, **details: Any) -> Wanted:
    return FollowUpKind.AUDIT, {"actor": decision.by, "action": f"assessments.{verb}", **details}


def followed(result: Result, decision: Decision, *wanted: Wanted) -> Result:
    """Keys are made of the revision that was read, so none is used again: mails and audit entries carry them on."""
    taken = len(result.follow_ups)
    if taken + len(wanted) > FOLLOW_UPS_MAX:
        raise FollowUpsFull(result.id)
    more = tuple(
        FollowUp(key=f"{kind.value}_{result.rev}_{taken + place}", kind=kind, at_ms=decision.at_ms, details=dict(said))
        for place, (kind, said) in enumerate(wanted)
    )
    return result.model_copy(update={"follow_ups": (*result.follow_ups, *more), "unsettled": True})
