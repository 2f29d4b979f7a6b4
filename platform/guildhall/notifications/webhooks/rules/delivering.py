"""What becomes of a delivery and of its endpoint by what was answered. Pure."""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from guildhall.kit.follow_ups import follow
from guildhall.notifications.webhooks.lifecycle import (
    DELIVERY,
    ENDPOINT,
    Actor,
    DeliveryEvent,
    DeliveryFacts,
    DeliveryState,
    EndpointEvent,
    EndpointState,
)
from guildhall.notifications.webhooks.model import ATTEMPTS_KEPT, Attempt, Delivery, Endpoint, FollowUpKind
from guildhall.notifications.webhooks.settings import WebhookSettings

TEST_TYPE: Final = "webhook.test"
PAGE: Final = "/webhooks"
GONE: Final = 410
FAILURES_MIN: Final = 5
"""Fewer failures in a row say little about an endpoint that is seldom told anything."""
REST_MAX_MS: Final = 300_000
"""An endpoint that fails is tried this often, whatever else waits for it."""
_JITTER: Final = 0.1
_HOUR_MS: Final = 3_600_000
_OK: Final = range(200, 300)


@dataclass(frozen=True, slots=True)
class Answered:
    """`status` 0: nothing was answered, and `reason` says why."""

    status: int
    duration_ms: int
    reason: str = ""
    retry_after_ms: int = 0

    @property
    def is_ok(self) -> bool:
        return self.status in _OK


def event_id_of(key: str) -> str:
    """By what it is about and which of its changes: the same again is the same event."""
    return f"evt_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def payload_of(type_: str, at_ms: int, data: Mapping[str, Any]) -> str:
    """As the standard recommends it: a type, when it happened, and thin data: ids, by which a receiver asks."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"type": type_, "timestamp": at, "data": dict(data)}).decode()


def claim(delivery: Delivery, lease_ms: int, now_ms: int) -> Delivery:
    """Being sent; whoever dies with it has used one try, and somebody takes it up when the lease is over."""
    return delivery.model_copy(update={"tries": delivery.tries + 1, "due_at_ms": now_ms + lease_ms})


def settle(delivery: Delivery, answered: Answered, settings: WebhookSettings, now_ms: int) -> Delivery:
    """Delivered, tried again later, or given up."""
    attempt = Attempt(
        at_ms=now_ms, status=answered.status, duration_ms=answered.duration_ms, reason=answered.reason[:200]
    )
    tries_max = 1 if delivery.type == TEST_TYPE else 1 + len(settings.retry_seconds)
    facts = DeliveryFacts(has_tries_left=delivery.tries < tries_max and answered.status != GONE)
    event = DeliveryEvent.GIVE_UP
    if answered.is_ok:
        event = DeliveryEvent.DELIVER
    elif facts.has_tries_left:
        event = DeliveryEvent.RETRY
    moved = DELIVERY.move(delivery.state, event, Actor.SYSTEM, facts)
    is_over = moved.target is not DeliveryState.WAITING
    due_ms = now_ms if is_over else now_ms + max(wait_ms(delivery.tries, settings), answered.retry_after_ms)
    return delivery.model_copy(
        update={
            "state": moved.target,
            "attempts": (*delivery.attempts, attempt)[-ATTEMPTS_KEPT:],
            "due_at_ms": due_ms,
            "settled_at_ms": now_ms if is_over else 0,
        }
    )


def redeliver(delivery: Delivery, now_ms: int) -> Delivery:
    """Again from the first try. Raises MoveRefused while it waits anyway."""
    moved = DELIVERY.move(delivery.state, DeliveryEvent.REDELIVER, Actor.OWNER, DeliveryFacts())
    return delivery.model_copy(update={"state": moved.target, "tries": 0, "due_at_ms": now_ms, "settled_at_ms": 0})


def wait_ms(tries: int, settings: WebhookSettings) -> int:
    """After that many tries; spread by a tenth, so that what failed together does not come back together."""
    seconds = settings.retry_seconds[min(tries, len(settings.retry_seconds)) - 1]
    return round(seconds * 1000 * random.uniform(1, 1 + _JITTER))  # noqa: S311 - spreads, hides nothing


def note(endpoint: Endpoint, answered: Answered, settings: WebhookSettings, now_ms: int) -> Endpoint:
    """How the endpoint stands after a try; the same object where nothing changes."""
    if answered.is_ok:
        if not endpoint.failing_since_ms:
            return endpoint
        return endpoint.model_copy(update={"failures": 0, "failing_since_ms": 0, "rests_until_ms": 0})
    since_ms, failures = endpoint.failing_since_ms or now_ms, endpoint.failures + 1
    rest_ms = min(REST_MAX_MS, wait_ms(failures, settings))
    failing = endpoint.model_copy(
        update={"failures": failures, "failing_since_ms": since_ms, "rests_until_ms": now_ms + rest_ms}
    )
    is_lasting = now_ms - since_ms >= settings.disable_after_hours * _HOUR_MS and failures >= FAILURES_MIN
    if endpoint.state is EndpointState.ACTIVE and answered.status == GONE:
        return disable(failing, "It answered that it is gone (410).", now_ms)
    if endpoint.state is EndpointState.ACTIVE and is_lasting:
        last = f"it answered {answered.status}" if answered.status else answered.reason
        return disable(
            failing, f"Nothing could be delivered for {settings.disable_after_hours:g} hours: {last}", now_ms
        )
    return failing


def disable(endpoint: Endpoint, why: str, now_ms: int) -> Endpoint:
    """Off until its owner turns it on again, who is told why."""
    moved = ENDPOINT.move(endpoint.state, EndpointEvent.DISABLE, Actor.SYSTEM, None)
    told = {
        "kind": "webhook_disabled",
        "title": "One of your webhooks was turned off",
        "text": f"{endpoint.url}\n\n{why}\n\nWhat happens meanwhile is kept: turn it on again when it works, and ask "
        "for what it missed.",
        "path": f"{PAGE}#{endpoint.id}",
        "by_mail": True,
    }
    off = endpoint.model_copy(update={"state": moved.target, "state_since_ms": now_ms, "why": why})
    audited = {"actor": "system:webhooks", "action": "webhooks.disable"}
    return follow(off, now_ms, (FollowUpKind.TELL, told), (FollowUpKind.AUDIT, audited))


def move(endpoint: Endpoint, event: EndpointEvent, now_ms: int) -> Endpoint:
    """By its owner; turned on it begins anew. Raises MoveRefused."""
    moved = ENDPOINT.move(endpoint.state, event, Actor.OWNER, None)
    anew = {"failures": 0, "failing_since_ms": 0, "rests_until_ms": 0, "why": ""}
    return endpoint.model_copy(update={"state": moved.target, "state_since_ms": now_ms, **anew})
