"""O2: path, query, headers and body in one pass, and every mistake of them in one answer."""

import re
from collections.abc import Awaitable, Callable
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from guildhall.kit.errors import Invalid, NotFound
from guildhall.kit.http.context import RequestContext
from guildhall.kit.http.operation import Call, NoBody, NoQuery, Operation
from guildhall.kit.http.preconditions import read_entity_tag
from guildhall.kit.http.problems import Malformed, PreconditionRequired
from guildhall.kit.wording import field_path, in_plain_words

PATH_VALUE_LENGTH_MAX = 128
KEY_LENGTH_MIN, KEY_LENGTH_MAX = 8, 255
IDEMPOTENCY_KEY = "Idempotency-Key"
_FIELDS_MAX = 50
_NAME_LENGTH_MAX = 100
_KEY = re.compile("[!-~]+")
_NO_BODY = NoBody()
_NO_QUERY = NoQuery()
_MANY = (list, tuple, set, frozenset)
_UNIONS = (Union, UnionType)
_OF_THE_JSON = frozenset({"json_invalid", "json_type"})

M = TypeVar("M", bound=BaseModel)
Fields = dict[str, str]
Validate = Callable[[web.Request, RequestContext], Awaitable[Call[Any, Any]]]


def make_validate(operation: Operation) -> Validate:
    """What turns a request for `operation` into a checked `Call`.

    Raises Invalid (every field that is wrong), Malformed (no JSON), NotFound (a path value that can name nothing) and
    PreconditionRequired (a header that must be there).
    """
    body_model = operation.body
    read_query = _make_query_reader(operation.query)
    has_path = bool(operation.path_names)
    takes_bytes = bool(operation.takes)
    keyed, matched = operation.idempotency, operation.if_match

    async def validate(request: web.Request, context: RequestContext) -> Call[Any, Any]:
        if has_path:
            _check_path(request)
        fields: Fields = {}
        query = read_query(request, fields)
        key = None if keyed == "none" else _read_key(request, fields)
        if_match = None if matched == "none" else _read_if_match(request, fields)
        body: BaseModel | None = _NO_BODY
        raw = b""
        if body_model is not None or takes_bytes:
            # Not `request.read()`: admission has checked the length against this operation's own cap.
            raw = await request.content.read(-1)
            if keyed != "none":
                context.raw_body = raw
        if body_model is not None:
            body = _read_body(raw, body_model, fields)
        if fields:
            raise refused(fields)
        if key is None and keyed == "required":
            raise PreconditionRequired(f"Send the header {IDEMPOTENCY_KEY}, so that a retry is not done twice.")
        if if_match is None and matched == "required":
            raise PreconditionRequired("Send the header If-Match with the ETag you read, so that no change is lost.")
        return Call(
            context.principal,
            body,
            query,
            request.match_info,
            context.address,
            context.request_id,
            request,
            key,
            raw if takes_bytes else b"",
            if_match,
        )

    return validate


def refused(fields: Fields) -> Invalid:
    """One problem for all that is wrong. Names and words only: what was sent is never sent back."""
    listed = "; ".join(f"`{name}` {words}" for name, words in fields.items())
    return Invalid(f"The request cannot be used: {listed}.", fields=fields)


def _check_path(request: web.Request) -> None:
    for value in request.match_info.values():
        if len(value) > PATH_VALUE_LENGTH_MAX or not value.isprintable():
            raise NotFound("There is nothing at this address.")


def _make_query_reader(model: type[BaseModel] | None) -> Callable[[web.Request, Fields], BaseModel | None]:
    chosen = model or NoQuery
    many = {name for name, field in chosen.model_fields.items() if _is_many(field.annotation)}
    try:
        empty: BaseModel | None = _NO_QUERY if model is None else chosen()
    except ValidationError:
        empty = None  # something in it is required

    def read(request: web.Request, fields: Fields) -> BaseModel | None:
        if empty is not None and not request.rel_url.raw_query_string:
            return empty
        given = _grouped(request.query, many, fields)
        try:
            return chosen.model_validate(given)
        except ValidationError as error:
            _add(fields, error, "query.")
            return None

    return read


def _grouped(query: MultiMapping[str], many: set[str], fields: Fields) -> dict[str, Any]:
    grouped: dict[str, Any] = {}
    for name in dict.fromkeys(query):
        values = query.getall(name)
        if name in many:
            grouped[name] = [part for value in values for part in value.split(",") if part]
        else:
            grouped[name] = values[0]
            if len(values) > 1:
                fields[f"query.{name[:_NAME_LENGTH_MAX]}"] = "may be given once"
    return grouped


def _is_many(annotation: Any) -> bool:
    if get_origin(annotation) in _UNIONS:
        return any(_is_many(one) for one in get_args(annotation))
    return annotation in _MANY or get_origin(annotation) in _MANY


def _read_body(raw: bytes, model: type[M], fields: Fields) -> M | None:
    try:
        return model.model_validate_json(raw or b"{}", strict=True)
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False, include_context=False)[0]["type"] in _OF_THE_JSON:
            raise Malformed("The body is not JSON.") from None
        _add(fields, error, "")
        return None


def _add(fields: Fields, error: ValidationError, prefix: str) -> None:
    """The first mistakes of `error`: a client can make as many, and name them as long, as its body has room for."""
    for one in error.errors(include_url=False)[:_FIELDS_MAX]:
        fields[prefix + (field_path(one)[:_NAME_LENGTH_MAX] or "body")] = in_plain_words(one)


def _read_key(request: web.Request, fields: Fields) -> str | None:
    key = request.headers.get(IDEMPOTENCY_KEY)
    if key is not None and not (KEY_LENGTH_MIN <= len(key) <= KEY_LENGTH_MAX and _KEY.fullmatch(key)):
        fields[f"header.{IDEMPOTENCY_KEY}"] = (
            f"must be {KEY_LENGTH_MIN} to {KEY_LENGTH_MAX} printable characters without spaces"
        )
    return key


def _read_if_match(request: web.Request, fields: Fields) -> str | None:
    given = request.headers.get("If-Match")
    if given is None:
        return None
    tag = read_entity_tag(given)
    if tag is None:
        fields["header.If-Match"] = 'must be one entity tag such as "7"'
    return tag
