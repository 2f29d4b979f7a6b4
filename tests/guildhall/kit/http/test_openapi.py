from typing import Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from guildhall.kit.errors import Problem
from guildhall.kit.http import Operation, Route
from guildhall.kit.http.openapi import ApiInfo, openapi_document, problem_types
from guildhall.kit.http.problems import problem_registry
from tests.fakes.things_api import LIST, PAY, READ, REFRESH, RENAME, Http, OutOfStock, Things

REGISTRY = problem_registry((OutOfStock,))


@pytest.fixture
def document() -> dict[str, Any]:
    return openapi_document(Things().routes(), ApiInfo(), REGISTRY)


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


async def test_the_document_served_is_the_document_made(http: Http, document: dict[str, Any]) -> None:
    answer = await http.get("/v1/openapi.json")
    assert (answer.status, await answer.json()) == (200, document)


def test_the_same_declarations_give_the_same_bytes(document: dict[str, Any]) -> None:
    again = openapi_document(Things().routes(), ApiInfo(), problem_registry((OutOfStock,)))
    assert orjson.dumps(again) == orjson.dumps(document)


def test_an_operation_is_described_by_what_it_declares(document: dict[str, Any]) -> None:
    pay = document["paths"]["/payments"]["post"]
    assert (pay["operationId"], pay["x-permission"], pay["x-aal"], pay["x-fresh-seconds"]) == (
        "pay",
        "things.write",
        2,
        300,
    )
    assert pay["security"] == [{"bearer": []}]
    (key,) = pay["parameters"]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", True)
    assert pay["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ThingWanted"}
    assert pay["responses"]["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Thing"}


def test_a_query_becomes_parameters_and_no_schema(document: dict[str, Any]) -> None:
    parameters = {one["name"]: one for one in document["paths"]["/things"]["get"]["parameters"]}
    assert parameters["limit"]["schema"]["maximum"] == 100
    assert parameters["colour"]["schema"]["type"] == "array"
    assert "ThingQuery" not in document["components"]["schemas"]


def test_a_model_that_is_a_body_and_a_query_keeps_its_schema() -> None:
    routes = Things().routes()
    body = next(route.operation.body for route in routes if route.operation.body is not None)
    asking = Operation(
        name="ask", method="GET", path="/asked", summary="Ask", permission="public", answers={204: None}, query=body
    )
    document = openapi_document((*routes, Route(asking, routes[0].handler)), ApiInfo(), REGISTRY)
    assert body.__name__ in document["components"]["schemas"]


def test_a_problem_within_an_answer_keeps_its_own_schema() -> None:
    class Outcome(BaseModel):
        problem: Problem

    asking = Operation(
        name="ask", method="GET", path="/asked", summary="Ask", permission="public", answers={200: Outcome}
    )
    route = Route(asking, Things().routes()[0].handler)
    defined = openapi_document([route], ApiInfo(), REGISTRY)["components"]["schemas"]
    assert {"type": "null"} in defined["Problem"]["properties"]["fields"]["anyOf"]
    assert "anyOf" not in defined["ProblemDetails"]["properties"]["fields"]


def test_a_path_name_becomes_a_parameter(document: dict[str, Any]) -> None:
    (parameter,) = document["paths"]["/things/{thing_id}"]["get"]["parameters"]
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("thing_id", "path", True)


@pytest.mark.parametrize(
    ("operation", "may", "never"),
    [
        (LIST, set(), {"unauthenticated", "not-found", "idempotency-mismatch"}),
        (READ, {"unauthenticated", "token-expired", "refused", "not-found"}, {"mfa-required"}),
        (PAY, {"mfa-required", "step-up-required", "precondition-required", "idempotency-in-progress"}, {"not-found"}),
        (RENAME, {"precondition-failed", "precondition-required"}, {"idempotency-mismatch"}),
        (REFRESH, {"csrf-refused"}, {"refused", "unauthenticated"}),
    ],
    ids=lambda value: value.name if isinstance(value, Operation) else "",
)
def test_the_problems_an_operation_may_answer_follow_from_its_declaration(
    operation: Operation, may: set[str], never: set[str]
) -> None:
    types = problem_types(operation)
    assert may | {"internal", "invalid", "too-many", "draining"} <= types
    assert not types & never


def test_a_get_with_a_tag_documents_that_nothing_changed(document: dict[str, Any]) -> None:
    assert "304" in document["paths"]["/things/{thing_id}"]["get"]["responses"]
    assert "304" not in document["paths"]["/things/{thing_id}"]["patch"]["responses"]
