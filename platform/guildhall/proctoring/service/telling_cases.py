"""How a case is told to the proctors who see it, and what they are offered to ask."""

from typing import Final

from guildhall.proctoring.messages.acting import Barred, CaseTold, Offer
from guildhall.proctoring.model.cases import ActionKind, Case, Reason
from guildhall.proctoring.rules import allowing, attending


def told_of(case: Case) -> CaseTold:
    attendance = case.attendance
    return CaseTold(
        session_id=case.id,
        rev=case.rev,
        supervision=attendance.state,
        holder=attendance.holder,
        holder_name=attendance.holder_name,
        until_ms=attendance.until_ms,
        assigned_name=attendance.assigned_name,
        open=case.open,
        hand_raised_at_ms=case.hand_raised_at_ms,
        unread=attending.unread(case),
        flags=case.flags,
        looked_at_ms=case.looked_at_ms,
        looked_by=case.looked_by,
        can_move=bool(case.attempt_id),
        barred=tuple(Barred(kind=kind, why=why) for kind, why in allowing.barred(case).items()),
    )


def _offer(kind: ActionKind) -> Offer:
    reasons = [reason for reason in Reason if reason in allowing.REASONS[kind]]
    return Offer(
        kind=kind,
        reasons=tuple((reason, allowing.TOLD[reason]) for reason in reasons),
        needs_second=tuple(reason for reason in reasons if allowing.needs_second(kind, reason)),
    )


OFFERS: Final = tuple(_offer(kind) for kind in ActionKind)
