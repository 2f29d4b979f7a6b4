"""Rule sets by version, and what another one would have said of stored sessions. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from guildhall.proctoring.model import EntryKind, Incident, PendingEntry
from guildhall.proctoring.settings import RuleSettings

EDITION = 2
"""Of the code in `rules/`: raised whenever the same settings give other incidents, so that old logs say so."""


@lru_cache(maxsize=64)
def version_of(settings: RuleSettings) -> str:
    """`r2-9f86d081884c7d65`: the edition, and a hash of the settings' canonical JSON."""
    text = json.dumps(settings.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return f"r{EDITION}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class FlagChange:
    """What became of the flags of one session: `kept` are pairs of the same flag before and after."""

    appeared: tuple[Incident, ...]
    vanished: tuple[Incident, ...]
    kept: tuple[tuple[Incident, Incident], ...]


def flags_of(entries: Sequence[PendingEntry]) -> list[Incident]:
    """Each incident once, as far as it is known, in the order of their opening."""
    found: dict[str, Incident] = {}
    for entry in entries:
        if entry.kind is EntryKind.INCIDENT_OPENED or entry.incident.incident_id in found:
            found[entry.incident.incident_id] = entry.incident
    return list(found.values())


def diff_flags(before: Sequence[Incident], after: Sequence[Incident]) -> FlagChange:
    """Flags of one rule that overlap in time are the same; each is used once, the earliest first."""
    left = list(after)
    vanished: list[Incident] = []
    kept: list[tuple[Incident, Incident]] = []
    for flag in before:
        same = next((other for other in left if _overlaps(flag, other)), None)
        if same is None:
            vanished.append(flag)
        else:
            left.remove(same)
            kept.append((flag, same))
    return FlagChange(tuple(left), tuple(vanished), tuple(kept))


def _overlaps(one: Incident, other: Incident) -> bool:
    def ends_before(first: Incident, second: Incident) -> bool:
        return first.closed_at_ms is not None and first.closed_at_ms < second.opened_at_ms

    return one.rule is other.rule and not ends_before(one, other) and not ends_before(other, one)
