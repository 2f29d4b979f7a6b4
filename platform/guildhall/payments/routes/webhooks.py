"""What a provider says, over HTTP: signed as Standard Webhooks are, kept before it is answered."""

from typing import Final

from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.payments.messages import Received
from guildhall.payments.service import PaymentsService

_EVENT_BYTES_MAX: Final = 65_536
RECEIVE = Operation(
    name="receive_payment_webhook",
    method="POST",
    path="/money/webhooks/sandbox",
    summary="An event of the payment provider's, signed; the same id again changes nothing",
    permission="public",
    rate_class="write",
    takes=("application/json",),
    max_body_bytes=_EVENT_BYTES_MAX,
    answers={200: Received},
    problems=frozenset({"webhook-refused"}),
    tags=("money",),
)


def webhook_routes(service: PaymentsService) -> tuple[Route, ...]:
    async def receive(call: Call[NoBody, NoQuery]) -> Answer:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        headers = {name: call.request.headers.get(name, "") for name in names}
        return Answer(Received(event_id=await service.receive(call.content, headers)))

    return (Route(RECEIVE, receive),)
