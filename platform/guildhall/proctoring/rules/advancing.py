"""`advance`: the one way a record changes a timeline, for the live path and for the replay alike. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from guildhall.proctoring.model import CHANNEL_OF, EntryKind, Incident, PendingEntry, Rule, incident_id
from guildhall.proctoring.model.signals import (
    Asked,
    CameraCalled,
    Muted,
    Orphaned,
    Record,
    Resumed,
    Seen,
    Silence,
    Stopped,
)
from guildhall.proctoring.rules.checking_in import act, go_on
from guildhall.proctoring.rules.judging import (
    Closed,
    Judgement,
    Opened,
    Timeline,
    Track,
    Verdict,
    close_all,
    judge,
    judge_silence,
    mute,
    resume,
)
from guildhall.proctoring.settings import RuleSettings


def advance(timeline: Timeline, record: Record, settings: RuleSettings) -> Judgement:
    """Raises `MoveRefused` for what a candidate may not ask of their check-in now; such a record is never kept."""
    match record:
        case Seen():
            return judge(timeline, record.observation, record.at_ms, settings)
        case Silence():
            return judge_silence(timeline, record.arrived_ms, record.at_ms, settings)
        case Asked():
            return Judgement(timeline.checking_in(act(timeline.check_in, record.event)))
        case CameraCalled():
            return Judgement(replace(timeline, feed=timeline.feed.named(record.label)))
        case Stopped():
            return close_all(timeline, record.at_ms)
        case Resumed():
            stand = record.standpoint
            check_in = go_on(stand.check_in)
            return Judgement(resume(stand.ordinals, stand.began_ms, stand.baseline, check_in, record.at_ms))
        case Orphaned():
            return _end_orphaned(timeline, record.ended_ms)
        case Muted():
            return mute(timeline, record.rules, record.at_ms)


def _end_orphaned(timeline: Timeline, ended_ms: int) -> Judgement:
    changes = tuple(
        Closed(rule, track.ordinal, max(track.began_ms or 0, ended_ms))
        for rule, track in timeline.tracks.items()
        if track.open
    )
    tracks = {rule: Track(ordinal=track.ordinal) for rule, track in timeline.tracks.items()}
    return Judgement(replace(timeline, tracks=tracks), changes)


def entries_of(
    changes: Iterable[Verdict],
    open_incidents: dict[Rule, Incident],
    at_ms: int,
    session_id: str,
    candidate_name: str,
    rule_version: str,
) -> list[PendingEntry]:
    """What is told of these changes, in their order; `open_incidents` is brought up to date."""
    entries = []
    for change in changes:
        if isinstance(change, Opened):
            incident = opened_incident(change, session_id, candidate_name, rule_version)
            open_incidents[change.rule] = incident
            entries.append(PendingEntry(at_ms=at_ms, kind=EntryKind.INCIDENT_OPENED, incident=incident))
        elif (opened := open_incidents.pop(change.rule, None)) is not None:
            closed = opened.model_copy(update={"closed_at_ms": change.ended_ms})
            entries.append(PendingEntry(at_ms=at_ms, kind=EntryKind.INCIDENT_CLOSED, incident=closed))
    return entries


def opened_incident(change: Opened, session_id: str, candidate_name: str, rule_version: str) -> Incident:
    return Incident(
        incident_id=incident_id(session_id, change.rule.value, change.ordinal),
        session_id=session_id,
        candidate_name=candidate_name,
        rule=change.rule,
        channel=CHANNEL_OF[change.rule],
        opened_at_ms=change.began_ms,
        reason=change.reason,
        rule_version=rule_version,
    )
