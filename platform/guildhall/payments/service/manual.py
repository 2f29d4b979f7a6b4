"""Four eyes: what is booked by hand was proposed by one person and confirmed by another."""

from dataclasses import dataclass

from guildhall.kit.audit import Audit
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, DomainError, Refused, Unavailable
from guildhall.kit.ids import new_id
from guildhall.kit.storage import StorageUnavailable
from guildhall.payments.model.entries import Draft, Line
from guildhall.payments.model.manual import ManualEntry, ManualState
from guildhall.payments.rules.drafting import check_draft, source_of
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.store.flows import FlowStore


class SecondPersonNeeded(Refused):
    """Whoever proposed it cannot confirm it."""

    type = "second-person-needed"
    title = "This takes another person"


@dataclass(frozen=True, slots=True)
class Manual:
    store: FlowStore
    ledger: Ledger
    audit: Audit | None
    clock: Clock

    async def propose(self, reason: str, lines: tuple[Line, ...], by: str) -> ManualEntry:
        """Raises NotAnEntry for lines that no journal takes."""
        made = ManualEntry(
            id=new_id("man", self.clock),
            created_at_ms=self.clock.now_ms(),
            reason=reason,
            lines=lines,
            proposed_by=by,
        )
        check_draft(_draft(made))
        source_of(lines)
        await self.store.manual.add(made)
        await self._note(made, "payments.propose_entry", by)
        return made

    async def confirm(self, manual_id: str, by: str) -> ManualEntry:
        """Book it. Raises SecondPersonNeeded, InsufficientFunds: then it is a proposal again."""

        def decide(seen: ManualEntry) -> ManualEntry:
            if seen.proposed_by == by:
                raise SecondPersonNeeded("You proposed this entry: another person has to confirm it.")
            if seen.state is ManualState.WITHDRAWN:
                raise Conflict("It was withdrawn.")
            if seen.state is not ManualState.PROPOSED:
                return seen
            return seen.model_copy(update={"state": ManualState.CONFIRMED, "confirmed_by": by})

        confirmed = await self.store.manual.change(manual_id, self.clock.now_ms(), decide)
        await self._note(confirmed, "payments.confirm_entry", by)
        return await self.book(confirmed)

    async def withdraw(self, manual_id: str, by: str) -> ManualEntry:
        def decide(seen: ManualEntry) -> ManualEntry:
            if seen.state is ManualState.WITHDRAWN:
                return seen
            if seen.state is not ManualState.PROPOSED:
                raise Conflict("It is booked already: correct it by another entry.")
            return seen.model_copy(update={"state": ManualState.WITHDRAWN})

        withdrawn = await self.store.manual.change(manual_id, self.clock.now_ms(), decide)
        await self._note(withdrawn, "payments.withdraw_entry", by)
        return withdrawn

    async def book(self, manual: ManualEntry) -> ManualEntry:
        """The job's too, for whoever died between confirming and booking."""
        if manual.state is not ManualState.CONFIRMED:
            return manual
        now_ms = self.clock.now_ms()
        try:
            entry = await self.ledger.post(_draft(manual))
        except (StorageUnavailable, Unavailable):
            raise
        except DomainError:
            await self.store.manual.change(
                manual.id,
                now_ms,
                lambda seen: seen.model_copy(update={"state": ManualState.PROPOSED, "confirmed_by": ""}),
            )
            raise
        booked = {"state": ManualState.BOOKED, "entry": entry.id}
        return await self.store.manual.change(manual.id, now_ms, lambda seen: seen.model_copy(update=booked))

    async def look(self) -> None:
        for manual in await self.store.confirmed():
            await self.book(manual)

    async def _note(self, manual: ManualEntry, action: str, by: str) -> None:
        if self.audit is not None:
            key = f"{action}/{manual.id}/{by}/{manual.rev}"
            await self.audit.record(by, action, "manual_entry", manual.id, "allowed", key=key)


def _draft(manual: ManualEntry) -> Draft:
    return Draft(
        key=f"manual/{manual.id}",
        purpose="manual",
        by=manual.proposed_by,
        lines=manual.lines,
        refs={"manual": manual.id},
    )
