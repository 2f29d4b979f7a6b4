"""A provider's words over HTTP: only its own are taken, and the same ones twice are one."""

from aiohttp import web
from aiohttp.test_utils import TestClient

from guildhall.payments.model.flows import ProviderEvent
from guildhall.payments.service import PaymentsService
from tests.guildhall.payments.purse import balance_of, client


async def test_a_signed_event_is_applied_once_and_a_forged_one_never(
    payments: PaymentsService, http: TestClient[web.Request, web.Application]
) -> None:
    payment = await payments.paying.pay_in("acme", "k1", 500, "EUR", "card_ok")
    event = ProviderEvent(id="evt_1", type="succeeded", subject=payment.id, at_ms=1)
    body, headers = payments.provider.sign(event)
    headers |= {"Content-Type": "application/json"}
    for _ in range(2):
        async with http.post("/v1/money/webhooks/sandbox", data=body, headers=headers) as response:
            assert (response.status, await response.json()) == (200, {"event_id": "evt_1"})
    assert await balance_of(payments.ledger, client()) == (500, 0, 0)
    forged = body.replace(b"succeeded", b"failed")
    async with http.post("/v1/money/webhooks/sandbox", data=forged, headers=headers) as response:
        assert response.status == 401
        assert (await response.json())["type"] == "/problems/webhook-refused"
