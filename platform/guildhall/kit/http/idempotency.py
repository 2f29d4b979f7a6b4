"""O3: a request sent twice under one Idempotency-Key is done once, and answered twice.

Over documents without transactions: insert a record IN_PROGRESS under its key, run, then store the answer into the
record by compare-and-set. A process that dies in between leaves IN_PROGRESS behind; once its lease has ended the next
retry takes it over and runs the operation AGAIN, since nobody can know how far the first one came. What then keeps the
effect single is the domain's own unique key, which every operation that matters must have: this is the comfort in
front of that last line, not a replacement for it.

Only success is stored. After a refusal or a failure the record is deleted, and the same key runs anew.
"""

import asyncio
import hashlib
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from guildhall.kit.clock import Clock
from guildhall.kit.http.problems import IdempotencyInProgress, IdempotencyMismatch
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import Change, Document, Duplicate, Schema, Storage, StorageError, lt

log = get_logger(__name__)

SCHEMA = Schema("idempotency", index=(("forget_at_ms",),))
_FORGET_SECONDS = 3600.0
_LEASE_BYTES = 8
_GRACE_MS = 5_000  # on top of the deadline, at which the handler is cancelled


class Stored(NamedTuple):
    """An answer as it left."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Begun(NamedTuple):
    """The right to run, until the lease ends; or, with `stored`, the answer of the one who has run."""

    record_id: str
    lease: str
    stored: Stored | None = None


class IdempotencyStore:
    """The records; one collection for all operations. Retention calls `forget_old`."""

    def __init__(self, storage: Storage, clock: Clock, keep_hours: int = 24) -> None:
        self._records = storage.collection(SCHEMA)
        self._clock = clock
        self._keep_ms = keep_hours * 3_600_000

    async def ensure(self) -> None:
        await self._records.ensure()

    async def begin(self, scope: str, key: str, fingerprint: str, lease_seconds: float) -> Begun:
        """Take the key, or find what it already did.

        Raises IdempotencyInProgress, IdempotencyMismatch, or StorageUnavailable, after which nothing was run.
        """
        begun = Begun(hashlib.sha256(f"{scope}\n{key}".encode()).hexdigest(), os.urandom(_LEASE_BYTES).hex())
        now_ms = self._clock.now_ms()
        fresh: dict[str, Any] = {
            "lease": begun.lease,
            "lease_until_ms": now_ms + int(lease_seconds * 1000) + _GRACE_MS,
            "forget_at_ms": now_ms + self._keep_ms,
            "fingerprint": fingerprint,
            "is_done": False,
        }
        try:
            await self._records.insert({"_id": begun.record_id, "scope": scope, **fresh})
        except Duplicate:
            return await self._meet(begun, fresh, now_ms)
        return begun

    async def finish(self, begun: Begun, answer: Stored) -> None:
        """Keep the answer for the retries to come. Never raises: the effect has happened, and its answer is owed."""
        change = {"is_done": True, "status": answer.status, "headers": dict(answer.headers), "body": answer.body}
        try:
            kept = await self._records.update_if(begun.record_id, {"lease": begun.lease}, Change(set=change))
        except StorageError as error:
            log.warning("idempotent_answer_lost", detail=error.detail)
            return
        if kept is None:
            log.warning("idempotency_lease_lost", detail="the operation outlived its lease, and a retry took it over")

    async def release(self, begun: Begun) -> None:
        """Let the next retry run at once: this one was refused or failed. Never raises; the lease ends by itself."""
        try:
            await self._records.delete({"_id": begun.record_id, "lease": begun.lease})
        except StorageError as error:
            log.warning("idempotency_record_kept", detail=error.detail)

    async def forget_for_ever(self) -> None:
        """The job: every hour, until cancelled; any number of workers may run it."""
        while True:
            try:
                await self.forget_old()
            except StorageError as error:
                log.warning("idempotency_records_not_forgotten_yet", detail=error.detail)
            await asyncio.sleep(_FORGET_SECONDS)

    async def forget_old(self) -> int:
        """Delete what is older than the retention."""
        return await self._records.delete({"forget_at_ms": lt(self._clock.now_ms())})

    async def _meet(self, begun: Begun, fresh: dict[str, Any], now_ms: int) -> Begun:
        record = await self._records.get(begun.record_id)
        if record is None:  # released between the insert and this read
            raise IdempotencyInProgress("The first request with this Idempotency-Key has just ended; send it again.")
        is_forgotten = record["forget_at_ms"] < now_ms
        if not is_forgotten:
            if record["fingerprint"] != fresh["fingerprint"]:
                raise IdempotencyMismatch("This Idempotency-Key was used for another request; take a new one.")
            if record["is_done"]:
                return begun._replace(stored=Stored(record["status"], record["headers"], record["body"]))
        if record["lease_until_ms"] >= now_ms or not await self._take_over(begun, record, fresh):
            raise IdempotencyInProgress("The first request with this Idempotency-Key is still running.")
        return begun

    async def _take_over(self, begun: Begun, seen: Document, fresh: dict[str, Any]) -> bool:
        # Not done either, since it was seen: whoever outlived the lease may have finished at this very moment.
        as_seen = {name: seen[name] for name in ("lease", "is_done")}
        return await self._records.update_if(begun.record_id, as_seen, Change(set=fresh)) is not None


def fingerprint_of(path: Mapping[str, str], query: str, raw_body: bytes) -> str:
    """SHA-256 of what was asked; the order of a JSON body's members and its spaces do not count."""
    try:
        body = orjson.dumps(orjson.loads(raw_body), option=orjson.OPT_SORT_KEYS)
    except ValueError:  # none, or numbers beyond what orjson writes
        body = raw_body
    asked = orjson.dumps([sorted(path.items()), query])
    return hashlib.sha256(asked + b"\n" + body).hexdigest()
