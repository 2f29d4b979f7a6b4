"""What of a review crosses the wire, and to whom: reviewers see no names, candidates see all that is about them."""

import base64
from typing import Final

from guildhall.kit.audit import AuditEntry
from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.messages.evidence import PhotoSeen, PhotosSeen
from guildhall.proctoring.messages.reviewing import (
    ActionShown,
    CaseShown,
    LookListed,
    ReasonOffered,
    ReviewListed,
    RightsListed,
    RightsShown,
    RightsState,
    TracePointShown,
    TraceShown,
)
from guildhall.proctoring.model.photos import Photo
from guildhall.proctoring.model.reviews import Flag, Review, VerdictReason
from guildhall.proctoring.routes.flags_shown import (
    STATES,
    decided_of,
    own_flags,
    show_contest,
    show_earlier,
    show_flag,
    show_round,
)
from guildhall.proctoring.rules.blinding import blinded, pseudonym_of
from guildhall.proctoring.rules.review_letters import MEANS
from guildhall.proctoring.rules.reviewing import UPHOLDING
from guildhall.proctoring.rules.tracing import TracePoint, stretch_of
from guildhall.proctoring.service.retention import DAY_MS
from guildhall.proctoring.service.reviewing import Reviewing, is_appeal, until_ms_of
from guildhall.proctoring.service.rights import Own, Rights, Watched

REASONS: Final = tuple(ReasonOffered(reason=one, is_upholding=one in UPHOLDING) for one in VerdictReason)
_DID: Final = {
    "open_review": "The review was opened",
    "view_review": "Looked at the case",
    "view_trace": "Looked at what was measured",
    "view_strip": "Looked at the pictures",
    "keep_strip": "Pictures around a flag were kept",
    "destroy_evidence": "What was kept of the candidate's looks was destroyed",
    "keep_photo": "A photograph was kept",
    "view_photo": "Looked at a photograph",
    "delete_photos": "The photographs were deleted",
    "view_report": "Read the report",
    "export_evidence": "Exported the evidence",
    "claim_review": "Took the case",
    "leave_review": "Gave the case back",
    "contest_review": "Contested the decision",
    "close_review": "The time to contest was over",
}
_WORKED: Final = "Worked on the case"
"""Of whatever else: what they did is told with the decision, and not before."""


def list_review(review: Review, by: str) -> ReviewListed:
    until_ms = until_ms_of(review, by)
    return ReviewListed(
        id=review.id,
        pseudonym=pseudonym_of(review.id),
        is_appeal=is_appeal(review),
        flags=len(review.flags),
        opened_at_ms=review.created_at_ms,
        is_mine=bool(until_ms),
        until_ms=until_ms,
    )


def show_case(reviewing: Reviewing, review: Review, by: str) -> CaseShown:
    seen = blinded(review, by)
    return CaseShown(
        id=seen.id,
        pseudonym=seen.pseudonym,
        is_appeal=is_appeal(review),
        is_decided=seen.is_decided,
        opened_at_ms=review.created_at_ms,
        exceptions=review.exceptions,
        flags=tuple(show_flag(one, reviewing.reliabilities.of(one.rule)) for one in seen.flags),
        flags_left_out=seen.flags_left_out,
        mine=None if seen.mine is None else show_round(seen.mine, is_mine=True),
        until_ms=until_ms_of(review, by),
        others=tuple(show_round(one) for one in seen.others),
        contest=show_contest(seen.contest),
        earlier_until_ms=seen.earlier_until_ms,
        earlier=show_earlier(seen.earlier, reviewing.reliabilities),
        actions=tuple(
            ActionShown(event=one.event, allowed=one.allowed, reason=one.reason)
            for one in reviewing.actions(review, by)
        ),
        reasons=REASONS,
        server_time_ms=reviewing.now_ms(),
    )


def show_photos(found: tuple[tuple[Photo, bytes], ...]) -> PhotosSeen:
    return PhotosSeen(
        photos=tuple(
            PhotoSeen(kind=photo.kind, at_ms=photo.at_ms, jpeg=base64.b64encode(jpeg).decode()) for photo, jpeg in found
        )
    )


