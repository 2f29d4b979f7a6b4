from tests.fakes.things_api import SIGNED_IN, Http, Serve, ThingsApi

FEW = {"anonymous": "2/minute", "principal": "3/minute"}
FEW_AND_COUNTED = FEW | {"needs_limiter": True}


async def test_every_answer_says_how_many_are_left(http: Http) -> None:
    answer = await http.get("/v1/things")
    assert answer.headers["RateLimit-Policy"] == '"read";q=120;w=60'
    assert answer.headers["RateLimit"].startswith('"read";r=119;t=')
    signed_in = await http.get("/v1/things/one", headers=SIGNED_IN)
    assert signed_in.headers["RateLimit-Policy"] == '"read";q=600;w=60'


async def test_too_many_is_a_429_with_the_time_to_wait(serve: Serve) -> None:
    api, http = await serve(rates={"read": FEW})
    for _ in range(2):
        assert (await http.get("/v1/things")).status == 200
    refused = await http.get("/v1/things")
    problem = await refused.json()
    assert (refused.status, problem["code"]) == (429, "too-many")
    assert refused.headers["RateLimit"].startswith('"read";r=0;t=')
    assert 0 < problem["retry_after_ms"] <= int(refused.headers["Retry-After"]) * 1000
    api.clock.advance(problem["retry_after_ms"])
    assert (await http.get("/v1/things")).status == 200


async def test_a_principal_is_counted_apart_from_its_address(serve: Serve) -> None:
    _, http = await serve(rates={"read": FEW})
    for _ in range(3):
        await http.get("/v1/things")
    assert (await http.get("/v1/things/one", headers=SIGNED_IN)).status == 200


async def test_classes_are_counted_apart(serve: Serve) -> None:
    _, http = await serve(rates={"read": FEW})
    for _ in range(4):
        await http.get("/v1/things/one", headers=SIGNED_IN)
    assert (await http.post("/v1/things", json={"name": "Anvil"}, headers=SIGNED_IN)).status == 201


async def test_junk_tokens_do_not_dodge_the_limit_of_their_address(serve: Serve) -> None:
    _, http = await serve(rates={"read": FEW})
    statuses = [
        (await http.get("/v1/things/one", headers={"Authorization": f"Bearer junk-{number}"})).status
        for number in range(3)
    ]
    assert statuses == [401, 401, 429]


async def test_the_coarse_limit_counts_everything_an_address_sends(serve: Serve) -> None:
    _, http = await serve(address_rate="2/minute")
    assert (await http.get("/v1/things")).status == 200
    assert (await http.get("/v1/nothing")).status == 404
    refused = await http.get("/v1/things/one", headers=SIGNED_IN)
    assert (refused.status, (await refused.json())["code"]) == (429, "too-many")


async def test_the_tighter_of_two_quotas_decides_and_is_told(serve: Serve) -> None:
    _, http = await serve(rates={"read": FEW | {"anonymous": "50/minute;2/hour"}})
    answer = await http.get("/v1/things")
    assert answer.headers["RateLimit-Policy"] == '"read-60";q=50;w=60, "read-3600";q=2;w=3600'
    assert answer.headers["RateLimit"].startswith('"read-3600";r=1;t=')
    await http.get("/v1/things")
    assert (await http.get("/v1/things")).status == 429


async def test_without_a_limiter_reads_go_on_and_are_still_bounded(serve: Serve) -> None:
    api, http = await serve(rates={"read": FEW})
    api.limiter.is_away = True
    assert [(await http.get("/v1/things")).status for _ in range(3)] == [200, 200, 429]
    assert "http_limiter_failures_total 6.0" in await (await http.get("/metrics")).text()


async def test_without_a_limiter_what_guards_secrets_is_closed(http: Http, api: ThingsApi) -> None:
    api.limiter.is_away = True
    for path in ("/v1/refresh", "/v1/payments"):
        answer = await http.post(path, json={})
        assert (answer.status, (await answer.json())["code"]) == (503, "limiter-away")
        assert answer.headers["Retry-After"] == "2"


async def test_what_is_open_to_everybody_is_counted_by_address_whoever_asks(serve: Serve) -> None:
    _, http = await serve(rates={"read": FEW})
    bearers = ("ada", "bob", "eve")
    statuses = [(await http.get("/v1/things", headers={"Authorization": f"Bearer {one}"})).status for one in bearers]
    assert statuses == [200, 200, 429]
