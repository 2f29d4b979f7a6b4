"""The order of the stages, and what a mount refuses."""

import dataclasses

import pytest
from aiohttp import web

from guildhall.kit.http import PipelineSettings, Route
from guildhall.kit.http.mount import check_routes
from guildhall.kit.http.problems import problem_registry
from tests.fakes.things_api import MAKE, READ, SIGNED_IN, Http, Things, ThingsApi


def names(app: web.Application) -> list[str]:
    return [str(getattr(middleware, "__name__", "")) for middleware in app.middlewares]


def test_the_stages_stand_in_the_order_of_the_design(api: ThingsApi) -> None:
    app = api.app()
    assert names(app) == ["client_ip", "request_context", "measure", "error_boundary"]
    (v1,) = app._subapps
    assert names(v1) == [
        "cors",
        "admission",
        "coarse_limit",
        "authentication",
        "principal_limit",
        "version",
        "deadline",
    ]


async def test_a_read_and_a_write_go_through(http: Http) -> None:
    read = await http.get("/v1/things/one", headers=SIGNED_IN)
    assert (read.status, await read.json()) == (200, {"thing_id": "one", "name": "Anvil", "count": 1, "note": None})
    made = await http.post("/v1/things", json={"name": " Hammer "}, headers=SIGNED_IN)
    assert made.status == 201
    assert (await made.json())["name"] == "Hammer"
    assert made.headers["Location"] == "/v1/things/thing-1"


async def test_what_is_not_there_passes_every_stage_of_v1_too(http: Http) -> None:
    missing = await http.get("/v1/nothing")
    assert missing.status == 404
    assert missing.headers["RateLimit"].startswith('"read";r=')
    outside = await http.get("/nothing")
    assert "RateLimit" not in outside.headers
    assert outside.headers["X-Request-Id"].startswith("req_")


def routes(*changes: dict[str, str]) -> list[Route]:
    things = Things()
    return [Route(dataclasses.replace(READ, **change), things.read) for change in changes]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (routes({}, {"path": "/other"}), "Two operations are called read_thing"),
        (routes({"rate_class": "teleport"}), "rate class teleport"),
        ([Route(MAKE, Things().make)], "nobody registered: out-of-stock"),
    ],
)
def test_a_declaration_that_nothing_backs_is_refused_at_the_start(wrong: list[Route], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_routes(wrong, PipelineSettings(), problem_registry())
