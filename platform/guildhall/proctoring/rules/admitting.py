"""Where somebody stands on the way to their seat, what comes next, and what a proctor's decision makes of it. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from guildhall.kit.errors import Conflict
from guildhall.proctoring.model.admission import (
    DECISIONS_MAX,
    Admission,
    AdmissionDecision,
    ConsentSignal,
    Outcome,
    RefusalReason,
)
from guildhall.proctoring.model.photos import SCANS_MAX, PhotoKind, ScanRequest
from guildhall.proctoring.rules.consenting import is_given, missing
from guildhall.proctoring.rules.system_check import checks_left


class Stage(StrEnum):
    """What the candidate does next. Each can be left and come back to; nothing that was done is asked twice."""

    CONSENT = "consent"
    CHECKS = "checks"
    PHOTOS = "photos"
    READY = "ready"  # to ask to be let in
    WAITING = "waiting"
    IN = "in"


REFUSALS: Final[Mapping[RefusalReason, str]] = MappingProxyType(
    {
        RefusalReason.PHOTO_UNCLEAR: "Your face cannot be made out in your photograph. Take it again, in better light.",
        RefusalReason.DOCUMENT_UNCLEAR: "Your document cannot be read. Hold it nearer, without glare, and try again.",
        RefusalReason.NOT_THE_SAME_PERSON: (
            "The proctor could not see that you and your document are the same person. Take both pictures again, or "
            "use another document."
        ),
        RefusalReason.SOMEBODY_ELSE_PRESENT: "Somebody else is in the room. Ask them to leave, then ask again.",
        RefusalReason.ROOM_NOT_READY: "Your room is not ready yet. Clear your desk, then ask again.",
        RefusalReason.NOT_SEEN_WELL: "You cannot be seen well enough. Turn on a light or move nearer, then ask again.",
        RefusalReason.OTHER: "The proctor has written to you what to do.",
    }
)
_RETAKEN: Final = {
    RefusalReason.PHOTO_UNCLEAR: (PhotoKind.FACE,),
    RefusalReason.DOCUMENT_UNCLEAR: (PhotoKind.ID_DOCUMENT,),
    RefusalReason.NOT_THE_SAME_PERSON: (PhotoKind.FACE, PhotoKind.ID_DOCUMENT),
}


class NotReady(Conflict):
    type = "not-ready"
    title = "Something comes first"


class NotWaiting(Conflict):
    type = "not-waiting"
    title = "Nobody is waiting here"


def photos_left(admission: Admission) -> tuple[PhotoKind, ...]:
    """What has to be photographed: never taken, or taken before a refusal that asks for it again."""
    if not is_given(admission, ConsentSignal.PHOTOS) or not is_given(admission, ConsentSignal.CAMERA):
        return ()
    if is_let_in(admission):  # they were looked at, and may be gone by now
        return ()
    taken_ms = {photo.kind: photo.at_ms for photo in admission.photos}
    decision = admission.decision
    again: tuple[PhotoKind, ...] = ()
    if decision is not None and decision.reason is not None:
        again = _RETAKEN.get(decision.reason, ())
    return tuple(
        kind
        for kind in admission.policy.photos
        if kind not in taken_ms or (decision is not None and kind in again and taken_ms[kind] < decision.at_ms)
    )


def is_let_in(admission: Admission) -> bool:
    decision = admission.decision
    return decision is not None and decision.outcome is Outcome.ADMITTED


def stage_of(admission: Admission) -> Stage:
    if missing(admission):
        return Stage.CONSENT
    if checks_left(admission):
        return Stage.CHECKS
    if photos_left(admission):
        return Stage.PHOTOS
    if not admission.needs_admission or is_let_in(admission):
        return Stage.IN
    return Stage.READY if admission.asked_at_ms is None else Stage.WAITING


def asked(admission: Admission, at_ms: int) -> Admission:
    """Wait to be let in. Raises `NotReady`; again, or where nobody lets people in, it changes nothing."""
    stage = stage_of(admission)
    if stage in {Stage.WAITING, Stage.IN}:
        return admission
    if stage is not Stage.READY:
        raise NotReady(f"First comes: {_SAID[stage]}.")
    return admission.model_copy(update={"asked_at_ms": at_ms})


_SAID: Final = {
    Stage.CONSENT: "what you agree to",
    Stage.CHECKS: "the system check",
    Stage.PHOTOS: "the photographs",
}


def decided(
    admission: Admission, outcome: Outcome, reason: RefusalReason | None, note: str, by: str, at_ms: int
) -> Admission:
    """A proctor lets somebody in who waits, or sends them back with a reason. Raises `NotWaiting` and `NotReady`."""
    if stage_of(admission) is not Stage.WAITING:
        raise NotWaiting("They have not asked to be let in, or another proctor has answered already.")
    if outcome is Outcome.REFUSED and reason is None:
        raise NotReady("A refusal has a reason, which the candidate reads.")
    if outcome is Outcome.REFUSED and reason is RefusalReason.OTHER and not note.strip():
        raise NotReady("Write to the candidate what they can do.")
    decision = AdmissionDecision(
        outcome=outcome,
        reason=reason if outcome is Outcome.REFUSED else None,
        note=note.strip(),
        by=by,
        at_ms=at_ms,
        carried_out=not admission.attempt_id,
    )
    waiting = None if outcome is Outcome.REFUSED else admission.asked_at_ms
    kept = (*admission.decisions, decision)[-DECISIONS_MAX:]
    return admission.model_copy(update={"decisions": kept, "asked_at_ms": waiting})


def carried_out(admission: Admission, decision: AdmissionDecision) -> Admission:
    """The attempt has been moved by the decision; another one that came since stays as it is."""
    if admission.decision != decision:
        return admission
    done = decision.model_copy(update={"carried_out": True})
    return admission.model_copy(update={"decisions": (*admission.decisions[:-1], done)})


def scan_asked(admission: Admission, by: str, pictures: int, at_ms: int) -> Admission:
    """A proctor asks for pictures of the room. Raises `NotReady`; while one is open it is that one."""
    if not admission.policy.allows_room_scan:
        raise NotReady("This exam's policy has no pictures of rooms.")
    if not is_given(admission, ConsentSignal.ROOM_SCAN):
        raise NotReady("They have not agreed to pictures of their room.")
    if open_scan(admission) is not None:
        return admission
    if len(admission.scans) >= SCANS_MAX:
        raise NotReady(f"Their room was asked for {SCANS_MAX} times, which is as often as it may be.")
    request = ScanRequest(number=len(admission.scans) + 1, by=by, at_ms=at_ms, pictures=pictures)
    return admission.model_copy(update={"scans": (*admission.scans, request)})


def open_scan(admission: Admission) -> ScanRequest | None:
    if not admission.scans:
        return None
    newest = admission.scans[-1]
    return newest if newest.done_at_ms is None else None


def scan_ended(admission: Admission, number: int, at_ms: int, *, declined: bool) -> Admission:
    """It was taken, or declined; what has ended stays so."""
    newest = open_scan(admission)
    if newest is None or newest.number != number:
        return admission
    ended = newest.model_copy(update={"done_at_ms": at_ms, "declined": declined})
    return admission.model_copy(update={"scans": (*admission.scans[:-1], ended)})
