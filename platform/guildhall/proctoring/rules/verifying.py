"""Is what is stored of a session as it was written? Of each of its logs the first edit is located. Pure.

Signals, the exam's incidents, proctors' actions, browsers' claims and the evidence log are chains of hashes. Beside
that, every incident that is told has to be one that the signal log decided, to the byte, and the other way round; and
every strip has to be what the evidence log says was kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError

from guildhall.kit.audit.chain import ChainReport, ChainWalk, Fault, Witness, is_as_written
from guildhall.kit.audit.entry import unlinked
from guildhall.kit.entries import Entry
from guildhall.proctoring.model import Incident, PendingEntry, entry_key
from guildhall.proctoring.model.admission import Claim
from guildhall.proctoring.model.cases import Line
from guildhall.proctoring.model.signals import Chunk
from guildhall.proctoring.model.strips import DESTROY, KEEP, KeptStrip, kept_details
from guildhall.proctoring.rules.chaining import check_chain

NO_HASH: Final = (
    "It has no hash at all: either it was begun before hashes were kept, or somebody took them away. Nothing here tells"
    " the two apart; a copy of the database from before, or what an earlier check printed, does."
)


class Part(StrEnum):
    SIGNALS = "signals"
    INCIDENTS = "incidents"
    ACTIONS = "actions"
    CLAIMS = "claims"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class PartReport:
    """`entries` were found good, from the first on; `head` is the newest of them, to hold the next check against."""

    part: Part
    entries: int
    head: Witness | None
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """All that is stored of a session, as it is stored: documents that may not even be of their shape.

    `incidents` are the lines of the whole exam, or where `is_excerpt`, those of this session alone. `blobs` has the
    hash of each strip's bytes, None for one that is gone; without it bytes are not looked at.
    """

    session_id: str
    chunks: Sequence[Mapping[str, Any]]
    incidents: Sequence[Entry]
    actions: Sequence[Entry]
    claims: Sequence[Entry]
    evidence: Sequence[Entry]
    strips: Sequence[Mapping[str, Any]]
    is_excerpt: bool = False
    blobs: Mapping[str, str | None] | None = None
    witnesses: Mapping[Part, Witness] = field(default_factory=dict)


def verify(recorded: Recorded) -> tuple[PartReport, ...]:
    """One report a part, in the order of `Part`."""
    chunks, signals = _signals(recorded)
    return (
        signals,
        _incidents(recorded, chunks if signals.fault is None else None),
        _chain(recorded, Part.ACTIONS, recorded.actions, _as_line),
        _chain(recorded, Part.CLAIMS, recorded.claims, _as_claim),
        _evidence(recorded),
    )


def as_chunk(document: Mapping[str, Any]) -> Chunk | None:
    """None for a document that is no chunk any more."""
    try:
        return Chunk.model_validate(document)
    except ValidationError:
        return None


def told(reports: Iterable[PartReport]) -> str:
    """The heads in one word, for the next check: `signals=12:9f86...,actions=3:60303...`."""
    return ",".join(f"{report.part.value}={report.head}" for report in reports if report.head is not None)


def read_witnesses(text: str) -> dict[Part, Witness]:
    """What `told` wrote. Raises ValueError with a sentence."""
    found = {}
    for word in filter(None, text.strip().split(",")):
        name, _, witness = word.partition("=")
        if name not in {part.value for part in Part}:
            raise ValueError(f"{word!r:.80} is no witness of a session: a check prints one, signals=12:9f86d0...")
        found[Part(name)] = Witness.read(witness)
    return found


def _signals(recorded: Recorded) -> tuple[list[Chunk], PartReport]:
    chunks: list[Chunk] = []
    fault: Fault | None = None
    for document in recorded.chunks:
        chunk = as_chunk(document)
        if chunk is None:
            number = len(chunks) + 1
            fault = Fault(number, "edited", f"Chunk {number} is not as it was written: it cannot be read.")
            break
        chunks.append(chunk)
    witness = recorded.witnesses.get(Part.SIGNALS)
    report = check_chain(recorded.session_id, chunks, witness if fault is None else None)
    return chunks, _part(Part.SIGNALS, report, report.fault or fault)


def _incidents(recorded: Recorded, chunks: Sequence[Chunk] | None) -> PartReport:
    """Without `chunks`, since they are not as they were written, by the exam's own chain alone."""
    if recorded.is_excerpt:
        report = _excerpt(recorded.incidents)
    else:
        report = _walk(recorded.incidents, recorded.witnesses.get(Part.INCIDENTS), _as_told)
    fault = report.fault
    if fault is None and chunks is not None:
        fault = _find_difference(recorded, chunks)
    return _part(Part.INCIDENTS, report, fault)


def _excerpt(entries: Sequence[Entry]) -> ChainReport:
    """Lines between which those of others are missing: each by its own hash, and in order."""
    before, good = 0, 0
    for entry in entries:
        if entry.number <= before or not is_as_written(entry, _as_told):
            sentence = f"Line {entry.number} of the exam's log is not as it was written: its hash does not fit it."
            fault = Fault(entry.number, "edited", sentence)
            return ChainReport(entry.stream, good, None, _without_a_hash(fault, entry))
        before, good = entry.number, good + 1
    return ChainReport("", good, None, None)


