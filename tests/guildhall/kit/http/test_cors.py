from tests.fakes.things_api import SIGNED_IN, Serve

OWN, PARTNER, STRANGER = "https://hall.example", "https://partner.example", "https://evil.example"
ORIGINS = {"own_origins": [OWN], "allowed_origins": [PARTNER]}
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


async def test_a_preflight_is_answered_before_any_limit_counts_it(serve: Serve) -> None:
    _, http = await serve(**ORIGINS, address_rate="1/hour")
    for _ in range(3):
        answer = await http.options("/v1/things", headers={"Origin": PARTNER, **PREFLIGHT})
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == PARTNER
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        assert "RateLimit" not in answer.headers


async def test_a_stranger_is_answered_without_permission(serve: Serve) -> None:
    _, http = await serve(**ORIGINS)
    for origin in (STRANGER, f"{PARTNER}.evil.example", "null"):
        answer = await http.options("/v1/things", headers={"Origin": origin, **PREFLIGHT})
        assert answer.status == 204
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


async def test_only_our_own_pages_may_send_cookies(serve: Serve) -> None:
    _, http = await serve(**ORIGINS)
    own = await http.get("/v1/things", headers={"Origin": OWN})
    assert own.headers["Access-Control-Allow-Credentials"] == "true"
    partner = await http.get("/v1/things", headers={"Origin": PARTNER})
    assert partner.headers["Access-Control-Allow-Origin"] == PARTNER
    assert "Access-Control-Allow-Credentials" not in partner.headers


async def test_a_page_may_read_problems_too(serve: Serve) -> None:
    _, http = await serve(**ORIGINS)
    answer = await http.get("/v1/things/two", headers={"Origin": PARTNER, **SIGNED_IN})
    assert answer.status == 404
    assert answer.headers["Access-Control-Allow-Origin"] == PARTNER
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]


async def test_answers_vary_by_origin_even_where_none_was_sent(serve: Serve) -> None:
    _, http = await serve(**ORIGINS)
    assert (await http.get("/v1/things")).headers["Vary"] == "Origin"
