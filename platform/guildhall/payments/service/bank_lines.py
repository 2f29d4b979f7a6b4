"""What the bank's statements say: each line taken in once, matched by its reference, or shown to people until it is.

A line is on disk before anything is made of it; each step after that may be done again. What matches nothing stands in
suspense, so that the ledger's cash is what the bank says; two people move it from there.
"""

import contextlib
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.passes import carry_out_all
from guildhall.kit.storage import Duplicate
from guildhall.payments.lifecycle import PayoutState
from guildhall.payments.model.chart import HOUSE
from guildhall.payments.model.flows import ProviderEvent
from guildhall.payments.model.transfers import BankLine, DepositReference, LineState, StatementEntry
from guildhall.payments.rules.bank_identifiers import check_iban, deposit_reference, deposit_references_in
from guildhall.payments.rules.bank_statements import read_statement
from guildhall.payments.rules.matching import (
    back_from_suspense,
    deposited,
    event_of,
    kept_in_suspense,
    out_of_suspense,
    target_account,
    why_not_this_payout,
)
from guildhall.payments.service.inbox import Inbox
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.manual import SecondPersonNeeded
from guildhall.payments.service.transferring import BANK, BankTransfers
from guildhall.payments.settings import BankSettings
from guildhall.payments.store.flows import FlowStore
from guildhall.payments.store.transfers import TransferStore

