"""The OpenAPI 3.1 document, from the same declarations that the pipeline enforces."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from guildhall.kit.http.cors import CSRF_HEADER
from guildhall.kit.http.operation import PUBLIC, Operation, Route
from guildhall.kit.http.preconditions import ENTITY_TAG_PATTERN
from guildhall.kit.http.problems import Registry, problem_registry
from guildhall.kit.http.validation import IDEMPOTENCY_KEY, KEY_LENGTH_MAX, KEY_LENGTH_MIN, PATH_VALUE_LENGTH_MAX

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_PREFIX = _REF.format(model="")
_ALWAYS = frozenset(
    {
        "malformed",
        "length-required",
        "too-large",
        "unsupported-media-type",
        "invalid",
        "too-many",
        "internal",
        "unavailable",
        "draining",
        "overloaded",
        "deadline-exceeded",
        "limiter-away",
    }
)
_DETAILS = "ProblemDetails"  # RFC 9457's name; `Problem` is the model that some answers carry within
_KEYED = frozenset({"idempotency-in-progress", "idempotency-mismatch"})


@dataclass(frozen=True, slots=True)
class ApiInfo:
    title: str = "Guildhall"
    version: str = "1"
    description: str = "Everything the pages do, for programs."


def problem_types(operation: Operation) -> frozenset[str]:
    """Every type of problem an operation may answer with, by what it declares."""
    types = _ALWAYS | operation.problems
    if operation.permission != PUBLIC:
        types |= {"unauthenticated", "token-expired", "refused"}
    if operation.aal > 1:
        types |= {"mfa-required"}
    if operation.fresh_seconds is not None:
        types |= {"step-up-required"}
    if operation.cookie_borne:
        types |= {"csrf-refused"}
    if operation.path_names:
        types |= {"not-found"}
    if operation.idempotency != "none":
        types |= _KEYED
    if operation.if_match != "none":
        types |= {"precondition-failed"}
    if "required" in {operation.idempotency, operation.if_match}:
        types |= {"precondition-required"}
    if operation.query is not None and "cursor" in operation.query.model_fields:
        types |= {"cursor-mismatch"}
    return types


def openapi_document(routes: Sequence[Route], info: ApiInfo, registry: Registry | None = None) -> Json:
    """The same document for the same routes, byte for byte once dumped. Served at /v1/openapi.json."""
    known = problem_registry() if registry is None else registry
    operations = [route.operation for route in routes]
    schemas = _Schemas(operations)
    paths: dict[str, Json] = defaultdict(dict)
    for operation in operations:
        paths[operation.path][operation.method.lower()] = _operation(operation, schemas, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": info.title, "version": info.version, "description": info.description},
        "servers": [{"url": "/v1"}],
        "paths": dict(paths),
        "components": {
            "schemas": {**schemas.definitions, _DETAILS: _PROBLEM},
            "headers": _HEADERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "tags": [{"name": tag} for tag in sorted({tag for operation in operations for tag in operation.tags})],
    }


class _Schemas:
    """The schemas of all models at once, so that names are settled among all of them."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
        queries: set[type[BaseModel]] = set()
        bodies: set[type[BaseModel]] = set()
        for operation in operations:
            if operation.body is not None:
                wanted[operation.body, "validation"] = None
                bodies.add(operation.body)
            if operation.query is not None:
                wanted[operation.query, "validation"] = None
                queries.add(operation.query)
            for model in operation.answers.values():
                if model is not None:
                    wanted[model, "serialization"] = None
        self._references, defined = models_json_schema(list(wanted), ref_template=_REF)
        named: dict[str, Json] = defined.get("$defs", {})
        self._queries = {query: named[self._name(query, "validation")] for query in queries}
        only_queries = {self._name(query, "validation") for query in queries - bodies}
        self.definitions = {name: named[name] for name in sorted(named) if name not in only_queries}

    def reference(self, model: type[BaseModel], mode: Literal["validation", "serialization"]) -> Json:
        return dict(self._references[model, mode])

    def query(self, model: type[BaseModel]) -> Json:
        return self._queries[model]

    def _name(self, model: type[BaseModel], mode: Literal["validation", "serialization"]) -> str:
        name: str = self._references[model, mode]["$ref"]
        return name.removeprefix(_PREFIX)


