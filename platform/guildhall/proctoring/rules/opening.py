"""When a watched exam is over, and what of it people have to review: of a session, its log and its case. Pure."""

from collections.abc import Iterable
from typing import Final

from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.model import Incident, PendingEntry, Session
from guildhall.proctoring.model.cases import ActionKind, Line, LineKind
from guildhall.proctoring.model.incident_kinds import Channel
from guildhall.proctoring.model.reviews import WITNESSES_MAX, Flag

PARTIAL: Final = frozenset({ActionKind.WARN, ActionKind.PAUSE, ActionKind.TERMINATE})
"""Whoever did one of these to a candidate has judged them already, and does not review what they did."""


def is_at_rest(session: Session, over_at_ms: int, now_ms: int, settle_ms: int, wait_ms: int) -> bool:
    """Nothing is flagged any more: the page said so, or it is gone, or it has had long enough.

    A page that comes back says that it is done as soon as it hears that the exam is over, so one that is gone is
    waited for a moment only; nothing that is flagged after the exam counts in any case.
    """
    waited_ms = now_ms - over_at_ms
    if waited_ms >= wait_ms:
        return True
    if session.pending or session.open:
        return False
    is_gone = session.connection is Connection.OFFLINE and waited_ms >= settle_ms
    return session.state is SessionState.FINISHED or is_gone


def incidents_of(decisions: Iterable[PendingEntry]) -> list[Incident]:
    """Each incident as the last decision on it has it."""
    return list({entry.incident.incident_id: entry.incident for entry in decisions}.values())


def flags_by_hand(session_id: str, lines: Iterable[Line]) -> list[Flag]:
    return [
        Flag(
            id=f"{session_id}:by_hand:{line.number}",
            rule=None,
            channel=Channel.PLEASE_CHECK,
            rule_version="",
            opened_at_ms=line.at_ms,
            closed_at_ms=line.at_ms,
            reason=line.text,
        )
        for line in lines
        if line.kind is LineKind.FLAG
    ]


def witnesses_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """The accounts that flagged this candidate by hand, or warned, paused or sent them out."""
    found: dict[str, None] = {}
    for line in lines:
        if line.kind is LineKind.FLAG:
            found[line.by] = None
        elif line.action is not None and line.action.kind in PARTIAL:
            found |= {line.action.by: None, line.action.second_by: None}
    return tuple(one for one in found if one)[:WITNESSES_MAX]
