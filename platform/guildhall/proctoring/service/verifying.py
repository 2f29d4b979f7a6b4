"""Is what is stored of a session as it was written? `python -m guildhall verify-session ID|FILE` asks.

A file is what `write_file` makes: JSON, one line a document as it is stored, the first with the heads of all logs. It
can be checked by whoever has it, without us and without the session's key.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final, TextIO

from guildhall.kit.blobs import BlobStore
from guildhall.kit.entries import Entry
from guildhall.kit.streams import NumberedLog
from guildhall.proctoring.model import Session
from guildhall.proctoring.rules.verifying import Part, PartReport, Recorded, read_witnesses, told, verify
from guildhall.proctoring.store import ProctoringStore

FORMAT: Final = "guildhall.session/1"
WHOLE, BROKEN, MISUSED = 0, 1, 2
PAGE: Final = 500
NAMES: Final = {
    Part.SIGNALS: "the signal log",
    Part.INCIDENTS: "the exam's log of incidents",
    Part.ACTIONS: "the log of proctors' actions",
    Part.CLAIMS: "the log of what the browser claimed",
    Part.EVIDENCE: "the evidence log and its strips",
}


class FileUnreadable(ValueError):
    """It is no file of a session, or was changed where it is not even one any more; the sentence says in which line."""


async def gather(store: ProctoringStore, session: Session, blobs: BlobStore | None) -> Recorded:
    """All that is stored of a session, as it is."""
    strips = await store.strips.documents_of(session.id)
    hashes: dict[str, str | None] = {}
    for document in strips if blobs is not None else ():
        key = str(document.get("blob"))
        blob = await blobs.get(key) if blobs is not None else None
        hashes[key] = None if blob is None else hashlib.sha256(blob.body).hexdigest()
    return Recorded(
        session_id=session.id,
        chunks=await store.signals.documents_of(session.id),
        incidents=await _whole(store.incident_lines, session.exam_id),
        actions=await _whole(store.cases.lines_log, session.id),
        claims=await _whole(store.admissions.claims_log, session.id),
        evidence=await _whole(store.strips.lines, session.id),
        strips=strips,
        blobs=None if blobs is None else hashes,
    )


async def _whole(log: NumberedLog, stream: str) -> list[Entry]:
    found: list[Entry] = []
    while page := await log.read(stream, found[-1].number if found else 0, PAGE):
        found += page
    return found


def tell(session_id: str, reports: Sequence[PartReport], out: TextIO) -> int:
    """Say what came of it in sentences, and return the exit code: 0 whole, 1 broken."""
    broken = [one for one in reports if one.fault is not None]
    for one in broken:
        assert one.fault is not None
        out.write(f"{NAMES[one.part].capitalize()} is not as it was written.\n{one.fault.sentence}\n")
    if broken:
        return BROKEN
    counted = ", ".join(f"{one.entries} in {NAMES[one.part]}" for one in reports)
    out.write(f"What is stored of session {session_id} is as it was written: {counted}.\n")
    out.write(f"Keep this somewhere else, and hold the next check against it: {told(reports)}\n")
    return WHOLE


async def verify_session(
    session_id: str,
    store: ProctoringStore,
    blobs: BlobStore,
    out: TextIO,
    *,
    witnesses: str = "",
    save: Path | None = None,
) -> int:
    """For the command: 0 whole, 1 broken, 2 misused."""
    try:
        held = read_witnesses(witnesses)
    except ValueError as error:
        out.write(f"{error}\n")
        return MISUSED
    session = await store.session(session_id)
    if session is None:
        out.write(f"There is no session {session_id}, and no file of that name.\n")
        return MISUSED
    recorded = replace(await gather(store, session, blobs), witnesses=held)
    if save is not None:
        with save.open("w", encoding="utf-8") as file:
            write_file(recorded, file)
        out.write(f"All of it but the pictures is in {save}: anybody can check that file without us.\n")
    return tell(session.id, verify(recorded), out)


def verify_session_file(path: Path, out: TextIO, *, witnesses: str = "") -> int:
    """For the command: without a database. `witnesses` are held against beside those that the file itself has."""
    try:
        recorded = read_file(path)
        recorded = replace(recorded, witnesses={**recorded.witnesses, **read_witnesses(witnesses)})
    except FileUnreadable as error:
        out.write(f"{error}\n")
        return BROKEN
    except ValueError as error:
        out.write(f"{error}\n")
        return MISUSED
    return tell(recorded.session_id, verify(recorded), out)


# --- files


def write_file(recorded: Recorded, out: TextIO) -> None:
    """The session's own lines, from which anybody can compute the chains again. Pictures are not in it."""
    prefix = f"{recorded.session_id}."
    own = [entry for entry in recorded.incidents if entry.key.startswith(prefix)]
    heads = told(one for one in verify(recorded) if one.part is not Part.INCIDENTS)
    _write(out, {"format": FORMAT, "session_id": recorded.session_id, "heads": heads, "incidents": len(own)})
    for document in recorded.chunks:
        payload = base64.b64encode(document["payload"]).decode()
        _write(out, {"part": Part.SIGNALS, "document": {**document, "payload": payload}})
    for part, entries in (
        (Part.INCIDENTS, own),
        (Part.ACTIONS, recorded.actions),
        (Part.CLAIMS, recorded.claims),
        (Part.EVIDENCE, recorded.evidence),
    ):
        for entry in entries:
            _write(out, {"part": part, "entry": asdict(entry)})
    for document in recorded.strips:
        _write(out, {"part": "strips", "document": dict(document)})


