"""The collections of the ledger."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from typing import Final

from pydantic import ValidationError

from guildhall.kit.storage import Change, Document, Duplicate, Schema, Storage, StorageUnavailable, among, gt, lte
from guildhall.kit.streams import NumberedLog, log_schema
from guildhall.payments.model.balances import LedgerAccount
from guildhall.payments.model.chart import split_account
from guildhall.payments.model.entries import Entry
from guildhall.payments.model.pages import Folded, OpenPending, StatementPage
from guildhall.payments.model.reconciliations import Reconciliation

JOURNAL = Schema("ledger_journal", unique=(("source", "number"),), index=(("at_ms",),))
ACCOUNTS = Schema("ledger_accounts", index=(("unsettled_since_ms",), ("owner", "kind")))
PAGES = Schema("ledger_pages", unique=(("account", "block"),))
PENDINGS = Schema("ledger_pendings", index=(("expires_at_ms",),))
CURSORS = Schema("ledger_cursors")
RECONCILIATIONS = Schema("ledger_reconciliations", index=(("at_ms",),))
CHAIN = log_schema("ledger_chain")
STREAM: Final = "journal"
PAGE: Final = 200


class JournalDiffers(StorageUnavailable):
    """The journal holds something else under this key or number: it was changed by hand. `verify` says where."""


class LedgerStore:
    """Used by the ledger's service and jobs."""

    def __init__(self, storage: Storage) -> None:
        self._journal = storage.collection(JOURNAL)
        self._accounts = storage.collection(ACCOUNTS)
        self._pages = storage.collection(PAGES)
        self._pendings = storage.collection(PENDINGS)
        self._cursors = storage.collection(CURSORS)
        self._reconciliations = storage.collection(RECONCILIATIONS)
        self._chain = storage.collection(CHAIN)
        self.chain = NumberedLog(self._chain)

    async def ensure(self) -> None:
        for one in (self._journal, self._accounts, self._pages, self._pendings, self._cursors, self._chain):
            await one.ensure()
        await self._reconciliations.ensure()

    async def entries(self, ids: Iterable[str]) -> dict[str, Entry]:
        """Those of the journal by their ids; at most a thousand."""
        wanted = tuple(dict.fromkeys(ids))
        if not wanted:
            return {}
        found = await self._journal.find({"_id": among(*wanted)}, limit=len(wanted))
        return {document["_id"]: Entry.model_validate(document) for document in found}

    async def add_entries(self, entries: Sequence[Entry]) -> None:
        """Into the journal; those that are there already stay. Raises JournalDiffers."""
        await asyncio.gather(*(self._add_entry(entry) for entry in entries))

    async def readable_entries(self, ids: Iterable[str]) -> dict[str, Entry | None]:
        """Like `entries`, with None for what was changed so that it is none any more."""
        wanted = tuple(dict.fromkeys(ids))
        found = await self._journal.find({"_id": among(*wanted)}, limit=max(1, len(wanted)))
        return {document["_id"]: _entry_or_none(document) for document in found}

    async def journal_ids_after(self, after_id: str) -> list[str]:
        where = {"_id": gt(after_id)}
        return [document["_id"] for document in await self._journal.find(where, sort=(("_id", 1),), limit=PAGE)]

    async def account(self, account: str) -> LedgerAccount | None:
        found = await self._accounts.get(account)
        return None if found is None else LedgerAccount.model_validate(found)

    async def open_account(self, account: str) -> LedgerAccount:
        """The account, made where there is none."""
        found = await self.account(account)
        if found is None:
            kind, owner, currency = split_account(account)
            new = LedgerAccount(id=account, kind=kind, owner=owner, currency=currency)
            with contextlib.suppress(Duplicate):
                await self._accounts.insert(new.model_dump(mode="json", by_alias=True))
            found = await self.account(account)
        assert found is not None
        return found

    async def accounts_after(self, after_id: str) -> list[LedgerAccount]:
        found = await self._accounts.find({"_id": gt(after_id)}, sort=(("_id", 1),), limit=PAGE)
        return [LedgerAccount.model_validate(document) for document in found]

    async def accounts_of(self, owner: str) -> list[LedgerAccount]:
        """All of them: as many as there are kinds and currencies."""
        found: list[LedgerAccount] = []
        while page := await self._accounts.find(
            {"owner": owner, "_id": gt(found[-1].id if found else "")}, sort=(("_id", 1),), limit=PAGE
        ):
            found += [LedgerAccount.model_validate(document) for document in page]
        return found

    async def unsettled(self, until_ms: int, after_id: str = "") -> list[LedgerAccount]:
        """With intents since then that nobody has sealed; a page of them."""
        where = {"unsettled_since_ms": gt(0) & lte(until_ms), "_id": gt(after_id)}
        found = await self._accounts.find(where, sort=(("_id", 1),), limit=PAGE)
        return [LedgerAccount.model_validate(document) for document in found]

    async def take(self, seen: LedgerAccount, new: Sequence[Entry], at_ms: int) -> LedgerAccount | None:
        """The decision: entries become intents of their source, if it took none since it was read."""
        intents = [entry.model_dump(mode="json", by_alias=True) for entry in (*seen.unsealed, *new)]
        change = Change(set={"number": new[-1].number, "intents": intents, "unsettled_since_ms": at_ms})
        found = await self._accounts.update_if(seen.id, {"number": seen.number}, change)
        return None if found is None else LedgerAccount.model_validate(found)

    async def fold(self, seen: LedgerAccount, block: int, folded: Folded) -> bool:
        """Take one block over, if none was since the account was read; its page is written first."""
        page = StatementPage(
            id=f"{seen.id}/{block:012}",
            account=seen.id,
            block=block,
            postings=folded.postings,
            after=seen.folded + folded.change,
        )
        with contextlib.suppress(Duplicate):
            await self._pages.insert(page.model_dump(mode="json", by_alias=True))
        counted = folded.change.model_dump()
        increments = {f"folded.{name}": value for name, value in counted.items() if value}
        change = Change(set={"folded_to": block}, inc=increments, max={"sealed_to": folded.sealed_to})
        expect: dict[str, int] = {"folded_to": seen.folded_to}
        if seen.intents and seen.number <= max(folded.sealed_to, seen.sealed_to):
            # All its intents are sealed: let go of them, unless it takes more at this moment. That block will then.
            done = {"folded_to": block, "intents": [], "unsettled_since_ms": 0}
            tidy = Change(set=done, inc=increments, max={"sealed_to": folded.sealed_to})
            if await self._accounts.update_if(seen.id, {**expect, "number": seen.number}, tidy) is not None:
                return True
        return await self._accounts.update_if(seen.id, expect, change) is not None

    async def settle(self, seen: LedgerAccount) -> None:
        """Forget intents that are all sealed, of an account that takes nothing now."""
        done = Change(set={"intents": [], "unsettled_since_ms": 0})
        await self._accounts.update_if(seen.id, {"number": seen.number, "sealed_to": seen.number}, done)

    async def pages(self, account: str, after_block: int, limit: int) -> list[StatementPage]:
        where = {"account": account, "block": gt(after_block)}
        found = await self._pages.find(where, sort=(("block", 1),), limit=limit)
        return [StatementPage.model_validate(document) for document in found]

    async def page_until(self, account: str, block: int) -> StatementPage | None:
        """The newest page of an account up to and with a block."""
        where = {"account": account, "block": lte(block)}
        found = await self._pages.find(where, sort=(("block", -1),), limit=1)
        return StatementPage.model_validate(found[0]) if found else None

    async def watch_pending(self, entry: Entry) -> None:
        pending = OpenPending(id=entry.id, source=entry.source, expires_at_ms=entry.expires_at_ms)
        with contextlib.suppress(Duplicate):
            await self._pendings.insert(pending.model_dump(mode="json", by_alias=True))

    async def forget_pending(self, entry: str) -> None:
        await self._pendings.delete({"_id": entry})

    async def expired(self, now_ms: int, after_id: str = "") -> list[OpenPending]:
        """A page of them."""
        where = {"expires_at_ms": gt(0) & lte(now_ms), "_id": gt(after_id)}
        found = await self._pendings.find(where, sort=(("_id", 1),), limit=PAGE)
        return [OpenPending.model_validate(document) for document in found]

    async def cursor(self) -> int:
        """The number of the last block that every account has taken over."""
        found = await self._cursors.get(STREAM)
        return int(found["number"]) if found else 0

    async def move_cursor(self, number: int) -> None:
        await self._cursors.upsert(STREAM, {}, Change(max={"number": number}))

    async def reconciliation(self, reconciliation_id: str) -> Reconciliation | None:
        found = await self._reconciliations.get(reconciliation_id)
        return None if found is None else Reconciliation.model_validate(found)

    async def reconciliations(self, limit: int) -> list[Reconciliation]:
        """The newest first."""
        found = await self._reconciliations.find({}, sort=(("at_ms", -1),), limit=limit)
        return [Reconciliation.model_validate(document) for document in found]

    async def add_reconciliation(self, made: Reconciliation) -> None:
        """Raises Duplicate."""
        await self._reconciliations.insert(made.model_dump(mode="json", by_alias=True))

    async def _add_entry(self, entry: Entry) -> None:
        try:
            await self._journal.insert(entry.model_dump(mode="json", by_alias=True))
        except Duplicate:
            there = (await self.entries([entry.id])).get(entry.id)
            if there != entry:
                raise JournalDiffers(f"The journal holds something else than {entry.id}.") from None


def _entry_or_none(document: Document) -> Entry | None:
    try:
        return Entry.model_validate(document)
    except ValidationError:
        return None
