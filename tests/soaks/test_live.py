"""The short form of `make soak-live`, and its accounting."""

from pathlib import Path
from typing import Any

import pytest

from tests.servers.build import CannotBuild
from tests.soaks.accounting import settle
from tests.soaks.films import Absence
from tests.soaks.live import options_of, soak
from tests.soaks.memory import MemoryWatch

# Each thing is killed once. How long sessions stay silent is for the long form, on a machine of its own.
SHORT = "--kills 6 --every-seconds 4 --candidates 4 --silence-ms 60000"


@pytest.mark.servers
async def test_everything_can_be_killed_once_and_nothing_is_lost_doubled_or_left_behind(tmp_path: Path) -> None:
    try:
        told = await soak(options_of(SHORT.split()), tmp_path)
    except CannotBuild as reason:
        pytest.skip(str(reason))
    assert told["faults"] == []
    assert told["kills"] == 6
    assert told["frames"]["judged"] > 0
    assert told["incidents_by_rule"]["absent"] > 0


def entry(number: int, kind: str, opened_at_ms: int, closed_at_ms: int | None) -> dict[str, Any]:
    incident = {"incident_id": f"sit:absent:{opened_at_ms}", "session_id": "sit", "rule": "absent"}
    times = {"opened_at_ms": opened_at_ms, "closed_at_ms": closed_at_ms}
    return {"number": number, "at_ms": 1, "kind": f"incident_{kind}", "incident": incident | times}


AWAY = Absence(10_000, 22_000, list(range(10_000, 22_001, 200)))
LOG = [entry(1, "opened", 10_050, None), entry(2, "closed", 10_050, 22_050)]


def faults(log: list[dict[str, Any]], absences: list[Absence], kept: list[dict[str, Any]] | None = None) -> list[str]:
    by_number = {one["number"]: one for one in (log if kept is None else kept)}
    return settle(log, by_number, {"sit": absences}).faults


def test_an_absence_and_its_one_incident_are_in_order() -> None:
    account = settle(LOG, {one["number"]: one for one in LOG}, {"sit": [AWAY]})
    assert (account.faults, account.absences_certain, account.incidents_by_rule) == ([], 1, {"absent": 1})


@pytest.mark.parametrize(
    ("log", "absences", "kept", "fault"),
    [
        ([], [AWAY], None, "0 incidents for 1 to 1"),
        (LOG, [], None, "nobody was away"),
        (LOG[:1], [AWAY], None, "never closed"),
        (LOG, [AWAY], LOG[:1], "is not what the proctor has"),
        (LOG[:1], [AWAY], LOG, "does not hold"),
        ([LOG[0], {**LOG[1], "number": 3}], [AWAY], None, "gaps"),
        ([*LOG, {**LOG[0], "number": 3}], [AWAY], None, "incident_opened twice"),
        (
            [*LOG, entry(3, "opened", 15_000, None), entry(4, "closed", 15_000, 22_000)],
            [AWAY],
            None,
            "2 incidents for 1 to 1",
        ),
    ],
)
def test_whatever_is_lost_doubled_or_made_up_is_told(
    log: list[dict[str, Any]], absences: list[Absence], kept: list[dict[str, Any]] | None, fault: str
) -> None:
    assert any(fault in told for told in faults(log, absences, kept))


def test_verdicts_that_come_slowly_may_part_an_absence_wherever_one_is_late() -> None:
    seen = [*range(10_000, 15_000, 1_000), *range(15_900, 22_000, 1_000)]
    log = [*LOG, entry(3, "opened", 15_900, None), entry(4, "closed", 15_900, 21_900)]
    assert faults(log, [Absence(10_000, 22_000, seen)]) == []
    assert faults([], [Absence(10_000, 22_000, seen)]) == []


def test_a_process_that_grows_is_told_from_one_that_takes_a_step() -> None:
    moments = range(0, 600, 2)
    watch = MemoryWatch(lambda: ())
    watch.lives["web", 1] = [(at, 100 + at / 30) for at in moments]
    watch.lives["worker", 2] = [(at, 100 + 6 * (at > 200)) for at in moments]
    assert watch.slopes() == {"web": 2.0, "worker": 0.0}


def test_an_engine_that_was_away_in_the_middle_makes_two_incidents_of_one_absence() -> None:
    seen = [at for at in AWAY.judged_at_ms if not 15_000 < at < 17_500]
    log = [*LOG, entry(3, "opened", 17_600, None), entry(4, "closed", 17_600, 22_000)]
    assert faults(log, [Absence(10_000, 22_000, seen)]) == []
