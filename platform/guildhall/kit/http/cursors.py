"""Lists, a page at a time: keyset on one declared field and `_id`, behind a cursor that only we can write.

A page costs the same wherever it is, and what is added or removed meanwhile neither doubles nor hides a neighbour.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from guildhall.kit.http.problems import CursorMismatch
from guildhall.kit.storage import Collection, Document, gt, lt
from guildhall.kit.storage.port import Among, Query, Range

PAGE_SIZE, PAGE_SIZE_MAX = 25, 100
CURSOR_LENGTH_MAX = 1024
_VERSION = 1
# Told, not checked: one that was edited is answered by its own problem.
_ALPHABET: dict[str, JsonValue] = {"pattern": "^[A-Za-z0-9_-]+$"}
_MAC_BYTES = 8  # 2^64 guesses, each a request that is limited, for a place in a list the caller may read anyway
_FILTER_BYTES = 12

T = TypeVar("T", bound=BaseModel)
SortBy = tuple[str, Literal[1, -1]]


class PageQuery(BaseModel):
    """Base of the query of every list: its own filters are added by a subclass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE
    cursor: Annotated[str, Field(max_length=CURSOR_LENGTH_MAX, json_schema_extra=_ALPHABET)] | None = None


class Page(BaseModel, Generic[T]):
    """`next_cursor` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: list[T]
    next_cursor: str | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the last document's value of the sorted field, and its id."""

    value: str | int | float | bool
    document_id: str


class CursorSigner:
    """Writes and reads cursors; made once, with a secret that all processes share."""

    def __init__(self, secret: str) -> None:
        # Apart from the keys that sign tokens with the same secret.
        self._key = hmac.digest(secret.encode(), b"guildhall cursors", "sha256")

    def write(self, place: Place, sort: SortBy, where: Mapping[str, Any]) -> str:
        """A cursor that goes on after `place` in the list of `where`, sorted by `sort`."""
        body = orjson.dumps([_VERSION, *sort, place.value, place.document_id, _of_filter(where)])
        return base64.urlsafe_b64encode(self._mac(body) + body).rstrip(b"=").decode()

    def read(self, cursor: str, sort: SortBy, where: Mapping[str, Any]) -> Place:
        """Raises CursorMismatch for one that was edited, or written for another filter or order."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise _damaged() from None
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body)):
            raise _damaged()
        version, field, direction, value, document_id, of_filter = orjson.loads(body)
        if (version, field, direction, of_filter) != (_VERSION, *sort, _of_filter(where)):
            raise CursorMismatch("This cursor was given for another filter or order; begin again without a cursor.")
        return Place(value, document_id)

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:_MAC_BYTES]


async def find_after(
    collection: Collection, where: Query, sort: SortBy, limit: int, place: Place | None
) -> Sequence[Document]:
    """The next `limit` documents of `where` after `place`, sorted by a declared field and then by `_id`.

    A store asks for one more than a page holds to learn whether there is more. The port has no `or`, so a page that
    begins among equal values takes two queries.
    """
    field, direction = sort
    if place is None:
        return await collection.find(where, sort=(sort,), limit=limit)
    if field == "_id":
        bound = gt(place.document_id) if direction == 1 else lt(place.document_id)
        return await collection.find({**where, "_id": bound}, sort=(sort,), limit=limit)
    equal = {**where, field: place.value, "_id": gt(place.document_id)}
    found = await collection.find(equal, sort=(sort,), limit=limit)
    beyond = _beyond(where.get(field), place.value, direction)
    if len(found) < limit and beyond is not None:
        found += await collection.find({**where, field: beyond}, sort=(sort,), limit=limit - len(found))
    return found


def _beyond(given: Any, value: Any, direction: Literal[1, -1]) -> Range | Among | None:
    """What comes after `value` in the sorted field and is still within what the filter asks of it; None for nothing."""
    beyond = gt(value) if direction == 1 else lt(value)
    match given:
        case None:
            return beyond
        case Range():
            return Range(**{**given.bounds(), **beyond.bounds()})
        case Among():
            return Among(tuple(one for one in given.values if (one > value if direction == 1 else one < value)))
    return None


def link_to_next(request: web.Request, cursor: str | None) -> dict[str, str]:
    """The Link header of a page (RFC 8288), for `Answer.headers`; nothing on the last one."""
    if cursor is None:
        return {}
    return {"Link": f'<{request.rel_url.update_query(cursor=cursor)}>; rel="next"'}


def _of_filter(where: Mapping[str, Any]) -> str:
    told = orjson.dumps({name: repr(value) for name, value in where.items()}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()[: 2 * _FILTER_BYTES]


def _damaged() -> CursorMismatch:
    return CursorMismatch("This cursor was not written here, or was changed; begin again without a cursor.")
