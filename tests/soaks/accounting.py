"""What a soak must find, from what it planted, what the proctor kept and what the log holds. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.soaks.films import Absence

ABSENT_AFTER_MS, GAP_MS = 3_000, 1_500  # proctoring.rules, by default
SLACK_MS = 700
"""Between when a picture was sent, which the candidate knows, and when it came, which the rules go by."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How many incidents an absence must and may have raised.

    A stretch of judged pictures that is long enough raises one; a gap in which nobody could see (an engine that was
    away) ends it, and what follows is a stretch of its own. Across a change of process it may go on as one.
    """

    least: int
    most: int


def expect(absence: Absence) -> Expected:
    """Least: what holds although every gap near the limit ended a stretch. Most: each such gap did what made more."""
    return Expected(int(_must_have_raised(absence.judged_at_ms)), _may_have_raised(absence.judged_at_ms))


def _must_have_raised(judged_at_ms: Sequence[int]) -> bool:
    began_ms: int | None = None
    for earlier_ms, at_ms in pairwise(judged_at_ms):
        if at_ms - earlier_ms > GAP_MS - SLACK_MS:
            began_ms = None
            continue
        began_ms = earlier_ms if began_ms is None else began_ms
        if at_ms - began_ms >= ABSENT_AFTER_MS + SLACK_MS:
            return True
    return False


def _may_have_raised(judged_at_ms: Sequence[int]) -> int:
    if not judged_at_ms:
        return 0
    least_ms, raised, began_ms = ABSENT_AFTER_MS - SLACK_MS, 0, judged_at_ms[0]
    for earlier_ms, at_ms in pairwise(judged_at_ms):
        if at_ms - earlier_ms > GAP_MS - SLACK_MS and earlier_ms - began_ms >= least_ms:
            raised, began_ms = raised + 1, at_ms
    return raised + (judged_at_ms[-1] - began_ms >= least_ms)


@dataclass(frozen=True, slots=True)
class Account:
    """`faults` is empty when nothing was lost, doubled or made up."""

    entries: int
    absences: int
    absences_certain: int  # of which it is known how many incidents they must have raised
    incidents_by_rule: dict[str, int]
    faults: list[str]


def settle(
    log: Sequence[Mapping[str, Any]], kept: Mapping[int, Mapping[str, Any]], planted: Mapping[str, Iterable[Absence]]
) -> Account:
    """`log`: every entry that the database holds; `kept`: the proctor's, by number; `planted`: by session."""
    faults: list[str] = []
    numbers = [entry["number"] for entry in log]
    if numbers != list(range(1, len(log) + 1)):
        faults.append("the log's numbers have gaps")
    faults += [
        f"entry {entry['number']} is not what the proctor has: {kept.get(entry['number'])}"
        for entry in log
        if kept.get(entry["number"]) != entry
    ]
    if extra := kept.keys() - set(numbers):
        faults.append(f"the proctor was told of entries that the log does not hold: {sorted(extra)[:5]}")

    opened: dict[str, Mapping[str, Any]] = {}
    closed: dict[str, Mapping[str, Any]] = {}
    for entry in log:
        book = opened if entry["kind"] == "incident_opened" else closed
        incident = entry["incident"]
        if incident["incident_id"] in book:
            faults.append(f"{entry['kind']} twice: {incident['incident_id']}")
        book[incident["incident_id"]] = incident
    faults += [f"never opened: {one}" for one in closed.keys() - opened.keys()]
    faults += [f"never closed: {one}" for one in opened.keys() - closed.keys()]

    absences = certain = 0
    absent = [incident for incident in closed.values() if incident["rule"] == "absent"]
    explained: set[str] = set()
    for session_id, of_session in planted.items():
        for absence in of_session:
            absences += 1
            raised = [one for one in absent if one["session_id"] == session_id and _overlaps(one, absence)]
            explained |= {one["incident_id"] for one in raised}
            expected = expect(absence)
            certain += expected.least == expected.most
            if not expected.least <= len(raised) <= expected.most:
                faults.append(
                    f"{session_id} was away from {absence.began_ms} to {absence.ended_ms}: {len(raised)} incidents"
                    f" for {expected.least} to {expected.most}"
                )
    faults += [
        f"nobody was away: {one['incident_id']} from {one['opened_at_ms']} to {one['closed_at_ms']}"
        for one in absent
        if one["incident_id"] not in explained
    ]
    by_rule = Counter(incident["rule"] for incident in opened.values())
    return Account(len(log), absences, certain, dict(by_rule), faults)


def _overlaps(incident: Mapping[str, Any], absence: Absence) -> bool:
    return bool(
        incident["opened_at_ms"] <= absence.ended_ms + SLACK_MS
        and incident["closed_at_ms"] >= absence.began_ms - SLACK_MS
    )
