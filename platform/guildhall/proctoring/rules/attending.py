"""Who attends to a candidate, and for how long: the supervision machine over a case. Pure."""

from guildhall.proctoring.lifecycle import Actor
from guildhall.proctoring.lifecycle.acting import SUPERVISION, SupervisionEvent, SupervisionFacts, SupervisionState
from guildhall.proctoring.model.cases import Attendance, Case, Line, LineKind
from guildhall.proctoring.rules.acting import settled, with_line

_LEASED = frozenset({SupervisionEvent.ATTEND, SupervisionEvent.TAKE_OVER, SupervisionEvent.RENEW})


def facts_of(case: Case, by: str, now_ms: int) -> SupervisionFacts:
    attendance = case.attendance
    return SupervisionFacts(
        is_holder=bool(by) and attendance.holder == by,
        is_lease_over=attendance.until_ms <= now_ms,
        is_assigned=bool(attendance.assigned_to),
        has_open_matter=bool(case.open) or case.hand_raised_at_ms is not None or bool(unread(case)),
    )


def attended(case: Case, by: str, by_name: str, now_ms: int, lease_ms: int) -> Case:
    """The proctor attends from now on, or goes on doing so. Raises MoveRefused while another one does."""
    attendance = case.attendance
    if attendance.state is SupervisionState.ATTENDING and attendance.holder == by:
        event = SupervisionEvent.RENEW
    elif attendance.state in (SupervisionState.ATTENDING, SupervisionState.ESCALATED):
        event = SupervisionEvent.TAKE_OVER
    else:
        event = SupervisionEvent.ATTEND
    return _moved(case, event, by, by_name, now_ms, lease_ms=lease_ms)


def left(case: Case, by: str, by_name: str, now_ms: int) -> Case:
    """They attend no more. Leaving what one does not hold changes nothing."""
    if case.attendance.state is not SupervisionState.ATTENDING or case.attendance.holder != by:
        return case
    return _moved(case, SupervisionEvent.LEAVE, by, by_name, now_ms)


def escalated(case: Case, by: str, by_name: str, now_ms: int) -> Case:
    """Whoever attends asks for help: anybody may take over at once. Raises MoveRefused."""
    return _moved(case, SupervisionEvent.ESCALATE, by, by_name, now_ms)


def assigned(case: Case, to: str, to_name: str, by: str, by_name: str, now_ms: int) -> Case:
    """Somebody is to look after this candidate. Raises MoveRefused while another attends."""
    moved = _moved(case, SupervisionEvent.ASSIGN, by, by_name, now_ms, told=f"to {to_name}")
    attendance = moved.attendance.model_copy(update={"assigned_to": to, "assigned_name": to_name})
    return moved.model_copy(update={"attendance": attendance})


def lapsed(case: Case, now_ms: int) -> Case:
    """After a lease that nobody renewed: escalated where something is open, else as it was before."""
    attendance = case.attendance
    if attendance.state is not SupervisionState.ATTENDING or attendance.until_ms > now_ms:
        return case
    return _moved(case, SupervisionEvent.LAPSE, "", attendance.holder_name, now_ms, actor=Actor.SYSTEM)


def looked(case: Case, by_name: str, now_ms: int) -> Case:
    """A person has this candidate enlarged before them, and so has read what they wrote."""
    return case.model_copy(update={"looked_at_ms": now_ms, "looked_by": by_name, "heard_at_ms": now_ms})


def unread(case: Case) -> int:
    """How many lines of the candidate's no proctor has had before them."""
    return sum(saying.is_candidate and saying.at_ms > case.heard_at_ms for saying in case.sayings)


def _moved(
    case: Case,
    event: SupervisionEvent,
    by: str,
    by_name: str,
    now_ms: int,
    *,
    lease_ms: int = 0,
    told: str = "",
    actor: Actor = Actor.PROCTOR,
) -> Case:
    seen = case.attendance
    target = SUPERVISION.move(seen.state, event, actor, facts_of(case, by, now_ms)).target
    holds = event in _LEASED
    attendance = Attendance(
        state=target,
        assigned_to=seen.assigned_to,
        assigned_name=seen.assigned_name,
        holder=by if holds else "",
        holder_name=by_name if holds else "",
        until_ms=now_ms + lease_ms if holds else 0,
    )
    moved = case.model_copy(update={"attendance": attendance})
    key = f"{event.value}-{case.rev}"
    line = Line(key=key, at_ms=now_ms, kind=LineKind.SUPERVISION, by=by, by_name=by_name, text=told or event.value)
    # A renewal is no news: it comes every few seconds.
    return with_line(moved, line) if event is not SupervisionEvent.RENEW else settled(moved)