def show_trace(flag: Flag, points: list[TracePoint] | None) -> TraceShown:
    from_ms, until_ms = stretch_of(flag.opened_at_ms, flag.closed_at_ms)
    return TraceShown(
        flag_id=flag.id,
        from_ms=from_ms,
        until_ms=until_ms,
        is_destroyed=points is None,
        points=tuple(
            TracePointShown(
                at_ms=one.at_ms,
                faces=one.faces,
                light=one.light,
                yaw_deg=one.yaw_deg,
                pitch_deg=one.pitch_deg,
                gaze_x=one.gaze_x,
                gaze_y=one.gaze_y,
            )
            for one in points or ()
        ),
    )


def list_rights(watched: Watched) -> RightsListed:
    attempt, review = watched.attempt, watched.review
    return RightsListed(
        attempt_id=attempt.id,
        exam_title=attempt.exam_title,
        number=attempt.number,
        over_at_ms=attempt.over_at_ms,
        state=_state(review, is_known=watched.is_known),
        flags=0 if review is None else len(review.flags) + review.flags_left_out,
        contest_until_ms=_contest_until_ms(review),
    )


def show_rights(rights: Rights, own: Own, *, is_own: bool = True) -> RightsShown:
    review = own.review
    may_contest, why_not = (False, None) if review is None else rights.may_contest(review)
    state = _state(review, is_known=own.is_known)
    decided = () if review is None or state == "being_reviewed" else decided_of(review.rounds)
    return RightsShown(
        attempt_id=own.attempt.id,
        session_id=own.session.id,
        exam_title=own.attempt.exam_title,
        number=own.attempt.number,
        began_at_ms=own.attempt.clock.started_at_ms,
        over_at_ms=own.attempt.over_at_ms,
        state=state,
        # Which of them count is not known before; "these never count" would be said of all.
        flags=own_flags(own.incidents, review, decided, rights.reliabilities) if own.is_known else (),
        penalty=None if review is None else review.penalty,
        means="" if review is None or review.penalty is None else MEANS[review.penalty],
        decisions=tuple(show_round(one) for one in decided),
        contest_until_ms=_contest_until_ms(review),
        may_contest=may_contest,
        why_not=why_not,
        contest=None if review is None else show_contest(review.contest),
        earlier=show_earlier(review.earlier, rights.reliabilities) if review is not None and own.is_known else (),
        looks=tuple(list_look(one, own.names, own.attempt.account_id, is_own=is_own) for one in own.looks),
        photos=0 if own.admission is None else len(own.admission.photos),
        kept_until_ms=_kept_until_ms(own),
        destroyed_at_ms=None if own.deletion is None else own.deletion.begun_at_ms,
        server_time_ms=rights.now_ms(),
    )


def _kept_until_ms(own: Own) -> int:
    """From the end on: what is kept of a session that goes on has no day yet."""
    if own.admission is None or own.deletion is not None or own.attempt.over_at_ms is None:
        return 0
    return own.session.since_ms + own.admission.policy.evidence_days * DAY_MS


def list_look(entry: AuditEntry, names: dict[str, str], candidate: str, *, is_own: bool) -> LookListed:
    verb = entry.action.removeprefix("proctoring.")
    if entry.actor == candidate:
        name = "You" if is_own else "The candidate"
        return LookListed(at_ms=entry.at_ms, name=name, what=_DID.get(verb, "Looked at what was flagged"))
    if entry.actor.startswith("system:"):
        return LookListed(at_ms=entry.at_ms, name="The system", what=_DID.get(verb, "Time went on"))
    return LookListed(at_ms=entry.at_ms, name=names.get(entry.actor), what=_DID.get(verb, _WORKED))


def _state(review: Review | None, *, is_known: bool) -> RightsState:
    if review is None:
        return "no_flags" if is_known else "not_known_yet"
    return STATES.get(review.state, "being_reviewed")


def _contest_until_ms(review: Review | None) -> int:
    return review.due_at_ms if review is not None and review.state is ReviewState.PENALISED else 0
