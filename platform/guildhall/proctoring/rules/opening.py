"""When a watched exam is over, and what of it people have to review: of a session, its log and its case. Pure."""

from collections.abc import Iterable
from typing import Final

from guildhall.proctoring.lifecycle import Connection, SessionState
from guildhall.proctoring.lifecycle.reviewing import REVIEW
from guildhall.proctoring.model import Incident, PendingEntry, Session
from guildhall.proctoring.model.cases import ActionKind, Line, LineKind
from guildhall.proctoring.model.incident_kinds import Channel
from guildhall.proctoring.model.reviews import EARLIER_MAX, WITNESSES_MAX, EarlierCase, Flag, Review

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


def looked_until_ms(review: Review) -> int:
    """The end of the attempt up to which this case has its flags; an older one was opened soon after it."""
    return review.over_at_ms or review.created_at_ms


def may_begin_anew(review: Review) -> bool:
    """Its attempt was opened again: whoever has the case, or waits for the answer to it, finishes it before."""
    return review.state in REVIEW.final or is_untouched(review)


def is_untouched(review: Review) -> bool:
    return review.state is REVIEW.initial and not review.rounds


def new_flags(seen: Review, flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    """Those that nobody has decided about."""
    known = {flag.id for case in seen.earlier for flag in case.flags}
    if not is_untouched(seen):
        known |= {flag.id for flag in seen.flags}
    return tuple(flag for flag in flags if flag.id not in known)


def begun_anew(seen: Review, fresh: Review) -> Review:
    """The next case of a session, of what was flagged since its attempt was opened again; the last one is kept in it.

    One that nobody has looked into becomes the next one, with all of its flags. Unchanged where there is nothing new,
    or somebody took the case meanwhile.
    """
    flags = new_flags(seen, fresh.flags)
    if looked_until_ms(seen) >= fresh.over_at_ms or not flags or not may_begin_anew(seen):
        return seen
    kept = seen.earlier
    if not is_untouched(seen):
        case = EarlierCase(
            state=seen.state,
            over_at_ms=looked_until_ms(seen),
            flags=seen.flags,
            rounds=seen.rounds,
            penalty=seen.penalty,
            contest=seen.contest,
        )
        kept = (*kept, case)[-EARLIER_MAX:]
    return seen.model_copy(
        update={
            "state": REVIEW.initial,
            "flags": flags,
            "flags_left_out": fresh.flags_left_out,
            "witnesses": fresh.witnesses,
            "over_at_ms": fresh.over_at_ms,
            "rounds": (),
            "penalty": None,
            "contest": None,
            "due_at_ms": 0,
            "earlier": kept,
        }
    )


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
