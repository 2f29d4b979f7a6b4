from typing import Any, Optional

import pytest

from guildhall.kit.http.validation import _is_many
from tests.fakes.things_api import SIGNED_IN, STRONG, Http

JSON = {"Content-Type": "application/json"}


async def problem_of(http: Http, path: str, **given: Any) -> dict[str, Any]:
    answer = await http.get(path) if not given else await http.post(path, **given)
    assert answer.content_type == "application/problem+json"
    problem: dict[str, Any] = await answer.json()
    assert problem["status"] == answer.status
    return problem


async def test_every_mistake_is_named_at_once(http: Http) -> None:
    headers = STRONG | {"Idempotency-Key": "short"}
    problem = await problem_of(
        http, "/v1/payments?x=1", json={"name": "", "count": "5", "role": "admin"}, headers=headers
    )
    assert (problem["status"], problem["code"]) == (422, "invalid")
    assert problem["fields"] == {
        "query.x": "is not expected here",
        "header.Idempotency-Key": "must be 8 to 255 printable characters without spaces",
        "name": "must have at least 1 character",
        "count": "must be a whole number",
        "role": "is not expected here",
    }


async def test_what_was_sent_is_not_sent_back(http: Http) -> None:
    problem = await problem_of(http, "/v1/things", json={"name": "x", "count": "swordfish"}, headers=SIGNED_IN)
    assert "swordfish" not in str(problem)


@pytest.mark.parametrize("body", [b"{", b"not json", b"[" * 5000, b"\xff\xfe", b'{"name": "x"} {}'])
async def test_a_body_that_is_no_json_is_a_400(http: Http, body: bytes) -> None:
    problem = await problem_of(http, "/v1/things", data=body, headers=SIGNED_IN | JSON)
    assert (problem["status"], problem["code"]) == (400, "malformed")


async def test_a_missing_body_is_an_empty_one(http: Http) -> None:
    problem = await problem_of(http, "/v1/things", headers=SIGNED_IN)
    assert problem["fields"] == {"name": "is missing"}


async def test_json_that_is_no_object_is_refused(http: Http) -> None:
    problem = await problem_of(http, "/v1/things", data=b"[]", headers=SIGNED_IN | JSON)
    assert problem["fields"] == {"body": "must be an object with fields"}


async def test_a_query_is_typed_and_its_lists_may_be_written_both_ways(http: Http) -> None:
    answer = await http.get("/v1/things?limit=3&colour=red,blue&colour=green")
    assert (await answer.json()) | {"items": []} == {"items": [], "limit": 3, "colours": ["red", "blue", "green"]}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limit=0", {"query.limit": "must be greater than or equal to 1"}),
        ("limit=two", {"query.limit": "must be a whole number"}),
        ("limit=1&limit=2", {"query.limit": "may be given once"}),
        ("page=2", {"query.page": "is not expected here"}),
    ],
)
async def test_a_query_that_cannot_be_meant_is_refused(http: Http, query: str, fields: dict[str, str]) -> None:
    problem = await problem_of(http, f"/v1/things?{query}")
    assert (problem["code"], problem["fields"]) == ("invalid", fields)


@pytest.mark.parametrize("value", ["x" * 129, "a%00b", "a%0Ab", "%E2%80%AE"])
async def test_a_path_that_can_name_nothing_is_not_found(http: Http, value: str) -> None:
    answer = await http.get(f"/v1/things/{value}", headers=SIGNED_IN)
    assert (answer.status, (await answer.json())["detail"]) == (404, "There is nothing at this address.")


async def test_a_header_that_must_be_there_is_asked_for(http: Http) -> None:
    problem = await problem_of(http, "/v1/payments", json={"name": "Anvil"}, headers=STRONG)
    assert (problem["status"], problem["code"]) == (428, "precondition-required")
    assert "Idempotency-Key" in problem["detail"]


async def test_a_request_that_is_wrong_takes_no_key(http: Http) -> None:
    headers = STRONG | {"Idempotency-Key": "key-00000001"}
    assert (await http.post("/v1/payments", json={"name": ""}, headers=headers)).status == 422
    assert (await http.post("/v1/payments", json={"name": "Anvil"}, headers=headers)).status == 201


async def test_no_more_mistakes_are_told_than_anybody_reads(http: Http) -> None:
    body = {"name": "Anvil"} | {f"{number}{'x' * 200}": 1 for number in range(200)}
    problem = await problem_of(http, "/v1/things", json=body, headers=SIGNED_IN)
    assert len(problem["fields"]) == 50
    assert max(len(name) for name in problem["fields"]) == 100


@pytest.mark.parametrize("query", ["limit=%ff", "%ff=1", "colour=%ed%a0%80", "%00=1", "=", "&&", "limit"])
async def test_no_query_is_a_crash(http: Http, query: str) -> None:
    assert (await http.get(f"/v1/things?{query}")).status in {200, 422}


@pytest.mark.parametrize(
    "body", [b'{"\\ud800": 1}', b'{"name": "\\ud800"}', b'{"name": "a\\u0000b"}', b'{"count": 1e999}']
)
async def test_no_text_is_a_crash(http: Http, body: bytes) -> None:
    headers = SIGNED_IN | JSON | {"Idempotency-Key": "key-00000001"}
    assert (await http.post("/v1/things", data=body, headers=headers)).status in {201, 400, 422}


def test_a_list_that_may_be_missing_is_still_a_list() -> None:
    assert _is_many(tuple[str, ...] | None)
    assert _is_many(Optional[list[int]])  # noqa: UP045  what a model written so holds
    assert not _is_many(str | None)