_REASON_MIN = 3
_SAID_ALREADY = "Another line of the bank says so of that payout already."
_SENT = frozenset({PayoutState.IN_TRANSIT, PayoutState.PAID, PayoutState.FAILED, PayoutState.RETURNED})


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many lines of a file were new, known before, and of the new ones matched or left to people."""

    new: int
    known: int
    matched: int
    unmatched: int


@dataclass(frozen=True, slots=True)
class BankLines:
    store: TransferStore
    flows: FlowStore
    inbox: Inbox
    ledger: Ledger
    transfers: BankTransfers
    settings: BankSettings
    clock: Clock

    async def take_in(self, body: bytes) -> TakenIn:
        """All lines of a file, or none of them. Raises Invalid with the line, Conflict for a line said differently."""
        if not self.settings.iban:
            raise Invalid("The house's own account is not set: payments.bank.iban in config.yaml.")
        statement, ours = read_statement(body), check_iban(self.settings.iban)
        if statement.iban not in {"", ours}:
            raise Invalid(f"This is a statement of {statement.iban}, and the house's account is {ours}.")
        entries = [self._entry(ours, said) for said in statement.lines]
        known = {entry.id: await self.store.lines.get(entry.id) for entry in entries}
        for entry in entries:
            before = known[entry.id]
            if before is not None and _meaning(before.said) != _meaning(entry.said):
                said = f"Line {entry.said.line}: {entry.said.reference} was taken in before, and said something else."
                raise Conflict(said)
        count = Counter[str]()
        for entry in entries:
            with contextlib.suppress(Duplicate):
                if known[entry.id] is None:
                    await self.store.lines.add(entry)
                    count["new"] += 1
            done = await self.handle(await self.store.lines.read(entry.id))
            count["matched" if done.state is LineState.MATCHED else "unmatched"] += known[entry.id] is None
        return TakenIn(count["new"], len(entries) - count["new"], count["matched"], count["unmatched"])

    async def handle(self, entry: StatementEntry) -> StatementEntry:
        """As far as it goes without people; the job's too, until it is done."""
        if entry.state is LineState.TAKEN:
            return await self._find_match(entry)
        if entry.state is LineState.CONFIRMED:
            return await self._carry_out(entry)
        return entry

    async def look(self) -> None:
        """The job's."""
        for state in (LineState.TAKEN, LineState.CONFIRMED):
            pages = self.store.lines.pages({"state": state.value})
            await carry_out_all(pages, self.handle, failed="bank_line_postponed")

    async def propose(self, entry_id: str, target: str, reason: str, by: str) -> StatementEntry:
        """What a line belongs to: a payout's id, an owner's balance, or `house` for what the bank takes.

        Raises Invalid for what cannot be, Conflict where somebody was faster.
        """
        entry = await self.store.lines.read(entry_id)
        if not target or len(reason) < _REASON_MIN:
            raise Invalid("Whoever says what a line is names what it belongs to, and why.")
        if target.startswith("pout_"):
            payout = await self.flows.payouts.read(target)
            # Said of one that waits for its file, it would be paid now and by that file again.
            is_sent = payout.state in _SENT and payout.provider == BANK and await self.transfers.is_sent(payout)
            why = why_not_this_payout(entry.said, payout.minor, payout.currency, is_sent)
            if why or await self.store.claims.get(f"{event_of(entry, target, 0).type}/{target}") is not None:
                raise Invalid(why or _SAID_ALREADY)
        elif (target == HOUSE) is entry.said.is_credit:
            raise Invalid(
                "Money that came is a payout's or for a balance; money that left is a payout's or for the house."
            )
        given = {"target": target, "reason": reason, "proposed_by": by}
        return await self._move(entry_id, (LineState.UNMATCHED,), LineState.PROPOSED, given)

    async def confirm(self, entry_id: str, by: str) -> StatementEntry:
        """Raises SecondPersonNeeded for whoever proposed it."""
        entry = await self.store.lines.read(entry_id)
        if entry.proposed_by == by:
            raise SecondPersonNeeded("You said what it is: another person has to confirm it.")
        seen = (LineState.PROPOSED,)
        return await self.handle(
            await self._move(entry_id, seen, LineState.CONFIRMED, {"confirmed_by": by}, proposed_by=entry.proposed_by)
        )

    async def withdraw(self, entry_id: str) -> StatementEntry:
        """A proposal, before it is confirmed: then anybody may make another."""
        given = {"target": "", "reason": "", "proposed_by": ""}
        return await self._move(entry_id, (LineState.PROPOSED,), LineState.UNMATCHED, given)

    async def reference_of(self, owner: str) -> str:
        """What a payer writes on a transfer for this owner's balance. It is always the same."""
        reference = deposit_reference(owner)
        with contextlib.suppress(Duplicate):
            made = DepositReference(id=reference, created_at_ms=self.clock.now_ms(), owner=owner)
            await self.store.references.add(made)
        found = await self.store.references.read(reference)
        if found.owner != owner:  # one in 2^60
            raise Conflict(f"The reference of {owner} is another's.")
        return reference

    async def deposits_of(self, owner: str) -> list[StatementEntry]:
        """What reached this owner's balance by bank transfer, the newest first."""
        return await self.store.deposits_of(owner)

    async def _find_match(self, entry: StatementEntry) -> StatementEntry:
        said = entry.said
        order = await self.store.order_of(said.end_to_end.upper().strip())
        why = ""
        if order is not None:
            payout = await self.flows.payouts.read(order.payout)
            is_sent = bool(await self.transfers.file_of(order))
            why = why_not_this_payout(said, order.transfer.minor, order.currency, is_sent)
            if not why and await self._tell(entry, event_of(entry, payout.id, order.attempt)):
                return await self._matched(entry, payout.id)
            why = why or _SAID_ALREADY
        elif said.is_credit:
            for reference in deposit_references_in(f"{said.end_to_end} {said.words}"):
                if (found := await self.store.references.get(reference)) is not None:
                    await self.ledger.post(deposited(entry, found.owner))
                    return await self._matched(entry, found.owner)
        await self.ledger.post(kept_in_suspense(entry))
        note = {"note": why or "No reference of ours stands in it."}
        return await self._move(entry.id, (LineState.TAKEN,), LineState.UNMATCHED, note, is_certain=False)

    async def _carry_out(self, entry: StatementEntry) -> StatementEntry:
        if entry.target.startswith("pout_"):
            payout = await self.flows.payouts.read(entry.target)
            if not await self._tell(entry, event_of(entry, payout.id, payout.attempt)):
                given = {"note": _SAID_ALREADY, "target": "", "reason": "", "proposed_by": "", "confirmed_by": ""}
                return await self._move(entry.id, (entry.state,), LineState.UNMATCHED, given, is_certain=False)
            await self.ledger.post(back_from_suspense(entry))
        else:
            await self.ledger.post(out_of_suspense(entry, target_account(entry)))
        return await self._matched(entry, entry.target)

    async def _tell(self, entry: StatementEntry, event: ProviderEvent) -> bool:
        """To the payout, if no other line has said the same of it: else money would count twice."""
        is_first = await self.store.claim(event.type, event.subject, entry.id, self.clock.now_ms())
        if is_first:
            await self.inbox.receive(BANK, event)
        return is_first

    async def _matched(self, entry: StatementEntry, target: str) -> StatementEntry:
        return await self._move(entry.id, (entry.state,), LineState.MATCHED, {"target": target}, is_certain=False)

    async def _move(
        self,
        entry_id: str,
        seen_in: tuple[LineState, ...],
        state: LineState,
        given: dict[str, str],
        *,
        proposed_by: str | None = None,
        is_certain: bool = True,
    ) -> StatementEntry:
        """Raises Conflict where it is not in that state any more; with `is_certain=False` somebody did the same."""

        def decide(seen: StatementEntry) -> StatementEntry:
            if seen.state not in seen_in or proposed_by not in {None, seen.proposed_by}:
                if is_certain:
                    raise Conflict(f"Somebody was faster: it is {seen.state.value} now.")
                return seen
            return seen.model_copy(update={"state": state, **given})

        return await self.store.lines.change(entry_id, self.clock.now_ms(), decide)

    def _entry(self, iban: str, said: BankLine) -> StatementEntry:
        digest = sha256(f"{iban}|{said.reference}".encode()).hexdigest()[:32]
        return StatementEntry(id=f"bank_{digest}", created_at_ms=self.clock.now_ms(), iban=iban, said=said)


def _meaning(said: BankLine) -> tuple[int, str, bool]:
    return said.minor, said.currency, said.is_credit
