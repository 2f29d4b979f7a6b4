"""A bank's reports on files (pain.002): what it rejects has failed; what it accepts is paid once a statement says so.

A report is on disk before anything is made of it, and all that follows may be done again. What fits nothing of ours
waits beside the lines of statements that match nothing; no money moves by a report, so one person sees to it.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.passes import carry_out_all
from guildhall.kit.storage import Duplicate
from guildhall.payments.lifecycle import PayoutState
from guildhall.payments.model.flows import ProviderEvent
from guildhall.payments.model.reports import BankReport, StatusReport, Verdict
from guildhall.payments.model.transfers import LineState, TransferFile
from guildhall.payments.rules.bank_reports import read_report
from guildhall.payments.rules.transfer_files import file_id_of
from guildhall.payments.service.bank_lines import TakenIn
from guildhall.payments.service.inbox import Inbox
from guildhall.payments.service.transferring import BANK
from guildhall.payments.store.flows import FlowStore
from guildhall.payments.store.transfers import TransferStore

_REASON_MIN: Final = 3
_PAID: Final = frozenset({PayoutState.PAID, PayoutState.PAID_LATE, PayoutState.RETURNED})


@dataclass(frozen=True, slots=True)
class BankReports:
    store: TransferStore
    flows: FlowStore
    inbox: Inbox
    clock: Clock

    async def take_in(self, body: bytes) -> TakenIn:
        """Of one file. Raises Invalid with the line, Conflict where the bank said something else by the same id."""
        said = read_report(body)
        digest = sha256(f"{said.message}|{said.original}".encode()).hexdigest()[:32]
        made = StatusReport(id=f"report_{digest}", created_at_ms=self.clock.now_ms(), said=said)
        known = await self.store.reports.get(made.id)
        if known is not None and known.said != said:
            raise Conflict(f"The report {said.message} was taken in before, and said something else.")
        with contextlib.suppress(Duplicate):
            if known is None:
                await self.store.reports.add(made)
        done = await self.handle(await self.store.reports.read(made.id))
        count = max(len(said.payments), 1)
        if known is not None:
            return TakenIn(0, count, 0, 0)
        unmatched = min(len(done.notes), count)
        return TakenIn(count, 0, count - unmatched, unmatched)

    async def handle(self, report: StatusReport) -> StatusReport:
        """The job's too, until it is done."""
        if report.state is not LineState.TAKEN:
            return report
        made = await self.store.files.get(file_id_of(report.said.original))
        if made is None:
            rejected, notes = 0, [f"No file of ours is called {report.said.original}."]
        else:
            words, notes = _rejected_in(made, report.said)
            for reference, why in words.items():
                notes += await self._fail(report, reference, why)
            rejected = len(words)
        told = {"state": LineState.UNMATCHED if notes else LineState.MATCHED, "rejected": rejected}
        return await self._move(report.id, LineState.TAKEN, {**told, "notes": tuple(notes)})

    async def look(self) -> None:
        """The job's: what was taken in by a process that died."""
        pages = self.store.reports.pages({"state": LineState.TAKEN.value})
        await carry_out_all(pages, self.handle, failed="bank_report_postponed")

    async def see_to(self, report_id: str, reason: str, by: str) -> StatusReport:
        """What was made of the notes. Raises Invalid without a reason, Conflict where nothing waits any more."""
        if len(reason) < _REASON_MIN:
            raise Invalid("Whoever sees to a report says what they made of it.")
        given = {"state": LineState.MATCHED, "reason": reason, "seen_to_by": by}
        seen = await self._move(report_id, LineState.UNMATCHED, given)
        if (seen.seen_to_by, seen.reason) != (by, reason):
            raise Conflict("Somebody was faster, or nothing of it waits.")
        return seen

    async def _fail(self, report: StatusReport, reference: str, why: str) -> list[str]:
        """The attempt that the reference names; a sentence where the statement says otherwise."""
        order = await self.store.order_of(reference)
        if order is None:
            return [f"{reference} stands in the file, and no payout of ours is behind it."]
        event = ProviderEvent(
            id=f"failed-{report.id}-{reference}",
            type="failed",
            subject=order.payout,
            attempt=order.attempt,
            at_ms=report.created_at_ms,
            detail=f"The bank rejected it{f': {why}' if why else '.'}"[:500],
        )
        await self.inbox.receive(BANK, event)
        payout = await self.flows.payouts.read(order.payout)
        is_paid = payout.state in _PAID and payout.attempt == order.attempt
        return [f"{reference} was rejected, says the report, and paid, says a statement."] if is_paid else []

    async def _move(self, report_id: str, state: LineState, given: Mapping[str, object]) -> StatusReport:
        return await self.store.reports.change(
            report_id,
            self.clock.now_ms(),
            lambda seen: seen if seen.state is not state else seen.model_copy(update=dict(given)),
        )


def _rejected_in(made: TransferFile, said: BankReport) -> tuple[dict[str, str], list[str]]:
    """Of the file's payments those that are rejected, each with why; and what is said that cannot be."""
    named, inside = {one.reference: one for one in said.payments}, {one.reference for one in made.transfers}
    notes = [f"{reference} is no payment of {said.original}." for reference in named if reference not in inside]
    rejected: dict[str, str] = {}
    for reference in (one.reference for one in made.transfers):
        one = named.get(reference)
        if one is not None and one.verdict is Verdict.REJECTED:
            rejected[reference] = one.words or said.words
        elif said.verdict is Verdict.REJECTED:
            if one is None:
                rejected[reference] = said.words
            else:
                notes.append(f"{reference} is {one.verdict.value}, and the whole file is rejected: ask the bank.")
    return rejected, notes
