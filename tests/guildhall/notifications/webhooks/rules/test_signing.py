"""What is signed here is verified by the standard's own library, with the secret of now and with the one before."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from guildhall.notifications.webhooks.model import Endpoint, SigningSecret
from guildhall.notifications.webhooks.rules.signing import derive_secret, roll, sign

HOUSE = "a secret of the house that is long enough"
PAYLOAD = '{"type":"application.submitted","data":{"title":"Ünïcode"}}'


def endpoint(now_ms: int) -> Endpoint:
    return Endpoint(
        id="whk_1",
        created_at_ms=now_ms,
        owner_id="org_1",
        place=0,
        url="https://example.org/",
        secrets=(SigningSecret(id="sec_1", made_at_ms=now_ms),),
        state_since_ms=now_ms,
    )


def verifies(secret_id: str, headers: dict[str, str], endpoint_id: str = "whk_1") -> bool:
    try:
        Webhook(derive_secret(HOUSE, endpoint_id, secret_id)).verify(PAYLOAD, headers)
    except WebhookVerificationError:
        return False
    return True


def test_each_secret_is_its_endpoints_own_and_32_bytes_long() -> None:
    headers = dict(sign(HOUSE, endpoint(0), "evt_1", PAYLOAD, datetime.now(UTC)))
    assert verifies("sec_1", headers)
    assert not verifies("sec_2", headers)
    assert not verifies("sec_1", headers, "whk_2")
    assert not verifies("sec_1", headers | {"webhook-id": "evt_2"})
    with pytest.raises(WebhookVerificationError):
        Webhook(derive_secret(HOUSE, "whk_1", "sec_1")).verify(PAYLOAD.replace("submitted", "rejected"), headers)


def test_after_a_roll_both_verify_for_a_day_and_then_the_new_one_alone() -> None:
    at = datetime.now(UTC)
    now_ms = int(at.timestamp() * 1000)
    rolled = roll(endpoint(now_ms), "sec_2", now_ms, 86_400_000)
    within = dict(sign(HOUSE, rolled, "evt_1", PAYLOAD, at))
    assert verifies("sec_1", within)
    assert verifies("sec_2", within)
    after = dict(sign(HOUSE, rolled, "evt_1", PAYLOAD, at + timedelta(days=1, seconds=1)))
    assert len(after["webhook-signature"].split()) == 1
    again = dict(sign(HOUSE, roll(rolled, "sec_3", now_ms, 86_400_000), "evt_1", PAYLOAD, at))
    assert [verifies(f"sec_{one}", again) for one in (1, 2, 3)] == [False, True, True]
    at_once = dict(sign(HOUSE, roll(rolled, "sec_4", now_ms, 0), "evt_1", PAYLOAD, at))
    assert [verifies(f"sec_{one}", at_once) for one in (2, 4)] == [False, True]
