"""What a change may do and what it does: the checks before both adapters, and SQLite's way of applying one.

MongoDB applies changes itself; the contract suite holds `apply_change` to the same results.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from guildhall.kit.storage.documents import (
    MISSING,
    check_declared_value,
    check_document,
    check_id,
    check_key,
    copy_plain,
    fits_64_bits,
    look_up,
    noun,
)
from guildhall.kit.storage.port import Change, Document, DocumentRefused, Schema
from guildhall.kit.storage.queries import check_scalar, is_number, is_same


def check_change(schema: Schema, change: Change) -> Change:
    """A plain, independent copy of the change, or DocumentRefused."""
    named = [path for fields in change.steps().values() for path in fields]
    for path in named:
        _check_path(schema, path)
    _refuse_overlaps(named)
    if not named:
        raise DocumentRefused("A change must change something.")
    plain = {
        step: dict.fromkeys(fields, True) if step == "unset" else copy_fields(fields)
        for step, fields in change.steps().items()
    }
    for step, fields in plain.items():
        for path, value in fields.items():
            _check_step(schema, step, path, value)
    return Change(**plain)


def check_upsert(
    schema: Schema, document_id: str, on_insert: Mapping[str, Any], change: Change
) -> tuple[Document, Change]:
    """What to start from where there is no such document, and the change; together they must make a good document."""
    checked = check_change(schema, change) if change.steps() or not on_insert else Change()
    _refuse_overlaps([*on_insert, *(path for fields in checked.steps().values() for path in fields)])
    born = {**copy_plain(dict(on_insert), ""), "_id": check_id(document_id)}
    if "_id" in on_insert:
        raise DocumentRefused("_id is given once, beside on_insert.")
    check_document(schema, apply_change(copy_plain(born, ""), checked))
    return born, checked


def apply_change(document: Document, change: Change) -> Document:
    """The document, changed in place by a checked change; DocumentRefused where a value is not of the needed kind."""
    for step, fields in change.steps().items():
        for path, value in fields.items():
            _apply(document, step, path, value)
    return document


def copy_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {path: copy_plain(value, path) for path, value in fields.items()}


def _apply(document: Document, step: str, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    if step in ("unset", "pull") and look_up(document, path) is MISSING:
        return
    holder = document
    for name in parents:
        below = holder.setdefault(name, {})
        if not isinstance(below, dict):
            raise DocumentRefused(f"{path}: {name} holds {noun(below)}, so nothing can be put below it.")
        holder = below
    if step == "unset":
        del holder[last]
    else:
        holder[last] = _STEPS[step](holder.get(last, MISSING), value, path)


def _set(_old: Any, value: Any, _path: str) -> Any:
    return value


def _inc(old: Any, amount: float, path: str) -> int | float:
    if old is MISSING:
        return amount
    if not is_number(old):
        raise DocumentRefused(f"{path}: it holds {noun(old)}, which cannot be added to.")
    total: int | float = old + amount
    if not (fits_64_bits(total) if isinstance(total, int) else math.isfinite(total)):
        raise DocumentRefused(f"{path}: the sum does not fit into 64 bits.")
    return total


def _max(old: Any, value: float, _path: str) -> Any:
    # MongoDB's order of kinds: null, numbers, and then all others, which stay.
    return value if old is MISSING or old is None or (is_number(old) and value > old) else old


def _push(old: Any, value: Any, path: str) -> list[Any]:
    return [*_list(old, path), value]


def _pull(old: Any, value: Any, path: str) -> list[Any]:
    return [item for item in _list(old, path) if not is_same(item, value)]


def _add_to_set(old: Any, value: Any, path: str) -> list[Any]:
    items = _list(old, path)
    return items if any(is_same(item, value) for item in items) else [*items, value]


_STEPS: Mapping[str, Callable[[Any, Any, str], Any]] = {
    "set": _set,
    "inc": _inc,
    "max": _max,
    "push": _push,
    "pull": _pull,
    "add_to_set": _add_to_set,
}


def _list(value: Any, path: str) -> list[Any]:
    if value is MISSING:
        return []
    if not isinstance(value, list):
        raise DocumentRefused(f"{path}: it holds {noun(value)}, not a list.")
    return value


def _check_path(schema: Schema, path: object) -> None:
    for name in str(path).split("."):
        if check_key(name, str(path)).isdecimal():
            raise DocumentRefused(f"{path}: {name} could mean a place in a list; begin field names with a letter.")
        copy_plain(name, str(path))
    for declared in schema.declared:
        if str(path).startswith(f"{declared}."):
            raise DocumentRefused(f"{path}: {declared} is a key of {schema.name}: nothing can be put below it.")
    if path == "_id":
        raise DocumentRefused("_id never changes.")


def _check_step(schema: Schema, step: str, path: str, value: Any) -> None:
    if step in ("inc", "max") and not is_number(value):
        raise DocumentRefused(f"{path}: {step} needs a number, not {noun(value)}.")
    if step in ("pull", "add_to_set"):
        check_scalar(value, path)
    for declared in schema.declared:
        if declared == path and step in ("push", "pull", "add_to_set"):
            raise DocumentRefused(f"{path} is a key of {schema.name}: it cannot hold a list.")
        if declared == path or declared.startswith(f"{path}."):
            new = (
                MISSING if step == "unset" else value if declared == path else look_up(value, declared[len(path) + 1 :])
            )
            check_declared_value(schema, declared, new)


def _refuse_overlaps(paths: Iterable[str]) -> None:
    """MongoDB refuses a change whose paths meet; `a` meets `a` and `a.b`."""
    seen: set[str] = set()
    for path in sorted(paths, key=lambda path: path.split(".")):
        names = path.split(".")
        if seen & {".".join(names[:depth]) for depth in range(1, len(names) + 1)}:
            raise DocumentRefused(f"{path} is named twice in one change, or lies below a field that is.")
        seen.add(path)
