"""An admission in words, for the candidate's page and for the wall."""

from collections.abc import Sequence

from guildhall.proctoring.messages.admission import (
    AdmissionTold,
    Arrival,
    CheckTold,
    ConsentTold,
    DecisionTold,
    PhotoAsked,
    PhotoListed,
    PhotosTold,
    SaidTold,
    ScanTold,
)
from guildhall.proctoring.model.admission import Admission, CheckName, ClaimKind, ClaimWeight, ConsentSignal
from guildhall.proctoring.model.photos import PhotoKind
from guildhall.proctoring.rules.admitting import REFUSALS, open_scan, photos_left, stage_of
from guildhall.proctoring.rules.consenting import TEXTS, is_given, rules_off
from guildhall.proctoring.rules.system_check import TITLES
from guildhall.proctoring.settings import RuleSettings


def told_of(admission: Admission, waiting: Sequence[Admission], rules: RuleSettings) -> AdmissionTold:
    """`waiting` are those of the same exam who asked, whoever asked first before the others."""
    policy, scan = admission.policy, open_scan(admission)
    off = rules_off(policy, admission)
    stage = stage_of(admission)
    before = [one for one in waiting if one.id != admission.id and stage_of(one).value == "waiting"]
    asked_at_ms = admission.asked_at_ms
    return AdmissionTold(
        stage=stage.value,
        is_practice=False,
        needs_admission=admission.needs_admission,
        said=SaidTold.model_validate(admission.said.model_dump(mode="json")),
        consents=tuple(_consent(admission, signal) for signal in policy.asked),
        checks=tuple(_check(admission, name) for name in policy.checks),
        photos=_photos_asked(admission),
        scan=None
        if scan is None
        else ScanTold(
            number=scan.number,
            pictures=scan.pictures,
            taken=sum(one.kind is PhotoKind.ROOM and one.scan == scan.number for one in admission.photos),
        ),
        asked_at_ms=asked_at_ms,
        ahead=sum((one.asked_at_ms or 0) < (asked_at_ms or 0) for one in before),
        decision=_decision(admission),
        claims=tuple(
            kind
            for kind in ClaimKind
            if policy.weight_of(kind) is not ClaimWeight.OFF
            and kind.rule not in off
            and is_given(admission, ConsentSignal.BROWSER)
        ),
        claim_least_ms=round(rules.claim_least_seconds * 1000),
    )


def arrival_of(admission: Admission, candidate_name: str) -> Arrival:
    policy = admission.policy
    checks = [_check(admission, name) for name in policy.checks]
    return Arrival(
        session_id=admission.id,
        candidate_name=candidate_name,
        stage=stage_of(admission).value,
        asked_at_ms=admission.asked_at_ms,
        failed_checks=tuple(one for one in checks if one.passed is False),
        declined=tuple(TEXTS[one].title for one in policy.asked if not is_given(admission, one)),
        photos=_listed(admission),
        scan_open=open_scan(admission) is not None,
        allows_scan=_allows_scan(admission),
        decision=_decision(admission),
    )


def photos_of(admission: Admission) -> PhotosTold:
    """What a proctor is told of who is in already."""
    return PhotosTold(
        photos=_listed(admission),
        scan_open=open_scan(admission) is not None,
        scan_declined=bool(admission.scans) and admission.scans[-1].declined,
        allows_scan=_allows_scan(admission),
    )


def _listed(admission: Admission) -> tuple[PhotoListed, ...]:
    return tuple(
        PhotoListed(
            photo_id=one.photo_id, kind=one.kind, at_ms=one.at_ms, scan=one.scan, place=one.place, advice=one.advice
        )
        for one in admission.photos
    )


def _allows_scan(admission: Admission) -> bool:
    return admission.policy.allows_room_scan and is_given(admission, ConsentSignal.ROOM_SCAN)


def _photos_asked(admission: Admission) -> tuple[PhotoAsked, ...]:
    if not is_given(admission, ConsentSignal.PHOTOS):
        return ()
    left = photos_left(admission)
    advice = {one.kind: one.advice for one in admission.photos}
    return tuple(
        PhotoAsked(kind=kind, taken=kind not in left, advice=advice.get(kind, "")) for kind in admission.policy.photos
    )


def _consent(admission: Admission, signal: ConsentSignal) -> ConsentTold:
    text, decision = TEXTS[signal], admission.consent_of(signal)
    return ConsentTold(
        signal=signal,
        version=text.version,
        text_hash=text.hash,
        title=text.title,
        what=text.what,
        without=text.without,
        required=signal in admission.policy.required,
        given=decision.given if decision is not None and decision.text_hash == text.hash else None,
    )


def _check(admission: Admission, name: CheckName) -> CheckTold:
    result = admission.checks.get(name)
    return CheckTold(
        name=name,
        title=TITLES[name],
        must_pass=name in admission.policy.must_pass,
        passed=None if result is None else result.passed,
        measured="" if result is None else result.measured,
        advice="" if result is None else result.advice,
    )


def _decision(admission: Admission) -> DecisionTold | None:
    decision = admission.decision
    if decision is None:
        return None
    words = "" if decision.reason is None else REFUSALS[decision.reason]
    return DecisionTold(outcome=decision.outcome, words=words, note=decision.note, at_ms=decision.at_ms)
