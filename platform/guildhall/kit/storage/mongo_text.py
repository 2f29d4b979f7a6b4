"""How checked queries and changes become MongoDB's operators, and how its duplicate errors are read."""

import re
from collections.abc import Mapping
from typing import Any

from guildhall.kit.storage.port import Among, Change, Document, Query, Range, Schema, Sort

_OPERATORS = {
    "set": "$set",
    "inc": "$inc",
    "unset": "$unset",
    "push": "$push",
    "pull": "$pull",
    "add_to_set": "$addToSet",
    "max": "$max",
}


def filter_of(schema: Schema, where: Query) -> Document:
    """MongoDB's `{"tags": "a"}` also finds lists that hold "a"; declared fields hold no lists, others are fenced."""
    wanted: Document = {}
    for path, condition in where.items():
        match condition:
            case Range():
                wanted[path] = {f"${which}": bound for which, bound in condition.bounds().items()}
            case Among():
                wanted[path] = {"$in": list(condition.values)}
            case _:
                wanted[path] = condition
        if path not in schema.declared:
            names = path.split(".")
            for depth in range(1, len(names) + 1):
                wanted[".".join([*names[:depth], "0"])] = {"$exists": False}
    return wanted


def order_of(sort: Sort) -> list[tuple[str, int]]:
    steps: list[tuple[str, int]] = list(sort)
    return steps if any(name == "_id" for name, _ in steps) else [*steps, ("_id", 1)]


def update_of(change: Change, on_insert: Mapping[str, Any] | None = None) -> Document:
    update: Document = {_OPERATORS[step]: dict(fields) for step, fields in change.steps().items()}
    if on_insert:
        update["$setOnInsert"] = dict(on_insert)
    return update


def duplicate_key(schema: Schema, details: Mapping[str, Any], sentence: str) -> tuple[str, ...]:
    """The fields of the key that is taken: from `keyPattern` (MongoDB 4.4 and later) or from the index's name."""
    pattern = details.get("keyPattern")
    if isinstance(pattern, Mapping) and pattern:
        return tuple(pattern)
    named = re.search(r"index: (?:\S*\$)?(\S+)", sentence)
    for key in (*schema.unique, ("_id",)):
        if named and named[1] in ("_".join(f"{name}_1" for name in key), "_id_" if key == ("_id",) else ""):
            return key
    return ()
