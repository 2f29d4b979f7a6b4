"""One edited byte of anything that is stored of a session is located: in the database, and in the file of it."""

import copy
import io
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from guildhall.kit.storage import Change, Duplicate, Schema
from guildhall.proctoring.messages.acting import ActionWanted
from guildhall.proctoring.messages.admission import ClaimsSent
from guildhall.proctoring.model import EntryKind, PendingEntry, ProctorClaims, Session
from guildhall.proctoring.rules.verifying import Part, read_witnesses, told, verify
from guildhall.proctoring.service.verifying import (
    BROKEN,
    MISUSED,
    WHOLE,
    gather,
    verify_session,
    verify_session_file,
)
from tests.fakes.observations import CALM, CROWD, EMPTY
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.service.test_strips import seated

BOOKKEEPING = {"rev", "created_at_ms", "updated_at_ms"}  # of a strip's document, which says no more than its log


@pytest.fixture
async def session(hall: Hall) -> Session:
    """Somebody who left, was not alone and changed tabs; two proctors' messages; pictures that were looked at."""
    seat = await seated(hall)
    for shown, seconds in ((CALM, 4), (EMPTY, 5), (CALM, 3), (CROWD, 3), (CALM, 3)):
        await hall.play(seat, shown, seconds)
        await hall.service.strips.keep()
    for number in range(2):
        claims = ClaimsSent.model_validate(
            {
                "client_now_ms": hall.clock.now_ms(),
                "claims": [
                    {
                        "key": f"c{number}",
                        "kind": "copied",
                        "phase": "once",
                        "client_at_ms": 5,
                        "age_ms": 0,
                        "lasted_ms": None,
                        "detail": "",
                    }
                ],
            }
        )
        await hall.service.claims.take(seat, claims)
        hall.clock.advance(20_000)
    proctor = ProctorClaims(exam_id="exam-1", exam_title="Algebra", account_id="usr_proctor", name="Grace")
    for key in ("m1", "m2"):
        wanted = ActionWanted(session_id=seat.session.id, key=key, kind="message", text="All well?")
        await hall.service.acting.ask(proctor, wanted)
    await hall.service.seating.leave(seat)
    await hall.service.strips.keep()
    stored = await hall.service.session(seat.session.id)
    for _ in range(2):
        await hall.service.evidence.strip(stored, f"{stored.id}:absent:1", "usr_reviewer", is_candidate=False)
    other = await hall.seat(await hall.invite("Bob"))
    await hall.play(other, EMPTY, 5)
    return stored


COLLECTIONS = {
    "proctoring_signals": Part.SIGNALS,
    "proctoring_log": Part.INCIDENTS,
    "proctoring_case_log": Part.ACTIONS,
    "proctoring_claims": Part.CLAIMS,
    "proctoring_evidence_log": Part.EVIDENCE,
    "proctoring_strips": Part.EVIDENCE,
}


async def documents(hall: Hall, name: str) -> list[dict[str, Any]]:
    found = await hall.storage.collection(Schema(name)).find(limit=1_000)
    return [dict(document) for document in found]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in leaves(inner, (*path, name))]
    if isinstance(value, list | tuple):
        return [leaf for place, inner in enumerate(value) for leaf in leaves(inner, (*path, place))]
    return [path] if isinstance(value, str | bytes | int) and not isinstance(value, bool) and value != "" else []


def flipped(value: Any, at: int, bit: int) -> Any:
    """One bit of the value as it lies in a database."""
    if isinstance(value, int):
        return value ^ (1 << bit)
    if isinstance(value, bytes):
        place = at % len(value)
        return value[:place] + bytes([value[place] ^ (1 << bit)]) + value[place + 1 :]
    place = at % len(value)
    return value[:place] + chr(ord(value[place]) ^ (1 << (bit % 5))) + value[place + 1 :]


async def test_what_nobody_touched_is_whole(hall: Hall, session: Session) -> None:
    reports = verify(await gather(hall.store, session, hall.blobs))
    assert [(one.part, one.fault) for one in reports] == [(part, None) for part in Part]
    assert all(one.entries > 1 for one in reports)


