"""One entry of the audit log, and the hash that ties it to the one before. Pure."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from guildhall.kit.entries import Entry

Decision = Literal["allowed", "refused"]
NOTHING_BEFORE: Final = ""
"""The `prev_hash` of a log's first entry."""
DETAILS_BYTES_MAX: Final = 16_000


class AuditEntry(BaseModel):
    """What happened, as it is read back; `number` counts from 1 without gaps."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: int
    key: str
    at_ms: int
    actor: str
    action: str
    object_type: str
    object_id: str
    decision: Decision
    details: dict[str, Any]
    prev_hash: str
    hash: str


def link(event: Mapping[str, Any], stream: str, key: str, at_ms: int, before: Entry | None) -> dict[str, Any]:
    """The body of the entry that follows `before`: the event, the hash of `before`, and its own."""
    prev_hash = NOTHING_BEFORE if before is None else str(before.body.get("hash"))
    body = {**event, "prev_hash": prev_hash}
    number = 1 if before is None else before.number + 1
    return {**body, "hash": entry_hash(Entry(stream, number, key, at_ms, body))}


def unlinked(entry: Entry) -> dict[str, Any]:
    """What an entry that `link` made says, without what ties it."""
    return {name: value for name, value in entry.body.items() if name not in {"hash", "prev_hash"}}


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of all that an entry says, its place and `prev_hash` included."""
    said = {name: value for name, value in entry.body.items() if name != "hash"}
    whole = {"stream": entry.stream, "number": entry.number, "key": entry.key, "at_ms": entry.at_ms, "body": said}
    return hashlib.sha256(canonical_json(whole)).hexdigest()


def canonical_json(value: Any) -> bytes:
    """The one way to write a value: sorted keys, no spaces, UTF-8. Raises ValueError for what has no such way.

    Fractions are refused rather than written by the rules of RFC 8785: databases differ in how they give them back.
    """
    _check(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def as_audit_entry(entry: Entry) -> AuditEntry:
    """Raises ValidationError for an entry that `link` did not make."""
    return AuditEntry.model_validate({"number": entry.number, "key": entry.key, "at_ms": entry.at_ms, **entry.body})


def _check(value: Any) -> None:
    if value is None or isinstance(value, str | int):  # a bool is an int
        return
    if isinstance(value, list | tuple):
        for each in value:
            _check(each)
        return
    if isinstance(value, dict) and all(isinstance(name, str) for name in value):
        for each in value.values():
            _check(each)
        return
    raise ValueError(
        f"An audit entry holds text, whole numbers, booleans and null, in lists and objects: not {value!r:.80}."
    )
