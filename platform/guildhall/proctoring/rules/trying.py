"""A rule set tried on a stored session: which flags would appear, which would vanish, and which stay. Pure.

Two flags are the same one where their rules are the same and their stretches of time touch: another threshold moves a
flag's beginning and end, and its ordinal, without making it another flag.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guildhall.proctoring.model import EntryKind, Incident, PendingEntry
from guildhall.proctoring.model.signals import Record
from guildhall.proctoring.rules.replaying import replay
from guildhall.proctoring.settings import RuleSettings


@dataclass(frozen=True, slots=True)
class Kept:
    """One flag under both rule sets. Where one of `then` became several, each is told beside it."""

    then: Incident
    now: Incident


@dataclass(frozen=True, slots=True)
class Trial:
    """`appeared` and `vanished` are in the order of time; `faults` as in `Replayed`, of the rules that judged then."""

    appeared: tuple[Incident, ...]
    vanished: tuple[Incident, ...]
    kept: tuple[Kept, ...]
    faults: tuple[str, ...] = ()

    @property
    def stayed(self) -> int:
        """How many of the flags of then there would be again."""
        return len({one.then.incident_id for one in self.kept})


def try_rules(
    session_id: str,
    candidate_name: str,
    records: Iterable[tuple[str, Record]],
    rule_sets: Mapping[str, RuleSettings],
    trial: RuleSettings,
) -> Trial:
    """`records` as `replay` takes them; they are read twice, so no generator will do.

    Raises KeyError for a version that is not among `rule_sets`.
    """
    before = replay(session_id, candidate_name, records, rule_sets)
    after = replay(session_id, candidate_name, records, rule_sets, trial)
    return compare(incidents_of(before.entries), incidents_of(after.entries), before.faults)


def incidents_of(entries: Iterable[PendingEntry]) -> tuple[Incident, ...]:
    """Each incident as it was last told, in the order of their openings."""
    newest: dict[str, Incident] = {}
    for entry in entries:
        if entry.kind is EntryKind.INCIDENT_OPENED or entry.incident.incident_id in newest:
            newest[entry.incident.incident_id] = entry.incident
    return tuple(newest.values())


def compare(then: Iterable[Incident], now: Iterable[Incident], faults: tuple[str, ...] = ()) -> Trial:
    """Of one session; each of `then` and `now` is in exactly one place, or in some of `kept`."""
    before, after = tuple(then), tuple(now)
    kept = tuple(Kept(old, new) for old in before for new in after if _is_same(old, new))
    were, are = {one.then.incident_id for one in kept}, {one.now.incident_id for one in kept}
    return Trial(
        _by_time(new for new in after if new.incident_id not in are),
        _by_time(old for old in before if old.incident_id not in were),
        kept,
        faults,
    )


def _is_same(old: Incident, new: Incident) -> bool:
    if old.rule is not new.rule:
        return False
    is_before = old.closed_at_ms is not None and old.closed_at_ms < new.opened_at_ms
    is_behind = new.closed_at_ms is not None and new.closed_at_ms < old.opened_at_ms
    return not is_before and not is_behind


def _by_time(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    return tuple(sorted(incidents, key=lambda one: (one.opened_at_ms, one.incident_id)))
