"""How documents become SQLite's text and queries become its SQL."""

import base64
from collections.abc import Iterable
from typing import Any

import orjson

from guildhall.kit.storage.port import Among, Document, Query, Range, Schema, Sort

_BYTES = "$bytes"  # no key of a document may hold a '$', so the tag is never mistaken
_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def write_json(document: Document) -> str:
    return orjson.dumps(document, default=_tag_bytes).decode()


def read_json(text: str) -> Document:
    document: Document = orjson.loads(text)
    return _untag_bytes(document) if _BYTES in text else document


def table_of(schema: Schema) -> str:
    return f"c_{schema.name}"


def index_name(schema: Schema, key: tuple[str, ...], *, unique: bool) -> str:
    fields = "__".join(field.replace(".", "_of_") for field in key)
    return f"{'uq' if unique else 'ix'}_{schema.name}__{fields}"


def create_index(schema: Schema, key: tuple[str, ...], *, unique: bool) -> str:
    columns = ", ".join(column(field) for field in key)
    kind = "unique index" if unique else "index"
    return f"create {kind} if not exists {index_name(schema, key, unique=unique)} on {table_of(schema)} ({columns})"


def column(field: str) -> str:
    """The expression of a checked field. SQLite uses an index only where the query spells it exactly alike."""
    return "id" if field == "_id" else f"(document ->> '$.{field}')"


def where_clause(where: Query) -> tuple[str, list[Any]]:
    """` where ...` of a checked query, and its parameters."""
    terms: list[str] = []
    parameters: list[Any] = []
    for field, condition in where.items():
        if isinstance(condition, Range):
            for which, bound in condition.bounds().items():
                terms.append(f"{column(field)} {_SIGNS[which]} ?")
                parameters.append(bound)
            terms.append(_kind_is(field, next(iter(condition.bounds().values()))))
        else:
            values = condition.values if isinstance(condition, Among) else (condition,)
            terms.append(_equals_one(field, values, parameters))
    return (f" where {' and '.join(terms)}" if terms else ""), parameters


def order_clause(sort: Sort) -> str:
    names = {name for name, _ in sort}
    steps = [f"{column(name)} {'asc' if direction == 1 else 'desc'}" for name, direction in sort]
    return " order by " + ", ".join(steps if "_id" in names else [*steps, "id asc"])


def _equals_one(field: str, values: Iterable[Any], parameters: list[Any]) -> str:
    """One `in` per kind of value, since SQLite's `true` is 1 and its JSON lists are text."""
    kinds: dict[str, list[Any]] = {}
    for value in values:
        kinds.setdefault(_kind_is(field, value), []).append(value)
    terms = []
    for kind, alike in kinds.items():
        terms.append(f"({column(field)} in ({', '.join('?' * len(alike))}) and {kind})")
        parameters.extend(alike)
    return f"({' or '.join(terms) or 'false'})"


def _kind_is(field: str, value: Any) -> str:
    if field == "_id":
        return "true" if isinstance(value, str) else "false"
    kind = f"json_type(document, '$.{field}')"
    match value:
        case bool():
            return f"{kind} in ('true', 'false')"
        case str():
            return f"{kind} = 'text'"
    return f"{kind} in ('integer', 'real')"


def _tag_bytes(value: bytes) -> dict[str, str]:
    return {_BYTES: base64.b64encode(value).decode()}


def _untag_bytes(value: Any) -> Any:
    match value:
        case {"$bytes": str() as text}:
            return base64.b64decode(text)
        case dict():
            return {name: _untag_bytes(item) for name, item in value.items()}
        case list():
            return [_untag_bytes(item) for item in value]
    return value
