"""`make bench-signals`: what the signal log of a session and its evidence strips cost a judged picture.

Packing, compressing, sealing, chaining and the chunk's document, 25 pictures of one face to a chunk, as at 5 frames/s
with a chunk every 5 s, before the database has it. Of strips, what a picture of 30 KB costs the seat that films it:
while nothing happens, and with three incidents open; and what sealing a whole strip costs. CPU is this process's. The
last line on stdout is one JSON object.
"""

import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path

from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import StorageSettings, open_storage
from guildhall.proctoring.model import CHANNEL_OF, EntryKind, Incident, PendingEntry, Rule
from guildhall.proctoring.model.signals import Seen
from guildhall.proctoring.rules.chaining import seal
from guildhall.proctoring.rules.filming import pack_strip
from guildhall.proctoring.service.films import Film
from guildhall.proctoring.service.keys import Seal, SessionKeys
from guildhall.proctoring.service.signals import SignalLog, Tape
from guildhall.proctoring.store.signals import SignalStore
from proctor_engine.contract import Observation
from tests.fakes.observations import a_face, an_observation

PICTURES, ROUNDS = 25, 200


def looked_at(chance: random.Random) -> Observation:
    """A calm face: what differs from picture to picture differs here too, or it would compress to nothing."""
    face = a_face(
        yaw_deg=chance.gauss(2, 1), gaze_x=chance.gauss(0, 0.02), eye_openness=chance.random(), light=chance.random()
    )
    return an_observation(face, exact_print=chance.getrandbits(32), rough_print=chance.getrandbits(64))


async def measure(folder: Path) -> dict[str, float]:
    storage = open_storage(StorageSettings(sqlite_path=folder / "bench.sqlite3"))
    store = SignalStore(storage)
    log = SignalLog(store, SessionKeys(store, "a secret of the benchmark, long enough"), ManualClock())
    first = seal("sit_1", None, epoch=1, rule_version="rules", at_ms=0, records=0, decisions=(), payload=b"")
    chance = random.Random(7)
    pictures = [looked_at(chance) for _ in range(PICTURES)]
    costs_us, payload_bytes = [], 0
    for _ in range(ROUNDS):
        tape = Tape(first, Seal(bytes(32)))
        began = time.process_time()
        for number, observation in enumerate(pictures):
            tape.add(Seen(number * 200, observation))
        chunk = log.cut(tape, 1, "rules", [])
        chunk.model_dump(mode="json", by_alias=True, exclude={"payload"})
        costs_us.append((time.process_time() - began) / PICTURES * 1e6)
        payload_bytes = len(chunk.payload)
    return measure_strips() | {
        "cpu_us_a_frame_p50": round(statistics.median(costs_us), 1),
        "cpu_us_a_frame_p25": round(statistics.quantiles(costs_us)[0], 1),
        "bytes_a_frame": round(payload_bytes / PICTURES, 1),
    }


def measure_strips() -> dict[str, float]:
    """A minute at 5 frames/s, again and again; each incident's strip is thinned on the way, as long ones are."""
    jpeg = random.Random(7).randbytes(30_000)
    found: dict[str, float] = {}
    for name, rules in (("calm", ()), ("3_open", (Rule.ABSENT, Rule.SEVERAL_FACES, Rule.LOOKING_AWAY))):
        costs_us = []
        for _ in range(ROUNDS):
            film = Film(is_wanted=True)
            film.take(0, jpeg)
            for rule in rules:
                film.follow(opened(rule))
            began = time.process_time()
            for number in range(1, 301):
                film.take(number * 200, jpeg)
            costs_us.append((time.process_time() - began) / 300 * 1e6)
        found[f"strip_us_a_frame_{name}"] = round(statistics.median(costs_us), 2)
    (strip,) = (kept.strip for kept in film.strips.values() if kept.incident.rule is Rule.ABSENT)
    seal_, costs_ms = Seal(bytes(32)), []
    for _ in range(ROUNDS):
        began = time.process_time()
        seal_.close(pack_strip(strip), "evidence/1")
        costs_ms.append((time.process_time() - began) * 1e3)
    return found | {"strip_kb": len(pack_strip(strip)) // 1000, "strip_seal_ms": round(statistics.median(costs_ms), 2)}


def opened(rule: Rule) -> PendingEntry:
    incident = Incident(
        incident_id=f"sit_1:{rule.value}:1",
        session_id="sit_1",
        candidate_name="Ada",
        rule=rule,
        channel=CHANNEL_OF[rule],
        opened_at_ms=100,
        reason="nobody is there",
    )
    return PendingEntry(at_ms=100, kind=EntryKind.INCIDENT_OPENED, incident=incident)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(asyncio.run(measure(Path(made)))))