@pytest.mark.tampers
async def test_one_flipped_bit_anywhere_in_the_database_is_located(hall: Hall, session: Session) -> None:
    stored = {name: await documents(hall, name) for name in COLLECTIONS}
    own = {"proctoring_signals": "session_id", "proctoring_strips": "session_id", "proctoring_log": ""}
    for name, all_of_them in stored.items():
        field = own.get(name, "stream")
        stored[name] = [one for one in all_of_them if not field or one[field] == session.id]
        assert stored[name]
    heads = {one.part: one.head for one in verify(await gather(hall.store, session, hall.blobs)) if one.head}
    chance = random.Random(7)
    for _ in range(150):
        name = chance.choice(sorted(stored))
        document = chance.choice(stored[name])
        free = {"_id", *(BOOKKEEPING if name == "proctoring_strips" else ())}
        path = chance.choice([path for path in leaves(document) if path[0] not in free])
        edited = copy.deepcopy(document)
        inner: Any = edited
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = flipped(inner[path[-1]], chance.randrange(10_000), chance.randrange(8))
        collection = hall.storage.collection(Schema(name))
        try:
            await collection.update_if(document["_id"], {}, Change(set={path[0]: edited[path[0]]}))
        except Duplicate:  # the database itself refuses it
            continue
        recorded = await gather(hall.store, session, hall.blobs)
        faults = {one.part: one.fault for one in verify(replace(recorded, witnesses=heads)) if one.fault is not None}
        await collection.update_if(document["_id"], {}, Change(set={path[0]: document[path[0]]}))
        assert list(faults) == [COLLECTIONS[name]], (name, path, faults)
        if name != "proctoring_strips":
            assert faults[COLLECTIONS[name]].number == document["number"], (name, path, faults)


@pytest.mark.tampers
@pytest.mark.parametrize(
    ("name", "part"),
    [(name, part) for name, part in COLLECTIONS.items() if part in {Part.INCIDENTS, Part.ACTIONS, Part.CLAIMS}],
)
async def test_a_line_without_a_hash_stays_at_fault_and_is_told_as_perhaps_older_than_chains(
    hall: Hall, session: Session, name: str, part: Part
) -> None:
    line = (await documents(hall, name))[0]
    bare = {key: value for key, value in line["body"].items() if key not in {"hash", "prev_hash"}}
    await hall.storage.collection(Schema(name)).update_if(line["_id"], {}, Change(set={"body": bare}))
    reports = {one.part: one.fault for one in verify(await gather(hall.store, session, hall.blobs))}
    fault = reports[part]
    assert fault is not None
    assert (fault.kind, fault.number) == ("edited", line["number"])
    assert "begun before hashes were kept, or somebody took them away" in fault.sentence
    edited = {**line["body"], "hash": "0" * 64}
    await hall.storage.collection(Schema(name)).update_if(line["_id"], {}, Change(set={"body": edited}))
    fault = {one.part: one.fault for one in verify(await gather(hall.store, session, hall.blobs))}[part]
    assert fault is not None
    assert "before hashes were kept" not in fault.sentence, "that one was edited, and nothing else explains it"


async def saved(hall: Hall, session: Session, tmp_path: Path) -> Path:
    out = io.StringIO()
    path = tmp_path / "session.jsonl"
    assert hall.blobs is not None
    assert await verify_session(session.id, hall.store, hall.blobs, out, save=path) == WHOLE
    return path


async def test_a_file_of_a_session_is_checked_by_itself(hall: Hall, session: Session, tmp_path: Path) -> None:
    out = io.StringIO()
    assert verify_session_file(await saved(hall, session, tmp_path), out) == WHOLE
    assert "as it was written" in out.getvalue()
    assert "Bob" not in (tmp_path / "session.jsonl").read_text()


