"""Statements: one account in one month. Balances are of the ledger's pages, lines of its journal, and both must agree.

A line belongs to the month in which the chain took it: so the statement of a month that is over never changes again,
whatever a process that died had decided before and somebody seals only now.
"""

from dataclasses import dataclass
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Invalid, NotFound
from guildhall.payments.model.chart import split_account
from guildhall.payments.model.entries import Entry
from guildhall.payments.model.pages import StatementPage
from guildhall.payments.model.statements import Statement, StatementLine
from guildhall.payments.rules.stating import STATED, bounds_of, line_of, month_of
from guildhall.payments.store import LedgerStore
from guildhall.payments.store.ledger import STREAM

LINES_MAX: Final = 5_000
_PAGES: Final = 200
_IDS: Final = 500
_BACK: Final = 64
"""So many blocks before a month's first may be from a machine whose clock was ahead."""


@dataclass(frozen=True, slots=True)
class Stating:
    store: LedgerStore
    clock: Clock

    async def state(self, owner: str, account: str, month: str) -> Statement:
        """Raises NotFound for an account that is not the owner's own, Invalid for no month or one with too much."""
        begins_ms, ends_ms = bounds_of(month)
        try:
            kind, whose, currency = split_account(account)
        except ValueError:
            raise NotFound(f"There is no account {account}.") from None
        found = await self.store.account(account) if whose == owner and kind in STATED else None
        if found is None:
            raise NotFound(f"There is no account {account}.")
        after, until = await self._blocks_before(begins_ms), await self._blocks_before(ends_ms)
        before = await self.store.page_until(account, after)
        opening = closing = before.after.posted if before else 0
        pages = await self._pages(account, after, until)
        if pages:
            newest = pages[-1]
            closing = found.folded.posted if found.folded_to == newest.block else newest.after.posted
        lines = await self._lines(account, opening, pages)
        oldest = await self.store.pages(account, 0, 1)
        now_ms = self.clock.now_ms()
        return Statement(
            account=account,
            currency=currency,
            month=month,
            first_month=month_of(await self._booked_ms(oldest[0].block)) if oldest else "",
            opening_minor=opening,
            lines=lines,
            closing_minor=closing,
            gap_minor=closing - opening - sum(line.minor for line in lines),
            until_ms=min(ends_ms, now_ms),
            is_over=now_ms >= ends_ms,
        )

    async def _pages(self, account: str, after: int, until: int) -> list[StatementPage]:
        pages: list[StatementPage] = []
        count = 0
        while read := await self.store.pages(account, after, _PAGES):
            wanted = [page for page in read if page.block <= until]
            pages += wanted
            count += sum(len(page.postings) for page in wanted)
            if count > LINES_MAX:
                raise Invalid(f"More than {LINES_MAX} lines in one month: ask finance for them in parts.")
            if len(wanted) < len(read):
                break
            after = read[-1].block
        return pages

    async def _lines(self, account: str, opening: int, pages: list[StatementPage]) -> tuple[StatementLine, ...]:
        """What the journal has of them; one that is gone there, or unreadable, is missing here too."""
        ids = [posting.entry for page in pages for posting in page.postings]
        entries: dict[str, Entry] = {}
        for start in range(0, len(ids), _IDS):
            read = await self.store.readable_entries(ids[start : start + _IDS])
            entries |= {entry_id: entry for entry_id, entry in read.items() if entry is not None}
        lines: list[StatementLine] = []
        balance = opening
        for page in pages:
            for posting in page.postings:
                if (entry := entries.get(posting.entry)) is None:
                    continue  # the gap says how much it was
                line = line_of(entry, account, balance)
                if line.minor:
                    lines.append(line)
                    balance = line.balance_minor
        return tuple(lines)

    async def _blocks_before(self, at_ms: int) -> int:
        """The number of the last block from before this time; 0 for none."""
        low, high = 0, await self.store.chain.head(STREAM)
        while low < high:
            middle = (low + high + 1) // 2
            if await self._booked_ms(middle) < at_ms:
                low = middle
            else:
                high = middle - 1
        # Clocks of machines differ a little, so that times do not always grow: the first block of the time decides.
        near = await self.store.chain.read(STREAM, max(0, low - _BACK), min(_BACK, low)) if low else []
        return next((block.number - 1 for block in near if block.at_ms >= at_ms), low)

    async def _booked_ms(self, block: int) -> int:
        found = await self.store.chain.read(STREAM, block - 1, 1)
        return found[0].at_ms if found else 0
