"""Four eyes: what is booked by hand was proposed by one person and confirmed by another.

What takes from an agent's earnings is told the agent when it is proposed, and again when it is booked; between the two
lies the notice, so that whoever disagrees is heard before anything is taken.
"""

from dataclasses import dataclass
from typing import Final

from guildhall.kit.audit import Audit
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, DomainError, Refused, Unavailable
from guildhall.kit.ids import new_id
from guildhall.kit.money import Money, say_money
from guildhall.kit.passes import carry_out_all
from guildhall.kit.storage import StorageUnavailable
from guildhall.notifications.service import Message, NotificationsService
from guildhall.payments.model.chart import AccountKind, split_account
from guildhall.payments.model.entries import Draft, Line
from guildhall.payments.model.manual import ManualEntry, ManualState
from guildhall.payments.rules.drafting import check_draft, source_of
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store.flows import FlowStore

_HOUR_MS: Final = 3_600_000


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
    settings: PaymentsSettings
    notifications: NotificationsService | None = None

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
        return await self._notice(made)

    async def confirm(self, manual_id: str, by: str) -> ManualEntry:
        """Book it. Raises SecondPersonNeeded, Conflict during the notice, InsufficientFunds: then proposed again."""
        await self._notice(await self.store.manual.read(manual_id))

        def decide(seen: ManualEntry) -> ManualEntry:
            if seen.proposed_by == by:
                raise SecondPersonNeeded("You proposed this entry: another person has to confirm it.")
            if seen.state is ManualState.WITHDRAWN:
                raise Conflict("It was withdrawn.")
            if seen.state is not ManualState.PROPOSED:
                return seen
            if taken_from_agents(seen.lines) and self.clock.now_ms() < (from_ms := self._notice_ends_ms(seen)):
                hours = -(-(from_ms - self.clock.now_ms()) // _HOUR_MS)
                raise Conflict(f"It takes from an agent, who was told: it can be confirmed in {hours} hours.")
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
        await self._tell_agents(manual, is_booked=True)
        return await self.store.manual.change(manual.id, now_ms, lambda seen: seen.model_copy(update=booked))

    def _notice_ends_ms(self, manual: ManualEntry) -> int:
        return manual.noticed_at_ms + int(self.settings.debit_notice_hours * _HOUR_MS)

    async def _notice(self, manual: ManualEntry) -> ManualEntry:
        """Tell those whom it takes from, and write down since when they know."""
        if manual.noticed_at_ms or manual.state is not ManualState.PROPOSED:
            return manual
        await self._tell_agents(manual)
        now_ms = self.clock.now_ms()
        return await self.store.manual.change(
            manual.id,
            now_ms,
            lambda seen: seen if seen.noticed_at_ms else seen.model_copy(update={"noticed_at_ms": now_ms}),
        )

    async def _tell_agents(self, manual: ManualEntry, *, is_booked: bool = False) -> None:
        if self.notifications is None:
            return
        hours = self.settings.debit_notice_hours
        for agent, taken in taken_from_agents(manual.lines).items():
            if is_booked:
                title, said = "Something was taken from your balance", f"{say_money(taken)}, as you were told."
            else:
                title = "Something is to be taken from your balance"
                said = (
                    f"{say_money(taken)}, after {hours:g} hours at the earliest, if a second person confirms it. If you"
                    " disagree, say so before: write to us."
                )
            message = Message(
                kind="balance_taken", title=title, text=f"{said} The reason: {manual.reason}", path="/money"
            )
            key = f"{manual.id}_{'booked' if is_booked else 'proposed'}_{agent}"
            await self.notifications.tell(agent, key, message, self.clock.now_ms())

    async def look(self) -> None:
        """The job's: what a process that died left to tell or to book."""
        await carry_out_all(self.store.unnoticed(), self._notice, failed="manual_entry_postponed")
        await carry_out_all(self.store.confirmed(), self.book, failed="manual_entry_postponed")

    async def _note(self, manual: ManualEntry, action: str, by: str) -> None:
        if self.audit is not None:
            key = f"{action}/{manual.id}/{by}/{manual.rev}"
            await self.audit.record(by, action, "manual_entry", manual.id, "allowed", key=key)


def taken_from_agents(lines: tuple[Line, ...]) -> dict[str, Money]:
    """What an entry takes from whose earnings."""
    taken: dict[str, Money] = {}
    for line in lines:
        kind, owner, currency = split_account(line.account)
        if kind is AccountKind.PAYABLE and line.minor > 0:
            before = taken[owner].minor if owner in taken else 0
            taken[owner] = Money(minor=before + line.minor, currency=currency)
    return taken


def _draft(manual: ManualEntry) -> Draft:
    return Draft(
        key=f"manual/{manual.id}",
        purpose="manual",
        by=manual.proposed_by,
        lines=manual.lines,
        refs={"manual": manual.id},
    )
