"""The verbs of the ledger: post, reserve, resolve, reverse; and what an account holds, and why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from guildhall.kit.clock import Clock
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.payments.model.balances import LedgerAccount
from guildhall.payments.model.entries import REVERSED, Draft, Entry, Line, Lines, Phase, source_of_id
from guildhall.payments.model.pages import StatementPage
from guildhall.payments.rules.deciding import NoSuchEntry
from guildhall.payments.rules.drafting import NotAnEntry, check_draft, resolving, source_of
from guildhall.payments.service.chain import Chain
from guildhall.payments.service.lanes import Lane
from guildhall.payments.store import LedgerStore

log = get_logger(__name__)


class Ledger:
    """Any number of processes may have one over the same database."""

    def __init__(self, store: LedgerStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.chain = Chain(store, clock)
        self._lanes: dict[str, Lane] = {}

    async def post(self, draft: Draft) -> Entry:
        """Book it: on disk, sealed, and in every balance when this returns. The same again gives the first entry.

        Raises NotAnEntry, InsufficientFunds, KeyTaken; TooBusy or StorageUnavailable when it is not known whether it
        was booked: ask again with the same key.
        """
        check_draft(draft)
        source = source_of_id(draft.of) if draft.phase is Phase.RESOLVING else source_of(draft.lines)
        async with self._lane(source) as lane:
            entry, is_new = await lane.take(draft)
            if is_new:
                await self.chain.settle(source, entry.number)
            else:
                await self._finish(lane, entry)
        return entry

    async def resolve(
        self, pending: str, purpose: str, by: str, lines: Lines = (), refs: dict[str, str] | None = None
    ) -> Entry:
        """Post a pending entry with these lines, which may take less than it reserves; without any it is voided.

        Raises AlreadyResolved, PendingExpired, NoSuchEntry, and what `post` raises.
        """
        return await self.post(resolving(pending, purpose, by, lines, refs or {}))

    async def reverse(self, entry: str, purpose: str, by: str, refs: dict[str, str] | None = None) -> Entry:
        """The only way to correct: the same lines the other way round, once. Raises NoSuchEntry, InsufficientFunds."""
        first = (await self.store.entries([entry])).get(entry)
        if first is None:
            raise NoSuchEntry(entry)
        if first.phase is Phase.PENDING or not first.lines:
            raise NotAnEntry(f"{entry} has moved nothing yet: what is pending is voided.")
        lines = tuple(Line(account=line.account, minor=-line.minor) for line in first.lines)
        draft = Draft(
            key=f"{REVERSED}{entry}"[:200], purpose=purpose, by=by, lines=lines, reverses=entry, refs=refs or {}
        )
        return await self.post(draft)

    async def balance(self, account: str) -> LedgerAccount:
        """As it is at this moment; of an account that nothing was booked to: nothing."""
        return await self.store.open_account(account)

    async def explain(self, account: str, after_block: int = 0, limit: int = 50) -> list[StatementPage]:
        """Why an account holds what it holds, from the first line on."""
        return await self.store.pages(account, after_block, limit)

    async def expire(self) -> int:
        """The job's: void what is pending beyond its time; how many."""
        count, after, now_ms = 0, "", self.clock.now_ms()
        while expired := await self.store.expired(now_ms, after):
            for pending in expired:
                await self._expire(pending.id)
            count, after = count + len(expired), expired[-1].id
        return count

    async def recover(self, until_ms: int) -> int:
        """The job's: finish what a process left that died between a decision and its block; how many accounts."""
        await self.chain.open()
        await self.chain.catch_up()
        count, after = 0, ""
        while left := await self.store.unsettled(until_ms, after):
            for one in left:
                await self._recover(one.id)
            count, after = count + len(left), left[-1].id
        return count

    async def _recover(self, account_id: str) -> None:
        async with self._lane(account_id) as lane:
            # Read since it is watched: what others have sealed before that would be waited for in vain.
            account = await self.store.open_account(account_id)
            if account.unsealed:
                await lane.adopt()
                await self.chain.settle(account.id, account.number)
            await self.store.settle(account)

    async def _expire(self, pending: str) -> None:
        try:
            await self.resolve(pending, "expire", "system:calendar")
        except DomainError as refusal:
            if refusal.type == "already-resolved":
                await self.store.forget_pending(pending)
            else:
                log.warning("pending_does_not_expire", pending=pending, reason=refusal.detail)

    async def _finish(self, lane: Lane, entry: Entry) -> None:
        """Of an entry that was there already: whoever booked it may not have come to its end."""
        account = await self.store.account(entry.source)
        if account is None or account.sealed_to < entry.number:
            await lane.adopt()
            await self.chain.settle(entry.source, entry.number)
        await self.chain.catch_up()

    @asynccontextmanager
    async def _lane(self, source: str) -> AsyncIterator[Lane]:
        await self.chain.open()
        lane = self._lanes.get(source)
        if lane is None:
            self.chain.watch(source)
            lane = self._lanes[source] = Lane(source, self.store, self.chain, self.clock)
        lane.users += 1
        try:
            yield lane
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[source]
                self.chain.unwatch(source)
