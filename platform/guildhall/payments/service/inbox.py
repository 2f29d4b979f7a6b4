"""What providers say, once each, however often and in whatever order they say it.

An event is on disk under its own id before anything is made of it, and is done only when all that it leads to is.
"""

from dataclasses import dataclass
from typing import TypeVar

from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound, Unauthenticated
from guildhall.kit.passes import carry_out_all
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import Documents
from guildhall.payments.model.flows import Flow, ProviderEvent, ReceivedEvent
from guildhall.payments.rules.moving import done, move_payment, move_payout
from guildhall.payments.service.claiming import Claiming
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.store.flows import FlowStore, unsettled

F = TypeVar("F", bound=Flow)


class WebhookRefused(Unauthenticated):
    """Not signed by the provider, too old, or no event."""

    type = "webhook-refused"
    title = "That webhook is not the provider's"


@dataclass(frozen=True, slots=True)
class Inbox:
    store: FlowStore
    ledger: Ledger
    clock: Clock
    claiming: Claiming

    async def receive(self, provider: str, event: ProviderEvent) -> ReceivedEvent:
        """Keep it, and make of it what it means; what is there already is only finished."""
        now_ms = self.clock.now_ms()
        received = ReceivedEvent(id=f"{provider}/{event.id}", created_at_ms=now_ms, provider=provider, event=event)
        try:
            await self.store.inbox.add(received)
        except Duplicate:
            received = await self.store.inbox.read(received.id)
        return await self.handle(received)

    async def handle(self, received: ReceivedEvent) -> ReceivedEvent:
        """The job's too: again and again until it is done."""
        if received.handled_at_ms:
            return received
        event, now_ms = received.event, self.clock.now_ms()
        outcome = "applied"
        try:
            if event.subject.startswith("pay_"):
                before: Flow = await self.store.payments.read(event.subject)
                after: Flow = await self.store.payments.change(
                    event.subject, now_ms, lambda seen: move_payment(seen, event, now_ms)
                )
                await carry_out(self.store.payments, self.ledger, event.subject, now_ms)
                await self.claiming.follow_payment(event.subject)
            else:
                before = await self.store.payouts.read(event.subject)
                after = await self.store.payouts.change(
                    event.subject, now_ms, lambda seen: move_payout(seen, event, now_ms)
                )
                await carry_out(self.store.payouts, self.ledger, event.subject, now_ms)
            if after.rev == before.rev:
                outcome = "says nothing new"
        except NotFound:
            outcome = "is about nothing of ours"

        def handled(seen: ReceivedEvent) -> ReceivedEvent:
            if seen.handled_at_ms:
                return seen
            return seen.model_copy(update={"handled_at_ms": now_ms, "outcome": outcome})

        return await self.store.inbox.change(received.id, now_ms, handled)

    async def look(self) -> None:
        """The job's: what was received and not finished, and what a killed process left to book."""
        await carry_out_all(self.store.unhandled(), self.handle, failed="event_postponed")
        await self._book_what_is_left(self.store.payments)
        await self._book_what_is_left(self.store.payouts)

    async def _book_what_is_left(self, documents: Documents[F]) -> None:
        async def book(flow: F) -> None:
            await carry_out(documents, self.ledger, flow.id, self.clock.now_ms())

        await carry_out_all(unsettled(documents), book, failed="booking_postponed")


async def carry_out(documents: Documents[F], ledger: Ledger, flow_id: str, now_ms: int) -> F:
    """Book what a change of state wrote down, in its order, and cross it out."""
    flow = await documents.read(flow_id)
    if not flow.bookings:
        return flow
    for booking in flow.bookings:
        await ledger.post(booking)
    booked = flow.bookings
    return await documents.change(flow_id, now_ms, lambda seen: done(seen, booked) if seen.bookings else seen)
