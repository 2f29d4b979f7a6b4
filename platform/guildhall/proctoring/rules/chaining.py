"""The hash chain of a session's signal log: which chunk is not as it was written. Pure.

As with the audit log, the chain alone cannot show that its end was cut off or that all of it was written anew; the
newest number and hash, kept elsewhere, can (`Witness`).
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from guildhall.kit.audit.chain import ChainReport, Fault, Witness
from guildhall.kit.audit.entry import canonical_json
from guildhall.proctoring.model import PendingEntry
from guildhall.proctoring.model.signals import Chunk, chunk_id

NOTHING_BEFORE: Final = ""


def seal(
    session_id: str,
    before: Chunk | None,
    *,
    epoch: int,
    rule_version: str,
    at_ms: int,
    records: int,
    decisions: Sequence[PendingEntry],
    payload: bytes,
) -> Chunk:
    """The chunk that follows `before`."""
    number = 1 if before is None else before.number + 1
    chunk = Chunk(
        id=chunk_id(session_id, number),
        session_id=session_id,
        number=number,
        epoch=epoch,
        rule_version=rule_version,
        sealed_at_ms=at_ms,
        records=records,
        decisions=tuple(decisions),
        payload_hash=hashlib.sha256(payload).hexdigest(),
        prev_hash=NOTHING_BEFORE if before is None else before.hash,
        hash="",
        payload=payload,
    )
    return chunk.model_copy(update={"hash": hash_of(chunk)})


def hash_of(chunk: Chunk) -> str:
    """SHA-256 over the canonical JSON of all that a chunk says but its own hash; the payload stands in by its own."""
    said: dict[str, Any] = chunk.model_dump(mode="json", by_alias=True, exclude={"hash", "payload"})
    return hashlib.sha256(canonical_json(said)).hexdigest()


def find_fault(chunk: Chunk, number: int, prev_hash: str) -> Fault | None:
    """Whether this is the chunk `number` as it was written, after the one whose hash is `prev_hash`."""
    if chunk.number != number:
        return Fault(number, "missing", f"Chunk {number} is missing: {chunk.number} follows {number - 1}.")
    if hashlib.sha256(chunk.payload).hexdigest() != chunk.payload_hash or chunk.id != chunk_id(
        chunk.session_id, number
    ):
        return Fault(number, "edited", f"Chunk {number} is not as it was written: its records do not fit their hash.")
    if hash_of(chunk) != chunk.hash:
        return Fault(number, "edited", f"Chunk {number} is not as it was written: its hash does not fit it.")
    if chunk.prev_hash != prev_hash:
        before = max(1, number - 1)
        return Fault(before, "rewritten", f"Chunk {before} was replaced: chunk {number} remembers another hash.")
    return None


def check_chain(session_id: str, chunks: Sequence[Chunk], witness: Witness | None = None) -> ChainReport:
    """The first fault, or none."""
    head: Witness | None = None
    for chunk in chunks:
        number, prev_hash = (1, NOTHING_BEFORE) if head is None else (head.number + 1, head.hash)
        fault = find_fault(chunk, number, prev_hash)
        if fault is None and chunk.session_id != session_id:
            fault = Fault(number, "edited", f"Chunk {number} belongs to another session.")
        if fault is None and witness is not None and witness.number == number and witness.hash != chunk.hash:
            fault = Fault(number, "rewritten", f"Chunk {number} or one before it was written anew.")
        if fault is not None:
            return ChainReport(session_id, 0 if head is None else head.number, head, fault)
        head = Witness(number, chunk.hash)
    good = 0 if head is None else head.number
    if witness is not None and witness.number > good:
        sentence = f"Chunk {good + 1} is missing: the log once went on to {witness.number} and now ends before it."
        return ChainReport(session_id, good, head, Fault(good + 1, "missing", sentence))
    return ChainReport(session_id, good, head, None)
