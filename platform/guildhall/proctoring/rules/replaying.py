"""The incidents of a stored session, from its signal log alone: as they were told, or as other rules would. Pure.

Those of the camera, `SEEN`: what browsers claim has a log of its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from guildhall.proctoring.model import SEEN, EntryKind, Incident, PendingEntry, Rule, ordinal_of
from guildhall.proctoring.model.signals import Record, Resumed
from guildhall.proctoring.rules.advancing import advance, entries_of
from guildhall.proctoring.rules.checking_in import progress_of
from guildhall.proctoring.rules.judging import Timeline
from guildhall.proctoring.rules.rule_sets import version_of
from guildhall.proctoring.settings import RuleSettings


@dataclass(frozen=True, slots=True)
class Replayed:
    """`faults` are sentences about places where an owner went on from something else than the log leads to."""

    entries: tuple[PendingEntry, ...]
    faults: tuple[str, ...] = ()


def replay(
    session_id: str,
    candidate_name: str,
    records: Iterable[tuple[str, Record]],
    rule_sets: Mapping[str, RuleSettings],
    trial: RuleSettings | None = None,
) -> Replayed:
    """`records` come with the version of the rule set they were judged by; `trial` is used in the place of them all.

    Raises KeyError for a version that is not among `rule_sets`.
    """
    timeline = Timeline()
    open_incidents: dict[Rule, Incident] = {}
    entries: list[PendingEntry] = []
    faults: list[str] = []
    ordinals: dict[Rule, int] = {}
    for version, told in records:
        record = told
        settings, used = (trial, version_of(trial)) if trial is not None else (rule_sets[version], version)
        if isinstance(record, Resumed):
            if trial is not None:
                record = _from_here(record, timeline, ordinals, open_incidents)
            elif fault := _fault(record, ordinals, open_incidents):
                faults.append(fault)
        judgement = advance(timeline, record, settings)
        timeline = judgement.timeline
        fresh = entries_of(judgement.changes, open_incidents, record.at_ms, session_id, candidate_name, used)
        for entry in fresh:
            if entry.kind is EntryKind.INCIDENT_OPENED:
                ordinals[entry.incident.rule] = ordinal_of(entry.incident)
        entries += fresh
    return Replayed(tuple(entries), tuple(faults))


def _from_here(
    record: Resumed, timeline: Timeline, ordinals: Mapping[Rule, int], open_incidents: Mapping[Rule, Incident]
) -> Resumed:
    """Under other rules an owner would have gone on from what those say; the check-in is what the candidate did."""
    changes = {
        "ordinals": dict(ordinals),
        "began_ms": {rule: incident.opened_at_ms for rule, incident in open_incidents.items()},
        "baseline": timeline.baseline,
        "check_in": progress_of(timeline.check_in),
    }
    return replace(record, standpoint=record.standpoint.model_copy(update=changes))


def _fault(record: Resumed, ordinals: Mapping[Rule, int], open_incidents: Mapping[Rule, Incident]) -> str | None:
    stand = record.standpoint
    began_ms = {rule: incident.opened_at_ms for rule, incident in open_incidents.items()}
    is_same = {rule: stand.ordinals[rule] for rule in SEEN if rule in stand.ordinals} == ordinals
    if is_same and {rule: stand.began_ms[rule] for rule in SEEN if rule in stand.began_ms} == began_ms:
        return None
    return f"Owner {stand.epoch} went on from other incidents than the log leads to."
