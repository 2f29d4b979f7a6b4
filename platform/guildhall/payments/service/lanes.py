"""One source's decisions, many in one compare-and-set: whoever comes first decides for all who wait.

A decision is made on the account as it was last written, which is as it is now unless somebody else took from it since:
its number says so. What another process left as intents is put into the journal, and sealed, before anything new.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.kit.errors import DomainError
from guildhall.kit.storage.versioned import TooBusy
from guildhall.payments.model.balances import INTENTS_MAX, LedgerAccount, Standing
from guildhall.payments.model.entries import Draft, Entry, entry_id
from guildhall.payments.rules.deciding import InsufficientFunds, decide
from guildhall.payments.service.chain import Chain
from guildhall.payments.store import LedgerStore

BATCH_MAX: Final = 64
_ATTEMPTS: Final = 60
_LONGEST_PAUSE_MS: Final = 15


@dataclass(eq=False)
class _Waiting:
    draft: Draft
    entry: Entry | None = None
    is_new: bool = False
    refusal: DomainError | None = None

    @property
    def is_answered(self) -> bool:
        return self.entry is not None or self.refusal is not None


@dataclass(eq=False)
class Lane:
    """Of one source, while anybody needs it; the ledger watches the source for as long."""

    source: str
    store: LedgerStore
    chain: Chain
    clock: Clock
    users: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: list[_Waiting] = field(default_factory=list)
    _account: LedgerAccount | None = None

    async def take(self, draft: Draft) -> tuple[Entry, bool]:
        """The journaled entry, and whether it is new. Raises what `decide` raises, TooBusy, StorageUnavailable."""
        mine = _Waiting(draft)
        self._waiting.append(mine)
        try:
            while not mine.is_answered:
                async with self._lock:
                    if not mine.is_answered:
                        await self._serve()
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
        if mine.refusal is not None:
            raise mine.refusal
        assert mine.entry is not None
        return mine.entry, mine.is_new

    async def adopt(self) -> None:
        """Put what the account still holds as intents into the journal, and offer it to the chain."""
        async with self._lock:
            self._account = None
            await self._read()

    async def _serve(self) -> None:
        batch = self._waiting[:BATCH_MAX]
        try:
            for attempt in range(_ATTEMPTS):
                if await self._attempt(batch):
                    break
                pause_ms = random.uniform(0, _LONGEST_PAUSE_MS) * min(attempt + 1, 4)  # noqa: S311 - spreads, hides nothing
                await asyncio.sleep(pause_ms / 1000)
            else:
                raise TooBusy(self.source)  # noqa: TRY301 - what was read must be forgotten then, too
        except BaseException:
            self._account = None  # what is on disk is not known: the next one reads it
            raise
        for one in batch:
            if one in self._waiting:  # else whoever asked was cancelled meanwhile: booked it is all the same
                self._waiting.remove(one)

    async def _attempt(self, batch: list[_Waiting]) -> bool:
        """Decide all of the batch and write it down; False when another process was faster."""
        account = self._account or await self._read()
        if len(account.unsealed) + len(batch) > INTENTS_MAX:
            await self.chain.settle(self.source, account.number)
            account = await self._read()
        known = await self._known(batch)
        decided, new = self._decide(_standing(account), batch, known)
        if any(isinstance(refusal, InsufficientFunds) for _, refusal in decided):
            # What was brought since it was read is not in it: nobody is told no by an old balance.
            account = await self._read()
            known = await self._known(batch)
            decided, new = self._decide(_standing(account), batch, known)
        if new:
            taken = await self.store.take(account, new, self.clock.now_ms())
            if taken is None:
                self._account = None
                return False
            self._account = taken
            await self.store.add_entries(new)
            self.chain.offer(new)
        made = {entry.id for entry in new}
        for one, (entry, refusal) in zip(batch, decided, strict=True):
            one.entry, one.is_new, one.refusal = entry, entry is not None and entry.id in made, refusal
        return True

    def _decide(
        self, seen: Standing, batch: list[_Waiting], known: dict[str, Entry]
    ) -> tuple[list[tuple[Entry | None, DomainError | None]], list[Entry]]:
        decided: list[tuple[Entry | None, DomainError | None]] = []
        new: list[Entry] = []
        known, now_ms = dict(known), self.clock.now_ms()
        for one in batch:
            try:
                entry, is_new = decide(seen, one.draft, known, now_ms)
            except DomainError as refusal:
                decided.append((None, refusal))
                continue
            decided.append((entry, None))
            if is_new:
                new.append(entry)
                known[entry.id] = entry
                seen = seen.after(entry)
        return decided, new

    async def _known(self, batch: list[_Waiting]) -> dict[str, Entry]:
        """What the journal holds of the keys asked for: looked up after the account was read, so none is missed."""
        ids = [entry_id(self.source, one.draft.key) for one in batch]
        return await self.store.entries([*ids, *(one.draft.of for one in batch if one.draft.of)])

    async def _read(self) -> LedgerAccount:
        account = await self.store.open_account(self.source)
        if account.unsealed:
            await self.store.add_entries(account.unsealed)
            self.chain.offer(account.unsealed)
        self._account = account
        return account


def _standing(account: LedgerAccount) -> Standing:
    return Standing(account.id, account.number, account.amounts)