def _write(out: TextIO, line: Mapping[str, Any]) -> None:
    out.write(_canonical(line) + "\n")


def _canonical(line: Mapping[str, Any]) -> str:
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_file(path: Path) -> Recorded:
    """Raises FileUnreadable for the first line that is not as `write_file` writes one."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise FileUnreadable(f"The file {path} cannot be read: {error.strerror}.") from error
    if lines.pop() != b"":
        raise FileUnreadable(f"Line {len(lines) + 1} of {path} is cut short.")
    read = [_read_line(number, line) for number, line in enumerate(lines, 1)]
    head = read[0] if read else {}
    if head.get("format") != FORMAT or {"session_id", "heads", "incidents"} - set(head):
        raise FileUnreadable(f"{path} is no file of a session: line 1 says so.")
    try:
        witnesses = read_witnesses(str(head["heads"]))
        entries = {part: list(_entries(read, part)) for part in Part if part is not Part.SIGNALS}
        chunks = [_chunk(number, line) for number, line in _of(read, Part.SIGNALS)]
        strips = [_strip(number, line) for number, line in _of(read, "strips")]
    except (ValueError, KeyError, TypeError) as error:
        raise FileUnreadable(str(error)) from error
    known = {part.value for part in Part} | {"strips"}
    for number, line in enumerate(read[1:], 2):
        if line.get("part") not in known:
            raise FileUnreadable(f"Line {number} of the file is of no part of a session.")
    if len(entries[Part.INCIDENTS]) != head["incidents"]:
        raise FileUnreadable("Line 1 of the file says another number of incidents than it has.")
    return Recorded(
        session_id=str(head["session_id"]),
        chunks=chunks,
        incidents=entries[Part.INCIDENTS],
        actions=entries[Part.ACTIONS],
        claims=entries[Part.CLAIMS],
        evidence=entries[Part.EVIDENCE],
        strips=strips,
        is_excerpt=True,
        witnesses=witnesses,
    )


def _read_line(number: int, line: bytes) -> dict[str, Any]:
    """One way to write a line: another one, though it said the same, was not written by us."""
    try:
        read = json.loads(line)
        is_ours = isinstance(read, dict) and _canonical(read).encode() == line
    except (ValueError, RecursionError):
        is_ours = False
    if not is_ours:
        raise FileUnreadable(f"Line {number} of the file is not as it was written: it cannot be read.")
    return dict(read)


def _of(read: Sequence[dict[str, Any]], part: str) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((number, line) for number, line in enumerate(read, 1) if line.get("part") == part)


def _entries(read: Sequence[dict[str, Any]], part: Part) -> Iterator[Entry]:
    for number, line in _of(read, part):
        try:
            yield Entry(**line["entry"])
        except (TypeError, KeyError) as error:
            raise ValueError(f"Line {number} of the file is not as it was written: it is no entry.") from error


def _strip(number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(line["document"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"Line {number} of the file is not as it was written: it is no strip.") from error


def _chunk(number: int, line: Mapping[str, Any]) -> dict[str, Any]:
    try:
        document = dict(line["document"])
        payload = base64.b64decode(document["payload"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"Line {number} of the file is not as it was written: it is no chunk.") from error
    if base64.b64encode(payload).decode() != document["payload"]:  # bits that say nothing
        raise ValueError(f"Line {number} of the file is not as it was written: its payload is no base64 of ours.")
    return {**document, "payload": payload}
