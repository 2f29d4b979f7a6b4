"""One's own webhooks over HTTP, and those of organisations that one owns. Another's is not found."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.http import (
    Answer,
    Call,
    CursorSigner,
    Listing,
    NoBody,
    NoQuery,
    Operation,
    Page,
    PageQuery,
    Route,
)
from guildhall.notifications.webhooks.lifecycle import ENDPOINT, Actor, DeliveryState, EndpointEvent
from guildhall.notifications.webhooks.messages import (
    ActionShown,
    AttemptShown,
    DeliveriesRecovered,
    DeliveryShown,
    EndpointActed,
    EndpointRevealed,
    EndpointSet,
    EndpointShown,
    EndpointsShown,
    EndpointWanted,
    EventTypeShown,
)
from guildhall.notifications.webhooks.model import Delivery, Endpoint
from guildhall.notifications.webhooks.service import WebhooksService
from guildhall.notifications.webhooks.service.context import Caller
from guildhall.notifications.webhooks.store import NEWEST_FIRST

TAGS: Final = ("webhooks",)
PERMISSION: Final = "notifications.webhooks"
FRESH_SECONDS: Final = 300

LIST = Operation(
    name="list_webhooks",
    method="GET",
    path="/webhooks",
    summary="Your webhooks, those of organisations that you own, and the events there are",
    permission=PERMISSION,
    answers={200: EndpointsShown},
    tags=TAGS,
)
REGISTER = Operation(
    name="register_webhook",
    method="POST",
    path="/webhooks",
    summary="Be told by HTTP, signed as Standard Webhooks are; its secret is shown this once",
    permission=PERMISSION,
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    body=EndpointWanted,
    answers={201: EndpointRevealed},
    problems=frozenset({"invalid", "conflict"}),
    tags=TAGS,
)
CHANGE = Operation(
    name="change_webhook",
    method="PUT",
    path="/webhooks/{endpoint_id}",
    summary="Another address, or other events",
    permission=PERMISSION,
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    body=EndpointSet,
    answers={200: EndpointShown},
    problems=frozenset({"not-found", "invalid"}),
    tags=TAGS,
)
REMOVE = Operation(
    name="remove_webhook",
    method="DELETE",
    path="/webhooks/{endpoint_id}",
    summary="Remove it, with what waits for it",
    permission=PERMISSION,
    rate_class="write",
    answers={204: None},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
ACT = Operation(
    name="act_on_webhook",
    method="POST",
    path="/webhooks/{endpoint_id}/actions",
    summary="Pause it, or turn it on again",
    permission=PERMISSION,
    rate_class="write",
    body=EndpointActed,
    answers={200: EndpointShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)
ROLL = Operation(
    name="roll_webhook_secret",
    method="POST",
    path="/webhooks/{endpoint_id}/secret",
    summary="A new secret, shown this once; the one before signs beside it for a day",
    permission=PERMISSION,
    rate_class="write",
    fresh_seconds=FRESH_SECONDS,
    answers={200: EndpointRevealed},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
TEST = Operation(
    name="test_webhook",
    method="POST",
    path="/webhooks/{endpoint_id}/test",
    summary="Send a message that says nothing, once",
    permission=PERMISSION,
    rate_class="write",
    answers={202: DeliveryShown},
    problems=frozenset({"not-found", "conflict"}),
    tags=TAGS,
)
DELIVERIES = Operation(
    name="list_webhook_deliveries",
    method="GET",
    path="/webhooks/{endpoint_id}/deliveries",
    summary="What was sent, the newest first: each try with its status and how long it took",
    permission=PERMISSION,
    query=PageQuery,
    answers={200: Page[DeliveryShown]},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
REDELIVER = Operation(
    name="redeliver_webhook",
    method="POST",
    path="/webhooks/{endpoint_id}/deliveries/{event_id}/redelivery",
    summary="Send one again",
    permission=PERMISSION,
    rate_class="write",
    answers={202: DeliveryShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)
RECOVER = Operation(
    name="recover_webhook_deliveries",
    method="POST",
    path="/webhooks/{endpoint_id}/recovery",
    summary="Send everything again that has failed",
    permission=PERMISSION,
    rate_class="write",
    answers={202: DeliveriesRecovered},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)


def routes(service: WebhooksService, secret: str) -> tuple[Route, ...]:
    return (*endpoint_routes(service), *delivery_routes(service, CursorSigner(secret)))


def endpoint_routes(service: WebhooksService) -> tuple[Route, ...]:
    keeping = service.keeping

    def shown(call: Call[Any, Any], endpoint: Endpoint) -> EndpointShown:
        return show_endpoint(endpoint, call.principal.id, service.context.clock.now_ms())

    async def list_own(call: Call[NoBody, NoQuery]) -> Answer:
        found = await keeping.listed(caller_of(call))
        types = tuple(EventTypeShown(name=one.name, words=one.words) for one in service.context.types)
        return Answer(EndpointsShown(items=tuple(shown(call, one) for one in found), types=types))

    async def register(call: Call[EndpointWanted, NoQuery]) -> Answer:
        wanted = call.body
        made, whsec = await keeping.register(
            caller_of(call), wanted.organisation_id, wanted.url, wanted.types, wanted.description
        )
        return Answer(EndpointRevealed(endpoint=shown(call, made), secret=whsec), status=201)

    async def change(call: Call[EndpointSet, NoQuery]) -> Answer:
        new = call.body
        changed = await keeping.change(caller_of(call), _endpoint(call), new.url, new.types, new.description)
        return Answer(shown(call, changed))

    async def remove(call: Call[NoBody, NoQuery]) -> Answer:
        await keeping.remove(caller_of(call), _endpoint(call))
        return Answer(status=204)

    async def act(call: Call[EndpointActed, NoQuery]) -> Answer:
        event = EndpointEvent(call.body.action)
        return Answer(shown(call, await keeping.act(caller_of(call), _endpoint(call), event)))

    async def roll(call: Call[NoBody, NoQuery]) -> Answer:
        changed, whsec = await keeping.roll(caller_of(call), _endpoint(call))
        return Answer(EndpointRevealed(endpoint=shown(call, changed), secret=whsec))

    return (
        Route(LIST, list_own),
        Route(REGISTER, register),
        Route(CHANGE, change),
        Route(REMOVE, remove),
        Route(ACT, act),
        Route(ROLL, roll),
    )


def delivery_routes(service: WebhooksService, signer: CursorSigner) -> tuple[Route, ...]:
    keeping = service.keeping
    newest_first = Listing(signer, "webhook_deliveries", NEWEST_FIRST)

    async def test(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(show_delivery(await keeping.test(caller_of(call), _endpoint(call))), status=202)

    async def list_deliveries(call: Call[NoBody, PageQuery]) -> Answer:
        endpoint = await service.context.own(_endpoint(call), caller_of(call))
        read = partial(service.context.store.of_endpoint, endpoint.id)
        return await newest_first.page(call, Page[DeliveryShown], read, show_deliveries, endpoint.id)

    async def redeliver(call: Call[NoBody, NoQuery]) -> Answer:
        again = await keeping.redeliver(caller_of(call), _endpoint(call), call.path["event_id"])
        return Answer(show_delivery(again), status=202)

    async def recover(call: Call[NoBody, NoQuery]) -> Answer:
        count = await keeping.recover(caller_of(call), _endpoint(call))
        return Answer(DeliveriesRecovered(count=count), status=202)

    return (
        Route(TEST, test),
        Route(DELIVERIES, list_deliveries),
        Route(REDELIVER, redeliver),
        Route(RECOVER, recover),
    )


def caller_of(call: Call[Any, Any]) -> Caller:
    return Caller(call.principal.id, organisations_with(call.principal, PERMISSION))


def show_endpoint(endpoint: Endpoint, account_id: str, now_ms: int) -> EndpointShown:
    former = max((one.expires_at_ms for one in endpoint.secrets), default=0)
    return EndpointShown(
        endpoint_id=endpoint.id,
        organisation_id="" if endpoint.owner_id == account_id else endpoint.owner_id,
        url=endpoint.url,
        description=endpoint.description,
        types=endpoint.types,
        state=endpoint.state,
        why=endpoint.why,
        made_at_ms=endpoint.created_at_ms,
        failing_since_ms=endpoint.failing_since_ms,
        former_secret_until_ms=former if former > now_ms else 0,
        allowed_actions=tuple(
            ActionShown(event=one.event, allowed=one.allowed, reason=one.reason)
            for one in ENDPOINT.allowed_actions(endpoint.state, Actor.OWNER, None)
        ),
    )


async def show_deliveries(found: Sequence[Delivery]) -> list[DeliveryShown]:
    return [show_delivery(one) for one in found]


def show_delivery(delivery: Delivery) -> DeliveryShown:
    return DeliveryShown(
        event_id=delivery.event_id,
        type=delivery.type,
        made_at_ms=delivery.made_at_ms,
        state=delivery.state,
        next_at_ms=delivery.due_at_ms if delivery.state is DeliveryState.WAITING else 0,
        attempts=tuple(AttemptShown(**one.model_dump()) for one in delivery.attempts),
    )


def _endpoint(call: Call[Any, Any]) -> str:
    return call.path["endpoint_id"]
