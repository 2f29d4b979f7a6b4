"""Collections of versioned documents: read, decide on what was read (pure), write back whole if nobody wrote since.

Whoever loses the compare-and-set reads again and decides again, so what one document holds is settled by one write.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from guildhall.kit.documents import VersionedDocument
from guildhall.kit.errors import DomainError, Unavailable
from guildhall.kit.storage.port import Change, Collection, Query, Sort, gt

MAX_ATTEMPTS = 60
"""Compare-and-sets that lose before giving up; each lost one means that somebody else's won."""
LONGEST_PAUSE_MS = 15
PAGE = 100

D = TypeVar("D", bound=VersionedDocument)


class TooBusy(Unavailable):
    """Many are changing the same document, or what must follow its last changes cannot be carried out now."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"{document_id} is being changed by many at once. Try again in a moment.")


class Documents(Generic[D]):
    """One collection of versioned documents; a domain's `store.py` makes it."""

    def __init__(
        self,
        collection: Collection,
        model: type[D],
        missing: Callable[[str], DomainError],
        fixed: frozenset[str] = frozenset(),
        today: Callable[[D], D] | None = None,
    ) -> None:
        """`fixed` are fields that stay as they were added, and need not be written again with every change.

        `today` makes of a document from before what one is now, as it is read; the next change of it stores that.
        """
        self._collection = collection
        self._unwritten = {"id", "rev", "updated_at_ms", *fixed}
        self._model = model
        self._missing = missing
        self._today = today
        self.written: Callable[[D], Awaitable[None]] | None = None
        """Called with each document that was added or changed, once it is stored: for hints, as a kill loses it."""

    async def ensure(self) -> None:
        await self._collection.ensure()

    async def add(self, document: D) -> None:
        """Raises Duplicate."""
        await self._collection.insert(document.model_dump(mode="json", by_alias=True))
        if self.written is not None:
            await self.written(document)

    async def get(self, document_id: str) -> D | None:
        found = await self._collection.get(document_id) if document_id else None
        return None if found is None else self._read(found)

    async def read(self, document_id: str) -> D:
        """The document, or the collection's NotFound."""
        found = await self.get(document_id)
        if found is None:
            raise self._missing(document_id)
        return found

    async def find(self, where: Query, *, limit: int, sort: Sort = ()) -> list[D]:
        """In the order of `sort`, then of their ids."""
        found = await self._collection.find(where, sort=sort, limit=limit)
        return [self._read(document) for document in found]

    def _read(self, document: Mapping[str, Any]) -> D:
        stored = self._model.model_validate(document)
        return stored if self._today is None else self._today(stored)

    async def pages(self, where: Query, *, limit: int = PAGE) -> AsyncIterator[list[D]]:
        """All of them, `limit` at a time by their ids: what a job leaves as it was hides none behind it."""
        after = ""
        while page := await self.find({**where, "_id": gt(after)}, sort=(("_id", 1),), limit=limit):
            yield page
            if len(page) < limit:
                return
            after = page[-1].id

    async def count(self, where: Query) -> int:
        return await self._collection.count(where)

    async def replace(self, seen: D, new: D, at_ms: int) -> D | None:
        """The document as `new` if nobody has changed it since `seen` was read. Raises Duplicate."""
        fields = new.model_dump(mode="json", by_alias=True, exclude=self._unwritten)
        change = Change(set={**fields, "updated_at_ms": at_ms}, inc={"rev": 1})
        found = await self._collection.update_if(seen.id, {"rev": seen.rev}, change)
        if found is None:
            return None
        changed = self._read(found)
        if self.written is not None:
            await self.written(changed)
        return changed

    async def change(
        self, document_id: str, at_ms: int, decide: Callable[[D], D], *, after: D | None = None
    ) -> D:  # fmt: skip
        """Apply a pure decision to the document as it is; what it returns unchanged is not written.

        `after` is the document as far as the caller knows, which saves reading it where nobody has changed it. Raises
        what `decide` raises, the collection's NotFound, Duplicate, or TooBusy.
        """
        for attempt in range(MAX_ATTEMPTS):
            seen = after if after is not None and attempt == 0 else await self.read(document_id)
            new = decide(seen)
            if new is seen:
                return seen
            if (changed := await self.replace(seen, new, at_ms)) is not None:
                return changed
            pause_ms = random.uniform(0, LONGEST_PAUSE_MS) * min(attempt + 1, 4)  # noqa: S311 - spreads, hides nothing
            await asyncio.sleep(pause_ms / 1000)
        raise TooBusy(document_id)

    async def rewrite(self, after: str, limit: int, at_ms: int, decide: Callable[[D], D]) -> str:
        """Store as they are now, and as `decide` says, the next so many behind the id `after`.

        What is so already is not written. Gives the id of the last one, or nothing where the end was reached.
        """
        found = await self._collection.find({"_id": gt(after)}, sort=(("_id", 1),), limit=limit)
        for document in found:
            stored = self._model.model_validate(document)
            new = decide(stored if self._today is None else self._today(stored))
            if new is not stored and await self.replace(stored, new, at_ms) is None:
                await self.change(stored.id, at_ms, decide)  # whoever was faster has stored it as it is now
        return str(found[-1]["_id"]) if len(found) == limit else ""

    async def delete(self, where: Mapping[str, Any]) -> int:
        return await self._collection.delete(where)