def _find_difference(recorded: Recorded, chunks: Sequence[Chunk]) -> Fault | None:
    """What was told must be what the signal log decided. The newest chunk's may still be on its way."""
    decided: dict[str, PendingEntry] = {}
    newest: set[str] = set()
    for chunk in chunks:
        newest = {entry_key(one.incident, one.kind) for one in chunk.decisions} or newest
        for one in chunk.decisions:
            decided.setdefault(entry_key(one.incident, one.kind), one)
    prefix = f"{recorded.session_id}."
    lines = {entry.key.removeprefix(prefix): entry for entry in recorded.incidents if entry.key.startswith(prefix)}
    for key, line in lines.items():
        known = decided.get(key)
        if known is None:
            sentence = f"Line {line.number} of the exam's log tells of an incident that the signal log never decided."
            return Fault(line.number, "edited", sentence)
        if (line.at_ms, line.body.get("kind"), line.body.get("incident")) != _said(known):
            sentence = f"Line {line.number} of the exam's log says something else than the signal log decided."
            return Fault(line.number, "edited", sentence)
    for key in decided:
        if key not in lines and key not in newest:
            return Fault(len(lines) + 1, "missing", f"The exam's log has no line of {key}, which was decided.")
    return None


def _said(entry: PendingEntry) -> tuple[int, str, dict[str, Any]]:
    return entry.at_ms, entry.kind.value, entry.incident.model_dump(mode="json")


def _evidence(recorded: Recorded) -> PartReport:
    report = _walk(recorded.evidence, recorded.witnesses.get(Part.EVIDENCE), None)
    return _part(Part.EVIDENCE, report, report.fault or _find_strip_fault(recorded))


def _find_strip_fault(recorded: Recorded) -> Fault | None:
    kept: dict[tuple[str, int], Entry] = {}
    is_destroyed = False
    for line in recorded.evidence:
        if line.body["action"] == KEEP:
            kept[str(line.body["object_id"]), int(line.body["details"]["part"])] = line
        is_destroyed |= line.body["action"] == DESTROY
    if is_destroyed:
        return None
    newest = dict(sorted(kept))  # of each strip, its newest part
    for document in recorded.strips:
        try:
            strip = KeptStrip.model_validate(document)
        except ValidationError:
            return Fault(0, "edited", f"The strip of {str(document.get('_id'))!r:.100} is not as it was written.")
        kept_line = kept.get((strip.id, strip.part))
        if kept_line is None:
            return Fault(0, "edited", f"The strip of {strip.id} is none that the evidence log says was kept.")
        details = kept_line.body["details"]
        if details != kept_details(strip):
            number = kept_line.number
            return Fault(number, "edited", f"The strip of {strip.id} is not what line {number} of its log says.")
        if recorded.blobs is not None and recorded.blobs.get(strip.blob) != strip.sha256:
            is_gone = recorded.blobs.get(strip.blob) is None
            what = "are gone" if is_gone else "are not those that were kept"
            number = kept_line.number
            return Fault(number, "missing" if is_gone else "edited", f"The pictures of {strip.id} {what}.")
        if newest.pop(strip.id) != strip.part:
            return _gone(strip.id, kept)
    return _gone(next(iter(newest)), kept) if newest else None


def _gone(name: str, kept: Mapping[tuple[str, int], Entry]) -> Fault:
    number = max(line.number for (incident_id, _), line in kept.items() if incident_id == name)
    sentence = f"The strip of {name} is missing, which line {number} of its log says was kept"
    return Fault(number, "missing", f"{sentence}: it was taken away, or the server stopped while it was being stored.")


def _chain(recorded: Recorded, part: Part, entries: Sequence[Entry], read: Callable[[Entry], object]) -> PartReport:
    report = _walk(entries, recorded.witnesses.get(part), read)
    return _part(part, report, report.fault)


def _walk(entries: Iterable[Entry], witness: Witness | None, read: Callable[[Entry], object] | None) -> ChainReport:
    walk = ChainWalk("", witness) if read is None else ChainWalk("", witness, read)
    for entry in entries:
        if not walk.follow(entry):
            report = walk.finish()
            if read is None or report.fault is None:  # the evidence log has had hashes from its first line on
                return report
            return replace(report, fault=_without_a_hash(report.fault, entry))
    return walk.finish()


def _without_a_hash(fault: Fault, entry: Entry) -> Fault:
    """It stays at fault: nothing that is stored proves when a log was begun, as whoever edits it can edit that too."""
    if fault.kind != "edited" or "hash" in entry.body or fault.number != entry.number:
        return fault
    return replace(fault, sentence=f"{fault.sentence} {NO_HASH}")


def _part(part: Part, report: ChainReport, fault: Fault | None) -> PartReport:
    return PartReport(part, report.entries, report.head, fault)


def _as_line(entry: Entry) -> Line:
    said = unlinked(entry)
    return Line.model_validate({**said, "key": entry.key, "number": entry.number, "at_ms": entry.at_ms})


def _as_claim(entry: Entry) -> Claim:
    return Claim.model_validate(unlinked(entry))


def _as_told(entry: Entry) -> Incident:
    return Incident.model_validate(unlinked(entry)["incident"])
