"""Sealing and folding: journaled entries become blocks of one hash chain, and each account takes each block over once.

Whoever needs an entry settled takes the lock and does for all who wait what is left to do, so blocks grow as fast as
they are needed. A process appends a block only on top of one that it has folded itself, and only entries that no block
it has looked through holds: so no entry stands in two blocks, whatever two processes believe that they owe.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from guildhall.kit.audit.entry import link
from guildhall.kit.clock import Clock
from guildhall.kit.entries import Entry as Block
from guildhall.kit.ids import new_id
from guildhall.kit.storage.versioned import TooBusy
from guildhall.payments.model.blocks import BLOCK_MAX, SealedEntry, block_event, sealed_entries
from guildhall.payments.model.entries import Entry, Phase
from guildhall.payments.model.pages import Folded
from guildhall.payments.rules.folding import fold
from guildhall.payments.store.ledger import STREAM, JournalDiffers, LedgerStore

_READ: Final = 50
_CATCH_UP_MAX: Final = 20
_CURSOR_EVERY: Final = 16
_ATTEMPTS: Final = 400
_FOLD_ATTEMPTS: Final = 60


class _SomebodyWasFaster(Exception):
    """Another process appended a block that this one has not looked through."""


class Chain:
    def __init__(self, store: LedgerStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()
        self._unsealed: dict[str, dict[str, Entry]] = {}
        """By source, then by id."""
        self._watched: dict[str, int] = {}
        self._sealed_to: dict[str, int] = {}
        """Of the sources that are watched: the newest number in any block that was looked through since."""
        self._cursor: int | None = None
        self._newest: Block | None = None
        self._kept = 0

    async def open(self) -> None:
        """Before anything is watched: where this process begins to look through blocks.

        Found out later, the blocks in between would be ones that it never saw, with entries that it believes to owe.
        """
        async with self._lock:
            if self._cursor is None:
                self._cursor = self._kept = await self._store.cursor()

    def watch(self, source: str) -> None:
        """Before a source's account is read: from here on its numbers in new blocks are remembered."""
        self._watched[source] = self._watched.get(source, 0) + 1

    def unwatch(self, source: str) -> None:
        self._watched[source] -= 1
        if not self._watched[source]:
            del self._watched[source]
            self._sealed_to.pop(source, None)
            # What is left of it was given up by an error, or is another's: the source's own document still has it.
            self._unsealed.pop(source, None)

    def offer(self, entries: Sequence[Entry]) -> None:
        """Entries of a watched source that stand in the journal, in the order of their numbers."""
        for entry in entries:
            self._unsealed.setdefault(entry.source, {})[entry.id] = entry

    def is_settled(self, source: str, number: int) -> bool:
        return self._sealed_to.get(source, 0) >= number

    async def settle(self, source: str, number: int) -> None:
        """Until this entry of a watched source is sealed and folded. Raises TooBusy, StorageUnavailable."""
        for _ in range(_ATTEMPTS):
            if self.is_settled(source, number):
                return
            async with self._lock:
                if not self.is_settled(source, number):
                    await self._advance()
        raise TooBusy(source)

    async def catch_up(self) -> None:
        """Fold all that is sealed by now, and seal what was offered."""
        async with self._lock:
            for _ in range(_CATCH_UP_MAX):  # others go on: this is for what was there when it was called
                if not await self._advance():
                    break
            await self._keep_cursor()

    async def _advance(self) -> bool:
        """One block on, or what others appended meanwhile; False when there was nothing of either."""
        assert self._cursor is not None, "open comes first"
        if batch := self._next_batch():
            try:
                block = await self._append(batch, self._cursor)
            except _SomebodyWasFaster:
                self._newest = None
            else:
                await self._take_over(block, batch)
                return True
        blocks = await self._store.chain.read(STREAM, self._cursor, _READ)
        for block in blocks:
            await self._take_over(block, await self._entries_of(block))
        return bool(blocks)

    def _next_batch(self) -> list[Entry]:
        batch: list[Entry] = []
        for source, offered in list(self._unsealed.items()):
            left = [entry for entry in offered.values() if not self.is_settled(source, entry.number)]
            if len(batch) + len(left) > BLOCK_MAX and batch:
                break  # the entries of one source go in the order of their numbers, so all of them or a first part
            batch.extend(sorted(left, key=lambda entry: entry.number)[:BLOCK_MAX])
        return batch

    async def _append(self, batch: Sequence[Entry], cursor: int) -> Block:
        key, at_ms = new_id("blk", self._clock), self._clock.now_ms()

        def follow(before: Block | None) -> dict[str, Any]:
            if (before.number if before else 0) != cursor:
                raise _SomebodyWasFaster
            return link(block_event(batch), STREAM, key, at_ms, before)

        return await self._store.chain.append_linked(STREAM, key, at_ms, follow, after=self._newest)

    async def _entries_of(self, block: Block) -> list[Entry]:
        sealed = sealed_entries(block)
        found = await self._store.entries(one.id for one in sealed)
        return [_as_sealed(one, found.get(one.id), block.number) for one in sealed]

    async def _take_over(self, block: Block, entries: Sequence[Entry]) -> None:
        """Fold one block everywhere, then look through it: in this order, so that whoever watches from now reads it."""
        work = [self._fold(account, block.number, folded) for account, folded in fold(entries).items()]
        work.extend(self._follow(entry) for entry in entries if entry.phase is not Phase.POSTED)
        await asyncio.gather(*work)
        for entry in entries:
            offered = self._unsealed.get(entry.source, {})
            if offered.pop(entry.id, None) is not None and not offered:
                del self._unsealed[entry.source]
            if entry.source in self._watched:
                self._sealed_to[entry.source] = max(entry.number, self._sealed_to.get(entry.source, 0))
        self._cursor, self._newest = block.number, block
        if block.number - self._kept >= _CURSOR_EVERY:
            await self._keep_cursor()

    async def _keep_cursor(self) -> None:
        """Where a process that begins goes on; blocks after it are folded again, which changes nothing."""
        if self._cursor is not None and self._cursor != self._kept:
            await self._store.move_cursor(self._cursor)
            self._kept = self._cursor

    async def _fold(self, account: str, block: int, folded: Folded) -> None:
        for _ in range(_FOLD_ATTEMPTS):
            seen = await self._store.open_account(account)
            if seen.folded_to >= block or await self._store.fold(seen, block, folded):
                return
        raise TooBusy(account)

    async def _follow(self, entry: Entry) -> None:
        if entry.phase is Phase.PENDING:
            await self._store.watch_pending(entry)
        else:
            await self._store.forget_pending(entry.of)


def _as_sealed(sealed: SealedEntry, entry: Entry | None, block: int) -> Entry:
    if entry is None or entry.hash != sealed.hash:
        raise JournalDiffers(f"{sealed.id} of block {block} is not in the journal as it was sealed.")
    return entry
