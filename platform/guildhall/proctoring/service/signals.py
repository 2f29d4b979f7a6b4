"""A session's signal log: what was judged, sealed in chunks before anything that rests on it is told to anybody.

The log is also the fence between owners. A chunk's number is taken once: whoever finds theirs taken was overtaken, and
goes on from what is stored or not at all.
"""

from dataclasses import dataclass, field
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.proctoring.model import PendingEntry
from guildhall.proctoring.model.signals import Chunk, Record
from guildhall.proctoring.rules.chaining import seal
from guildhall.proctoring.rules.packing import LogUnreadable, compress, decompress, pack_record, unpack_records
from guildhall.proctoring.service.keys import Seal, SessionKeys
from guildhall.proctoring.store.signals import SignalStore

MOST_BYTES: Final = 256_000
"""Of a seat's records that are not on disk: five minutes with one face (policy: judge no further)."""
FLUSH_MS: Final = 5_000
"""How long a record may wait; what an incident rests on does not wait at all."""
PLAIN, SEALED = b"\0", b"\1"
PAGE: Final = 200


@dataclass(slots=True)
class Tape:
    """What a seat holds of its log: the records that no chunk has yet, and the chunk they will follow."""

    newest: Chunk
    seal: Seal
    records: list[bytes] = field(default_factory=list)
    size: int = 0
    first_at_ms: int = 0
    written: Chunk | None = None
    """The chunk that is being written: kept until it and its decisions are stored."""

    def add(self, record: Record) -> None:
        packed = pack_record(record)
        if not self.records:
            self.first_at_ms = record.at_ms
        self.records.append(packed)
        self.size += len(packed)

    def is_due(self, now_ms: int) -> bool:
        return bool(self.records) and now_ms - self.first_at_ms >= FLUSH_MS


class SignalLog:
    """Writes chunks, and reads them back."""

    def __init__(self, store: SignalStore, keys: SessionKeys | None, clock: Clock) -> None:
        self.store = store
        self._keys = keys
        self._clock = clock

    async def seal_of(self, session_id: str) -> Seal:
        if self._keys is None:  # a worker that only ends what dead processes left
            raise RuntimeError("Session keys are for processes that know the secret.")
        return await self._keys.seal_of(session_id)

    def cut(self, tape: Tape, epoch: int, rule_version: str, decisions: list[PendingEntry]) -> Chunk:
        """The next chunk of a seat, of all its records so far; the seat's tape is empty afterwards."""
        number = tape.newest.number + 1
        place = f"{tape.newest.session_id}/{number}"
        chunk = seal(
            tape.newest.session_id,
            tape.newest,
            epoch=epoch,
            rule_version=rule_version,
            at_ms=self._clock.now_ms(),
            records=len(tape.records),
            decisions=decisions,
            payload=SEALED + tape.seal.close(compress(tape.records), place),
        )
        tape.records, tape.size = [], 0
        return chunk

    def plain(
        self,
        session_id: str,
        before: Chunk | None,
        record: Record,
        epoch: int,
        rule_version: str,
        decisions: list[PendingEntry],
    ) -> Chunk:
        """A chunk of one record that says nothing of anybody's looks."""
        return seal(
            session_id,
            before,
            epoch=epoch,
            rule_version=rule_version,
            at_ms=self._clock.now_ms(),
            records=1,
            decisions=decisions,
            payload=PLAIN + compress([pack_record(record)]),
        )

    async def chunks(self, session_id: str) -> list[Chunk]:
        found: list[Chunk] = []
        while page := await self.store.after(session_id, found[-1].number if found else 0, PAGE):
            found += page
        return found

    async def records(self, session_id: str) -> list[tuple[str, Record]]:
        """For a replay, with the version each was judged by. Raises EvidenceDestroyed, SealBroken, LogUnreadable."""
        session_seal = await self.seal_of(session_id)
        return [pair for chunk in await self.chunks(session_id) for pair in open_chunk(chunk, session_seal)]


def open_chunk(chunk: Chunk, session_seal: Seal) -> list[tuple[str, Record]]:
    """Raises SealBroken and LogUnreadable."""
    kind, body = chunk.payload[:1], chunk.payload[1:]
    if kind == SEALED:
        body = session_seal.open(body, f"{chunk.session_id}/{chunk.number}")
    records = list(unpack_records(decompress(body)))
    if len(records) != chunk.records:
        raise LogUnreadable(f"Chunk {chunk.number} has {len(records)} records and says {chunk.records}.")
    return [(chunk.rule_version, record) for record in records]