def _operation(operation: Operation, schemas: _Schemas, registry: Registry) -> Json:
    types = problem_types(operation)
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": list(operation.tags),
        "parameters": _parameters(operation, schemas),
        "responses": _responses(operation, schemas, types, registry),
        "security": [] if operation.permission == PUBLIC else [{"bearer": []}],
        "x-permission": operation.permission,
        "x-rate-class": operation.rate_class,
        "x-deadline-seconds": operation.deadline_seconds,
        "x-problems": sorted(types),
    }
    if operation.aal > 1:
        described["x-aal"] = operation.aal
    if operation.fresh_seconds is not None:
        described["x-fresh-seconds"] = operation.fresh_seconds
    if operation.deprecated_on:
        described["deprecated"] = True
    if operation.body is not None:
        schema = schemas.reference(operation.body, "validation")
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if operation.takes:
        described["requestBody"] = {"required": True, "content": _bytes_of(operation.takes)}
    return described


def _parameters(operation: Operation, schemas: _Schemas) -> list[Json]:
    of_path = {"type": "string", "minLength": 1, "maxLength": PATH_VALUE_LENGTH_MAX}
    listed: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": of_path} for name in operation.path_names
    ]
    if operation.query is not None:
        query = schemas.query(operation.query)
        needed = set(query.get("required", ()))
        listed += [
            {"name": name, "in": "query", "required": name in needed, "schema": schema}
            for name, schema in query.get("properties", {}).items()
        ]
    if operation.idempotency != "none":
        key = {
            "type": "string",
            "minLength": KEY_LENGTH_MIN,
            "maxLength": KEY_LENGTH_MAX,
            "pattern": "^[!-~]+$",
        }
        listed.append(_header(IDEMPOTENCY_KEY, key, required=operation.idempotency == "required"))
    if operation.if_match != "none":
        tag = {"type": "string", "pattern": f"^{ENTITY_TAG_PATTERN}$"}
        listed.append(_header("If-Match", tag, required=operation.if_match == "required"))
    if operation.cookie_borne:
        listed.append(_header(CSRF_HEADER, {"type": "string"}, required=False))
    return listed


def _header(name: str, schema: Json, *, required: bool) -> Json:
    return {"name": name, "in": "header", "required": required, "schema": schema}


def _responses(operation: Operation, schemas: _Schemas, types: frozenset[str], registry: Registry) -> Json:
    always = {
        name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", "RateLimit", "RateLimit-Policy")
    }
    responses: Json = {}
    for status, model in operation.answers.items():
        headers = {**always, "ETag": {"$ref": "#/components/headers/ETag"}} if operation.has_etag else always
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "headers": headers}
        if model is not None:
            content = {"application/json": {"schema": schemas.reference(model, "serialization")}}
            responses[str(status)]["content"] = content
        elif operation.gives and status == HTTPStatus.OK:
            responses[str(status)]["content"] = _bytes_of(operation.gives)
    if operation.has_etag and operation.method == "GET":
        responses["304"] = {"description": "What the caller has is still right.", "headers": always}
    by_status: dict[int, list[str]] = defaultdict(list)
    for kind in sorted(types):
        by_status[registry[kind].status].append(kind)
    for status, kinds in sorted(by_status.items()):
        listed = ", ".join(f"`{kind}`" for kind in kinds)
        responses[str(status)] = {
            "description": f"{HTTPStatus(status).phrase}: {listed}.",
            "content": {"application/problem+json": {"schema": {"$ref": f"{_PREFIX}{_DETAILS}"}}},
        }
    return responses


def _bytes_of(content_types: Sequence[str]) -> Json:
    """OpenAPI 3.1 says bytes by saying nothing of a schema but the content type."""
    return {content_type: {} for content_type in content_types}


_TEXT: Json = {"type": "string"}
_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. `code` says what happened to a program, `detail` to a person; each code has a page.",
    "required": ["type", "code", "title", "status", "detail", "instance", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "code": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": {"type": "string", "format": "uri-reference"},
        "request_id": _TEXT,
        "fields": {"type": "object", "additionalProperties": _TEXT},
        "retry_after_ms": {"type": "integer"},
    },
    "additionalProperties": False,
}
_HEADERS: Mapping[str, Json] = {
    "X-Request-Id": {"description": "Names this request; tell it when something is wrong.", "schema": _TEXT},
    "RateLimit": {"description": "How many are left, and until when.", "schema": _TEXT},
    "RateLimit-Policy": {"description": "How many there may be in how many seconds.", "schema": _TEXT},
    "ETag": {"description": "The revision, for If-Match.", "schema": _TEXT},
}
