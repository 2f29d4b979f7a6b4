"""Numbered logs: nothing acknowledged is ever lost, doubled or reordered.

The one pattern for answers, chat messages, incidents and proctor actions. The client gives every write its own key; the
server stores it under the stream's next number, *then* acknowledges, then announces. An announcement is only a hint:
readers ask for what comes after the last number they have, and compare it with `head`.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakValueDictionary

from guildhall.kit.entries import Entry
from guildhall.kit.storage import Collection, Document, Duplicate, Schema, StorageUnavailable, among, gt, gte, lte

__all__ = ["Entry", "NumberedLog", "log_schema"]

MAX_ATTEMPTS = 200
"""Each lost attempt means that another process appended to the same stream meanwhile."""
LONGEST_PAUSE_MS = 20
KEYED_MAX = 1_000
NEAR = 8
"""So many numbers after a known one are asked for by name, before the whole stream is."""


def log_schema(name: str) -> Schema:
    """The collection of a NumberedLog, which may hold any number of streams."""
    return Schema(name, unique=(("stream", "number"), ("stream", "entry_key")))


class NumberedLog:
    """Appends to and reads streams; any number of processes may hold one over the same collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._appending: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def append(self, stream: str, entry_key: str, at_ms: int, body: Mapping[str, Any]) -> Entry:
        """Store the body as the stream's next entry; the same `entry_key` again returns the first entry unchanged.

        When this returns the entry is on disk. After StorageUnavailable it may or may not be: append it again under the
        same key.
        """
        return await self.append_linked(stream, entry_key, at_ms, lambda _: body)

    async def append_linked(
        self,
        stream: str,
        entry_key: str,
        at_ms: int,
        link: Callable[[Entry | None], Mapping[str, Any]],
        *,
        after: Entry | None = None,
    ) -> Entry:
        """Like `append`, with a body that `link` makes from the entry it will follow (None for the first).

        `link` is called again whenever another writer was faster, so it decides by its argument alone; what it raises
        is raised here, and nothing is stored. `after` is the newest entry as far as the caller knows, which saves
        reading it: the number that follows it is taken, or is not free and the newest is read after all.
        """
        # One at a time in this process, since of several with the same next number all but one would only try again.
        lock = self._appending.setdefault(stream, asyncio.Lock())
        async with lock:
            for attempt in range(MAX_ATTEMPTS):
                # The next number is read, never counted up apart from the insert: a crash between would leave a gap.
                newest = after if after is not None and attempt == 0 else await self.newest(stream, after=after)
                number = newest.number + 1 if newest else 1
                document = {
                    "_id": _id_of(stream, number),
                    "stream": stream,
                    "number": number,
                    "entry_key": entry_key,
                    "at_ms": at_ms,
                    "body": dict(link(newest)),
                }
                try:
                    await self._collection.insert(document)
                except Duplicate:
                    if first := await self.find(stream, entry_key):
                        return first
                    if after is None or attempt:  # else it was only not known here that somebody had appended
                        await asyncio.sleep(random.uniform(0, LONGEST_PAUSE_MS) / 1000)  # noqa: S311 - spreads, hides nothing
                else:
                    return _entry_of(document)
        raise StorageUnavailable(f"Too many are writing to {stream} at once; try again in a moment.")

    async def read(self, stream: str, after: int, limit: int) -> list[Entry]:
        """Entries with a number above `after`, in order, at most `limit`."""
        where = {"stream": stream, "number": gt(after)}
        found = await self._collection.find(where, sort=[("number", 1)], limit=limit)
        return [_entry_of(document) for document in found]

    async def follow(self, stream: str, after: int, limit: int) -> list[Entry]:
        """As `read`, of a stream from which nothing was ever forgotten; for whoever looks again and again.

        They have missed nothing, or little: what can only be among the next few numbers is asked for by its ids. A
        look at ids costs the same however much was written, in databases too that walk through all of it for a range
        (mongo-java-server: 0.7 ms for 30 ms at 6,000 entries, and that much for each who asks at once).
        """
        near = await self._near(stream, after, min(limit, NEAR))
        if len(near) < min(limit, NEAR) or len(near) == limit:
            return near
        return near + await self.read(stream, near[-1].number, limit - len(near))

    async def _near(self, stream: str, after: int, count: int) -> list[Entry]:
        ids = [_id_of(stream, number) for number in range(after + 1, after + 1 + count)]
        found = await self._collection.find({"_id": among(*ids)}, sort=[("number", 1)], limit=count)
        return [_entry_of(document) for document in found]

    async def keyed(self, stream: str, prefix: str, limit: int) -> list[Entry]:
        """The newest `limit` entries whose key begins with `prefix`, the newest first; for writers that name keys so.

        One look at an index that stands anyway. Of more than `KEYED_MAX` only that many are looked at: give a prefix
        that few entries have.
        """
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        where = {"stream": stream, "entry_key": gte(prefix) & lte(after)}
        found = await self._collection.find(where, sort=[("entry_key", 1)], limit=KEYED_MAX)
        entries = [_entry_of(document) for document in found if document["entry_key"] != after]
        return sorted(entries, key=lambda entry: entry.number, reverse=True)[:limit]

    async def head(self, stream: str) -> int:
        """The newest entry's number; 0 for a stream without entries."""
        newest = await self.newest(stream)
        return newest.number if newest else 0

    async def newest(self, stream: str, *, after: Entry | None = None, least: int = 0) -> Entry | None:
        """The newest entry of a stream.

        `after` is one that is known to be there, or `least` the number of one: numbers have no gap, so what follows it
        is near most times, and found by its id.
        """
        start = after.number if after is not None else least - 1
        if start >= 0:
            near = await self._near(stream, start, NEAR)
            if len(near) < NEAR and (near or after is not None):
                return near[-1] if near else after
        found = await self._collection.find({"stream": stream}, sort=[("number", -1)], limit=1)
        return _entry_of(found[0]) if found else None

    async def forget(self, stream: str, up_to: int) -> int:
        """Delete entries up to this number, for whoever may not keep them; how many there were.

        What is left no longer begins with the first one, so this is for streams that end with it.
        """
        return await self._collection.delete({"stream": stream, "number": lte(up_to)})

    async def find(self, stream: str, entry_key: str) -> Entry | None:
        """The entry that was stored under this key."""
        found = await self._collection.find({"stream": stream, "entry_key": entry_key}, limit=1)
        return _entry_of(found[0]) if found else None


def _id_of(stream: str, number: int) -> str:
    return f"{stream}/{number:012}"


def _entry_of(document: Document) -> Entry:
    return Entry(document["stream"], document["number"], document["entry_key"], document["at_ms"], document["body"])
