"""What a query may ask and what it means: like compares with like, `True` is not 1, text is never above a number."""

from collections.abc import Mapping
from typing import Any

from guildhall.kit.storage.documents import check_field, copy_plain, look_up, noun
from guildhall.kit.storage.port import Among, DocumentRefused, Query, Range, Schema, Sort

MAX_AMONG = 1000


def check_query(where: Query) -> Query:
    """The same query with plain scalars, or DocumentRefused. Null is refused: store a value that says so instead."""
    return {name: _check_condition(name, condition) for name, condition in where.items()}


def check_scalar(value: Any, path: str) -> Any:
    if not isinstance(value, (str, int, float)):
        raise DocumentRefused(f"{path}: only text, numbers and booleans can be compared, not {noun(value)}.")
    return copy_plain(value, path)


def check_listing(schema: Schema, sort: Sort, limit: int) -> None:
    """The order and length of a listing: each declared field once, 1 or -1, at least one document."""
    if len({name for name, _ in sort}) < len(sort):
        raise DocumentRefused("A sort may name a field once.")
    for name, direction in sort:
        check_declared(schema, name)
        if direction not in (1, -1):
            raise DocumentRefused(f"{name}: the direction is 1 or -1, not {direction!r}.")
    if limit < 1:
        raise DocumentRefused(f"The limit must be at least 1, not {limit}.")


def check_declared(schema: Schema, name: str) -> None:
    if name not in schema.declared:
        raise DocumentRefused(f"{name!r} must be in a key of {schema.name} to sort or count by it.")


def matches(document: Mapping[str, Any], where: Query) -> bool:
    """Whether a checked query holds for a document."""
    return all(_holds(look_up(document, path), condition) for path, condition in where.items())


def is_same(value: Any, scalar: Any) -> bool:
    return isinstance(value, bool) == isinstance(scalar, bool) and bool(value == scalar)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_condition(name: str, condition: Any) -> Any:
    check_field(name)
    match condition:
        case Range():
            plain = {which: check_scalar(bound, name) for which, bound in condition.bounds().items()}
            kinds = {is_number(bound) - isinstance(bound, str) for bound in plain.values()}
            if kinds not in ({1}, {-1}):
                raise DocumentRefused(f"{name}: a range has numbers or texts as bounds, not both.")
            return Range(**plain)
        case Among():
            if len(condition.values) > MAX_AMONG:
                raise DocumentRefused(f"{name}: at most {MAX_AMONG} values, not {len(condition.values)}.")
            return Among(tuple(check_scalar(value, name) for value in condition.values))
    return check_scalar(condition, name)


def _holds(value: Any, condition: Any) -> bool:
    match condition:
        case Among():
            return any(is_same(value, wanted) for wanted in condition.values)
        case Range():
            return all(_is_within(value, which, bound) for which, bound in condition.bounds().items())
    return is_same(value, condition)


def _is_within(value: Any, which: str, bound: Any) -> bool:
    if not (isinstance(value, str) if isinstance(bound, str) else is_number(value)):
        return False
    match which:
        case "gt":
            return bool(value > bound)
        case "gte":
            return bool(value >= bound)
        case "lt":
            return bool(value < bound)
    return bool(value <= bound)