async def test_one_flipped_bit_anywhere_in_a_file_is_located(hall: Hall, session: Session, tmp_path: Path) -> None:
    """By its line, or by the log and the number that stand in that line."""
    path = await saved(hall, session, tmp_path)
    whole = path.read_bytes()
    chance, edited = random.Random(11), tmp_path / "edited.jsonl"
    for _ in range(300):
        place = chance.randrange(len(whole))
        edited.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :])
        out = io.StringIO()
        assert verify_session_file(edited, out) == BROKEN, place
        line = whole[:place].count(b"\n") + 1
        number = _number_in(whole.split(b"\n")[line - 1])
        named = [f"Line {line} ", f"line {line} ", *([f" {number} "] if number else [])]
        told_of = out.getvalue()
        is_head = line == 1 and ("witness" in told_of or "missing" in told_of or "session" in told_of)
        is_strip = b'"part":"strips"' in whole.split(b"\n")[line - 1] and "strip of" in told_of
        assert any(name in told_of for name in named) or is_head or is_strip, (line, told_of)


def _number_in(line: bytes) -> int | None:
    read = json.loads(line)
    return (read.get("entry") or read.get("document") or {}).get("number")


@pytest.mark.tampers
async def test_a_log_whose_end_was_cut_off_is_found_by_what_an_earlier_check_printed(
    hall: Hall, session: Session
) -> None:
    before = told(verify(await gather(hall.store, session, hall.blobs)))
    for name, field in (("proctoring_case_log", "stream"), ("proctoring_signals", "session_id")):
        last = [one for one in await documents(hall, name) if one[field] == session.id][-1]
        await hall.storage.collection(Schema(name)).delete({"_id": last["_id"]})
    out = io.StringIO()
    assert hall.blobs is not None
    assert await verify_session(session.id, hall.store, hall.blobs, out, witnesses=before) == BROKEN
    assert out.getvalue().count("missing") == 2


async def test_pictures_that_were_exchanged_are_located(hall: Hall, session: Session) -> None:
    assert hall.blobs is not None
    strips = await hall.store.strips.of_session(session.id)
    blob = await hall.blobs.get(strips[0].blob)
    assert blob is not None
    await hall.blobs.put(strips[0].blob, blob.body[:-1] + b"x", blob.content_type)
    faults = [one.fault for one in verify(await gather(hall.store, session, hall.blobs)) if one.fault]
    assert [strips[0].id in fault.sentence for fault in faults] == [True]


@pytest.mark.tampers
async def test_an_incident_that_was_made_up_is_located_though_its_line_is_well_formed(
    hall: Hall, session: Session
) -> None:
    entries = await hall.entries()
    made_up = entries[0].incident.model_copy(update={"incident_id": f"{session.id}:absent:9"})
    pending = PendingEntry(at_ms=5, kind=EntryKind.INCIDENT_OPENED, incident=made_up)
    await hall.store.append("exam-1", session.id, "absent_9_opened", pending)
    (fault,) = [one.fault for one in verify(await gather(hall.store, session, hall.blobs)) if one.fault]
    assert "never decided" in fault.sentence


@pytest.mark.parametrize("witness", ["nonsense", "signals=x", "signals=1"])
async def test_a_witness_that_is_none_is_refused(hall: Hall, session: Session, witness: str) -> None:
    with pytest.raises(ValueError, match="witness"):
        read_witnesses(witness)
    assert hall.blobs is not None
    assert await verify_session(session.id, hall.store, hall.blobs, io.StringIO(), witnesses=witness) == MISUSED


async def test_a_session_that_is_none_is_told_so(hall: Hall) -> None:
    out = io.StringIO()
    assert hall.blobs is not None
    assert await verify_session("sit_none", hall.store, hall.blobs, out) == MISUSED
    assert "sit_none" in out.getvalue()


@pytest.mark.parametrize("content", [b"", b"x", b"{}\n", b"[]\n", b'{"format":"guildhall.receipt/1"}\n', b"\xff\n"])
def test_another_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path, out = tmp_path / "other", io.StringIO()
    path.write_bytes(content)
    assert verify_session_file(path, out) == BROKEN
    assert out.getvalue().endswith(".\n")
