"""The provider that is built in, for demos and tests: cards and banks that do what their name says. No money moves.

`card_ok`, `card_declined`, `card_step` (the payer must confirm), `card_late` (a minute later), `card_twice` (told under
two ids), `card_chargeback` (charged back a minute after), `card_chargeback_won` (and won another minute after);
`bank_ok`, `bank_failed` (the first attempt fails), `bank_late`, `bank_returned` (returned a minute after it was paid).
It keeps nothing but what it is asked for: what it has to say follows from that and the time, so it is the same after
every restart.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from standardwebhooks import Webhook, WebhookVerificationError

from guildhall.kit.clock import Clock
from guildhall.payments.model.flows import Payment, Payout, ProviderEvent
from guildhall.payments.model.sandbox import SandboxOrder
from guildhall.payments.service.inbox import WebhookRefused
from guildhall.payments.service.provider import Asked
from guildhall.payments.store.sandbox import SandboxStore

LATE_MS: Final = 60_000
CARDS: Final = {
    "card_ok": (("succeeded", 0),),
    "card_declined": (("failed", 0),),
    "card_step": (("requires_action", 0),),
    "card_late": (("processing", 0), ("succeeded", LATE_MS)),
    "card_twice": (("succeeded", 0), ("succeeded", 0)),
    "card_chargeback": (("succeeded", 0), ("charged_back", LATE_MS)),
    "card_chargeback_won": (("succeeded", 0), ("charged_back", LATE_MS), ("chargeback_won", 2 * LATE_MS)),
}
BANKS: Final = {
    "bank_ok": (("paid", 0),),
    "bank_late": (("paid", LATE_MS),),
    "bank_failed": (("failed", 0),),
    "bank_returned": (("paid", 0), ("returned", LATE_MS)),
}


class SandboxProvider:
    name = "sandbox"

    def __init__(self, store: SandboxStore, secret: str, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        digest = sha256(b"guildhall/payments/sandbox-webhooks/" + secret.encode()).digest()
        self._webhook = Webhook(f"whsec_{b64encode(digest).decode()}")

    async def charge(self, payment: Payment) -> Asked:
        await self._store.order(self._order(payment.id, 0, payment.method))
        return Asked(f"sandbox_{payment.id}", "/money#confirm" if payment.method == "card_step" else "")

    async def send(self, payout: Payout) -> Asked:
        await self._store.order(self._order(payout.id, payout.attempt, payout.bank))
        return Asked(f"sandbox_{payout.id}")

    async def confirm(self, payment_id: str) -> None:
        """The step that `card_step` asks for."""
        await self._store.confirm(payment_id, self._clock.now_ms())

    async def look(self, subject: str) -> list[ProviderEvent]:
        now_ms = self._clock.now_ms()
        return [event for order in await self._store.orders(subject) for event in said_of(order, now_ms)]

    async def deliver(self, receive: Callable[[bytes, dict[str, str]], Awaitable[object]]) -> int:
        """The job's: its webhooks, to whoever receives them; again after whatever was raised. How many orders."""
        now_ms = self._clock.now_ms()
        due = await self._store.due(now_ms)
        for order in due:
            for event in said_of(order, now_ms):
                await receive(*self.sign(event))
            await self._store.told(order, min((at for at in times_of(order) if at > now_ms), default=0))
        return len(due)

    def sign(self, event: ProviderEvent) -> tuple[bytes, dict[str, str]]:
        """A webhook as it would send it: body and headers (standardwebhooks.com)."""
        body, at = event.model_dump_json(), datetime.now(UTC)  # whoever verifies holds it against the machine's time
        return body.encode(), {
            "webhook-id": event.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(event.id, at, body),
        }

    def verify(self, body: bytes, headers: dict[str, str]) -> ProviderEvent:
        try:
            self._webhook.verify(body, headers)
            return ProviderEvent.model_validate_json(body)
        except (WebhookVerificationError, ValueError) as error:  # a signature of no shape at all is a ValueError there
            raise WebhookRefused("Its signature does not fit, it is too old, or it is no event.") from error

    def _order(self, subject: str, attempt: int, method: str) -> SandboxOrder:
        now_ms = self._clock.now_ms()
        return SandboxOrder(
            id=f"{subject}/{attempt}", subject=subject, attempt=attempt, method=method, at_ms=now_ms, next_at_ms=now_ms
        )


def said_of(order: SandboxOrder, now_ms: int) -> list[ProviderEvent]:
    """All that the sandbox has to say of an order by now."""
    return [
        ProviderEvent(
            id=f"evt_{order.id}_{number}", type=event, subject=order.subject, attempt=order.attempt, at_ms=at_ms
        )
        for number, (event, at_ms) in enumerate(_plan_of(order))
        if at_ms <= now_ms
    ]


def times_of(order: SandboxOrder) -> list[int]:
    """When it has something to say, so far as it is known."""
    return [at_ms for _, at_ms in _plan_of(order)]


def _plan_of(order: SandboxOrder) -> list[tuple[str, int]]:
    plan = list(CARDS.get(order.method) or BANKS.get(order.method) or (("failed", 0),))
    if order.method == "bank_failed" and order.attempt > 1:
        plan = [("paid", 0)]
    return [(event, order.at_ms + after_ms) for event, after_ms in plan] + (
        [("succeeded", order.confirmed_at_ms)] if order.confirmed_at_ms else []
    )
