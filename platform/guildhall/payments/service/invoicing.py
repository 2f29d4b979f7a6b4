"""Invoices follow the ledger: what its chain says was earned is invoiced, once, under the next number of its issuer.

A number is taken by a compare-and-set on the series, with the whole invoice as an intent in the same document; whoever
comes next writes the intents into the collection and crosses them out. So a number has its invoice whoever dies, and an
entry has one number however many look at it: who takes one has read the series before asking whether the invoice is
there, and loses the compare-and-set if anybody wrote or crossed out one since.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final
from weakref import WeakValueDictionary

from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import MAX_ATTEMPTS, TooBusy
from guildhall.payments.model.blocks import sealed_entries
from guildhall.payments.model.chart import HOUSE
from guildhall.payments.model.entries import Entry
from guildhall.payments.model.invoices import INTENTS_MAX, BillingDetails, Invoice, InvoiceSeries, Party
from guildhall.payments.rules.fee_tax import Tax, tax_between
from guildhall.payments.rules.invoicing import (
    INVOICED,
    Wanted,
    draw_up,
    is_as_booked,
    is_as_issued,
    may_lead_to_some,
    take_back,
    wanted_of,
)
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store.flows import FlowStore
from guildhall.payments.store.invoices import InvoiceStore
from guildhall.payments.store.ledger import STREAM, LedgerStore

_BLOCKS: Final = 20
_REMEMBERED_BLOCKS: Final = 64
"""So often the place in the chain is written down on a long way; looking through some again does no harm."""
_PAUSE_S: Final = 0.015
NameOf = Callable[[str], Awaitable[str]]


class Invoicing:
    """Any number of processes may have one over the same database."""

    def __init__(
        self,
        store: InvoiceStore,
        ledger: LedgerStore,
        flows: FlowStore,
        clock: Clock,
        settings: PaymentsSettings,
        name_of: NameOf | None = None,
    ) -> None:
        """`name_of` gives the name of an account or an organisation, for whoever gave no billing details."""
        self.store = store
        self._ledger = ledger
        self._flows = flows
        self._clock = clock
        self._settings = settings
        self._name_of = name_of
        self._taking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def look(self) -> None:
        """The job's: what was begun and not finished, and what the ledger has sealed since."""
        async for page in self.store.unsettled():
            for series in page:
                await self._carry_out(series.id)
        after = number = await self.store.cursor()
        async for number, entry, of in self._earned(after):
            if entry is not None and of is not None:
                for wanted in await self._wanted(entry, of):
                    await self.issue(wanted, entry, of)
            elif number % _REMEMBERED_BLOCKS == 0:
                await self.store.move_cursor(number)
        if number > after:
            await self.store.move_cursor(number)

    async def issue(self, wanted: Wanted, entry: Entry, of: Entry) -> None:
        """Take the next number for it, if nobody has. Raises TooBusy."""
        if wanted.credits:
            hold = await self._flows.holds.read(of.refs["hold"])
            for first in wanted_of(of, of, hold):
                if first.key == wanted.credits:
                    await self.issue(first, of, of)
        # One at a time in this process, since of several with the same next number all but one would only try again.
        async with self._taking.setdefault(wanted.series, asyncio.Lock()):
            for attempt in range(MAX_ATTEMPTS):
                series = await self.store.open_series(wanted.series, self._clock.now_ms())
                if any(intent.key == wanted.key for intent in series.intents) or len(series.intents) >= INTENTS_MAX:
                    await self._carry_out(series.id)
                    continue
                if await self.store.by_keys(wanted.key):
                    return
                invoice = await self._draw_up(wanted, entry, of, series)
                taken = {
                    "number": invoice.number,
                    "issued_at_ms": invoice.issued_at_ms,
                    "intents": (*series.intents, invoice),
                    "unsettled": True,
                }
                now_ms = self._clock.now_ms()
                if await self.store.series.replace(series, series.model_copy(update=taken), now_ms) is not None:
                    await self._carry_out(series.id)
                    return
                await asyncio.sleep(random.uniform(0, _PAUSE_S) * min(attempt + 1, 4))  # noqa: S311 - spreads
        raise TooBusy(wanted.series)

    async def read(self, invoice_id: str, readers: frozenset[str] | None) -> Invoice:
        """Of whoever issued it or is to pay it; with no readers any. Raises NotFound."""
        found = await self.store.get(invoice_id)
        if found is None or not (readers is None or {found.issuer, found.payer} & readers):
            raise NotFound(f"There is no invoice {invoice_id}.")
        return found

    async def billing(self, owner: str) -> BillingDetails:
        """What somebody says about themselves, or as much as is known."""
        if owner == HOUSE:
            return self._house()
        if (found := await self.store.billing.get(owner)) is not None:
            return found
        name = await self._name_of(owner) if self._name_of is not None else ""
        return BillingDetails(id=owner, created_at_ms=0, party=Party(name=name or owner))

    async def tax_of_fee(self, payee: str) -> Tax:
        """Within what the house invoices this payee now."""
        return tax_between(self._house(), await self.store.billing.get(payee))

    async def set_billing(self, owner: str, party: Party, tax_basis_points: int) -> BillingDetails:
        """For invoices from now on."""
        now_ms = self._clock.now_ms()
        new = BillingDetails(id=owner, created_at_ms=now_ms, party=party, tax_basis_points=tax_basis_points)
        try:
            await self.store.billing.add(new)
        except Duplicate:
            given = {"party": party, "tax_basis_points": tax_basis_points}
            return await self.store.billing.change(owner, now_ms, lambda seen: seen.model_copy(update=given))
        return new

    def _house(self) -> BillingDetails:
        house = self._settings.house
        party = Party(name=house.name, address=house.address, country=house.country, tax_id=house.tax_id)
        return BillingDetails(id=HOUSE, created_at_ms=0, party=party, tax_basis_points=house.tax_basis_points)

    async def check(self) -> list[str]:
        """The reconciliation's: every number has its invoice as it was issued, and all say what the ledger says."""
        until = await self.store.cursor()
        faults, found, waiting = [], dict[str, Invoice](), dict[str, Invoice]()
        after_id = ""
        while page := await self.store.series_after(after_id):
            for series in page:
                waiting |= {intent.key: intent for intent in series.intents}
                faults += [fault async for fault in self._faults_of(series, found)]
            after_id = page[-1].id
        explained = set()
        async for _, entry, of in self._earned(0, until):
            for wanted in await self._wanted(entry, of) if entry and of else ():
                explained.add(wanted.key)
                # One that was issued since the series were read is no fault.
                invoice = found.get(wanted.key) or waiting.get(wanted.key)
                invoice = invoice or (await self.store.by_keys(wanted.key)).get(wanted.key)
                if invoice is None or not is_as_booked(invoice, wanted):
                    name, tax = invoice.name if invoice else "no invoice", f", {wanted.tax_minor} of it tax,"
                    earned = f"{wanted.minor}{tax if wanted.tax_minor else ''} for {wanted.issuer}"
                    faults.append(f"{wanted.key} earned {earned}, and {name} says otherwise.")
        newer = {wanted async for wanted in self._since(until)}
        strays = found.keys() - explained - newer
        return faults + [f"{found[key].name} of {found[key].issuer} is for nothing in the ledger." for key in strays]

    async def _faults_of(self, series: InvoiceSeries, found: dict[str, Invoice]) -> AsyncIterator[str]:
        waiting = {intent.number for intent in series.intents}
        expected = 0
        while page := await self.store.numbered(series.id, expected):
            for invoice in page:
                for missing in range(expected + 1, min(invoice.number, series.number + 1)):
                    if missing not in waiting:
                        yield f"Number {missing} of {series.id} is missing."
                expected = invoice.number
                found[invoice.key] = invoice
                if not is_as_issued(invoice):
                    yield f"{invoice.name} of {invoice.issuer} is not as it was issued."
        for missing in range(expected + 1, series.number + 1):
            if missing not in waiting:
                yield f"Number {missing} of {series.id} is missing."

    async def _since(self, block: int) -> AsyncIterator[str]:
        async for _, entry, of in self._earned(block):
            if entry is not None and of is not None:
                for wanted in await self._wanted(entry, of):
                    yield wanted.key

    async def _earned(self, after: int, until: int = 2**53) -> AsyncIterator[tuple[int, Entry | None, Entry | None]]:
        """Block by block, what leads to invoices with what it is about; and after each block its number alone."""
        while blocks := await self._ledger.chain.read(STREAM, after, _BLOCKS):
            for block in blocks:
                if block.number > until:
                    return
                ids = [sealed.id for sealed in sealed_entries(block) if may_lead_to_some(sealed.id)]
                entries = await self._ledger.entries(ids)
                firsts = await self._ledger.entries(one.reverses for one in entries.values() if one.reverses)
                for entry_id in ids:
                    if (entry := entries.get(entry_id)) is None:
                        continue  # the proof of the ledger says that it is gone
                    of = firsts.get(entry.reverses) if entry.reverses else entry
                    if of is not None and of.purpose in INVOICED and "hold" in of.refs:
                        yield block.number, entry, of
                yield block.number, None, None
            after = blocks[-1].number

    async def _wanted(self, entry: Entry, of: Entry) -> tuple[Wanted, ...]:
        hold = await self._flows.holds.get(of.refs["hold"])
        return () if hold is None else wanted_of(entry, of, hold)

    async def _draw_up(self, wanted: Wanted, entry: Entry, of: Entry, series: InvoiceSeries) -> Invoice:
        invoice_id, now_ms = new_id("inv", self._clock), self._clock.now_ms()
        if wanted.credits:
            credited = (await self.store.by_keys(wanted.credits))[wanted.credits]
            return take_back(invoice_id, wanted, entry, credited, series, now_ms)
        issuer, payer = await self.billing(wanted.issuer), await self.billing(wanted.payer)
        subject = of.refs.get("subject", "")
        return draw_up(invoice_id, wanted, entry, subject, issuer, payer, series, now_ms)

    async def _carry_out(self, series_id: str) -> None:
        """Write the invoices whose numbers were taken, and cross them out."""
        series = await self.store.series.read(series_id)
        if not series.intents:
            return
        for invoice in series.intents:
            await self.store.add(invoice)
        written = {invoice.key for invoice in series.intents}

        def crossed_out(seen: InvoiceSeries) -> InvoiceSeries:
            left = tuple(intent for intent in seen.intents if intent.key not in written)
            if left == seen.intents:
                return seen
            return seen.model_copy(update={"intents": left, "unsettled": bool(left)})

        await self.store.series.change(series_id, self._clock.now_ms(), crossed_out)
