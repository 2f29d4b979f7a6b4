import pytest

from tests.fakes.things_api import SIGNED_IN, STRONG, Http, Serve, ThingsApi

KEY = {"Idempotency-Key": "key-00000001"}
COOKIE = {"Cookie": "__Host-refresh=abc"}
OURS = {"X-CSRF-Protection": "1"}


async def test_nobody_and_the_wrong_person_are_told_apart(http: Http) -> None:
    nobody = await http.get("/v1/things/one")
    assert (nobody.status, (await nobody.json())["code"]) == (401, "unauthenticated")
    eve = await http.get("/v1/things/one", headers={"Authorization": "Bearer eve"})
    assert (eve.status, (await eve.json())["code"]) == (403, "refused")


async def test_a_stranger_is_refused_before_the_body_is_looked_at(http: Http) -> None:
    answer = await http.post("/v1/things", data=b"not json", headers={"Content-Type": "application/json"})
    assert answer.status == 401


async def test_an_operation_may_need_a_second_factor(http: Http) -> None:
    weak = await http.post("/v1/payments", json={"name": "Anvil"}, headers=SIGNED_IN | KEY)
    assert (weak.status, (await weak.json())["code"]) == (401, "mfa-required")
    strong = await http.post("/v1/payments", json={"name": "Anvil"}, headers=STRONG | KEY)
    assert strong.status == 201


async def test_an_operation_may_need_fresh_credentials(http: Http, api: ThingsApi) -> None:
    api.clock.advance(300_001)
    stale = await http.post("/v1/payments", json={"name": "Anvil"}, headers=STRONG | KEY)
    assert (stale.status, (await stale.json())["code"]) == (403, "step-up-required")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        (COOKIE, 403),
        (COOKIE | OURS, 403),
        (COOKIE | OURS | {"Origin": "https://evil.example"}, 403),
        (COOKIE | OURS | {"Origin": "https://partner.example"}, 403),
        (COOKIE | {"Origin": "https://hall.example"}, 403),
        (COOKIE | OURS | {"Origin": "https://hall.example"}, 204),
    ],
)
async def test_a_cookie_counts_only_from_our_own_page(serve: Serve, headers: dict[str, str], status: int) -> None:
    _, http = await serve(own_origins=["https://hall.example"], allowed_origins=["https://partner.example"])
    answer = await http.post("/v1/refresh", headers=headers)
    assert answer.status == status
    if status == 403:
        assert (await answer.json())["code"] == "csrf-refused"


async def test_the_servers_own_pages_need_not_be_named(http: Http) -> None:
    origin = str(http.make_url("/")).rstrip("/")
    answer = await http.post("/v1/refresh", headers=COOKIE | OURS | {"Origin": origin})
    assert answer.status == 204
