"""What a document may hold, so that SQLite and MongoDB store and return the same.

Pure; both adapters go through here before anything is written. Whatever they would treat differently is refused, in a
sentence that names the path. `queries.py` and `changes.py` do the same for what is asked and what is done.
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from guildhall.kit.storage.port import Document, DocumentRefused, Schema

MAX_WRITE_BYTES = 4 * 1024 * 1024
"""Of one call's document or change; MongoDB stops at 16 MB, so a document has room to grow by changes."""
MAX_DEPTH = 64  # MongoDB stops at 100
MAX_ID_CHARACTERS = 512

MISSING: Any = object()
"""What `look_up` gives for a path that is not there, which is not the same as null."""

_COLLECTION = re.compile(r"[a-z][a-z0-9_]{0,62}")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


def check_schema(schema: Schema) -> None:
    if not _COLLECTION.fullmatch(schema.name):
        raise DocumentRefused(f"{schema.name!r} is no collection name: small letters, digits and underscores only.")
    for name in schema.declared:
        check_field(name)


def check_field(name: object) -> None:
    """A field that is queried becomes part of an SQL expression, so its alphabet is narrow."""
    if not isinstance(name, str) or not _FIELD.fullmatch(name):
        raise DocumentRefused(f"{name!r} cannot be queried: letters, digits and underscores, joined by dots, only.")


def check_id(document_id: object) -> str:
    if not isinstance(document_id, str) or not 0 < len(document_id) <= MAX_ID_CHARACTERS:
        raise DocumentRefused(f"_id must be text of 1 to {MAX_ID_CHARACTERS} characters, not {document_id!r:.80}.")
    return str(copy_plain(document_id, "_id"))


def check_document(schema: Schema, document: Mapping[str, Any]) -> Document:
    """A plain, independent copy of the document (tuples become lists, enums their values), or DocumentRefused."""
    check_id(document.get("_id"))
    plain: Document = copy_plain(dict(document), "")
    for path in schema.declared:
        check_declared_value(schema, path, look_up(plain, path))
    return plain


def check_declared_value(schema: Schema, path: str, value: Any) -> None:
    """Of a field that a schema's keys name: a scalar or null, and if it is unique always text or a whole number."""
    if isinstance(value, (list, dict, bytes)):
        raise DocumentRefused(f"{path} is a key of {schema.name}: it cannot hold {noun(value)}.")
    if path in schema.unique_fields and (isinstance(value, bool) or not isinstance(value, (str, int))):
        raise DocumentRefused(
            f"{path} is unique in {schema.name}: it must hold text or a whole number, not {noun(value)}."
        )


def look_up(document: Any, path: str) -> Any:
    """The value at a dotted path, or MISSING."""
    value = document
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def copy_plain(value: Any, path: str) -> Any:
    """An independent copy made of the storable kinds only, at most MAX_WRITE_BYTES of them; or DocumentRefused."""
    return _Copier().copy(value, path, 0)


def check_key(name: object, path: str) -> str:
    if not isinstance(name, str) or not name or "." in name or "$" in name:
        raise DocumentRefused(f"{path or 'The document'}: {name!r} is no key; text without '.' and '$' is.")
    return name


def fits_64_bits(number: int) -> bool:
    # Not `in range(...)`, which walks through the whole range for an enum's member or a bson.Int64.
    return -(2**63) <= number < 2**63


def noun(value: Any) -> str:
    """What a value is, for a sentence."""
    if value is MISSING:
        return "nothing"
    if value is None:
        return "null"
    names: Iterable[tuple[type, str]] = (
        (bool, "a boolean"),
        (str, "text"),
        (int, "a whole number"),
        (float, "a fraction"),
        (bytes, "bytes"),
        (list, "a list"),
        (tuple, "a list"),
        (dict, "a document"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), f"a {type(value).__name__}")


class _Copier:
    """Copies one call's values and adds up their size, roughly as BSON counts it."""

    def __init__(self) -> None:
        self._bytes = 0

    def copy(self, value: Any, path: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise DocumentRefused(f"{path:.200}: documents nest at most {MAX_DEPTH} deep.")
        match value:
            case str():
                return self._copy_text(value, path)
            case list() | tuple():
                return [self.copy(item, f"{path}.{place}", depth + 1) for place, item in enumerate(value)]
            case dict():
                return {
                    self._copy_text(check_key(name, path), path): self.copy(
                        item, f"{path}.{name}".lstrip("."), depth + 1
                    )
                    for name, item in value.items()
                }
        self._weigh(path, len(value) if isinstance(value, bytes) else 8)
        return _copy_atom(value, path)

    def _copy_text(self, text: str, path: str) -> str:
        plain = str.__str__(text)  # an enum's member is its text
        if "\0" in plain:
            raise DocumentRefused(f"{path}: text cannot hold the character NUL.")
        try:
            self._weigh(path, len(plain.encode()))
        except UnicodeEncodeError:
            raise DocumentRefused(f"{path}: the text holds half a character (a lone surrogate).") from None
        return plain

    def _weigh(self, path: str, size_bytes: int) -> None:
        self._bytes += size_bytes + 8
        if self._bytes > MAX_WRITE_BYTES:
            raise DocumentRefused(f"{path:.200}: one write holds at most {MAX_WRITE_BYTES} bytes; a blob holds more.")


def _copy_atom(value: Any, path: str) -> Any:
    match value:
        case None | bool() | bytes():
            return value
        case int():
            if not fits_64_bits(value):
                raise DocumentRefused(f"{path}: {value} does not fit into 64 bits.")
            return int(value)
        case float():
            if not math.isfinite(value):
                raise DocumentRefused(f"{path}: {value} is no finite number.")
            return float(value)
    raise DocumentRefused(
        f"{path}: a {type(value).__name__} cannot be stored; text, numbers, booleans, null, bytes, lists and "
        "documents can (times are whole milliseconds)."
    )
