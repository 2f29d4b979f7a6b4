"""O6: changing only what the caller has seen. An entity tag is a document's revision, in quotes on the wire."""

import re
from typing import Any

from aiohttp import web

from guildhall.kit.http.operation import Call
from guildhall.kit.http.problems import PreconditionFailed

ANY = "*"
ENTITY_TAG_PATTERN = '"[!#-~]{1,64}"'  # RFC 9110 section 8.8.3: strong, printable ASCII, as short as ours
_TAG = re.compile(ENTITY_TAG_PATTERN)


def read_entity_tag(header: str) -> str | None:
    """The tag without quotes, `*`, or None for a weak tag, a list or anything else."""
    if header == ANY:
        return ANY
    found = _TAG.fullmatch(header.strip())
    return found[0][1:-1] if found else None


def check_match(call: Call[Any, Any], etag: str) -> None:
    """Raise PreconditionFailed unless the caller expects `etag`, or nothing in particular.

    Handlers call it with the revision they read, and put the same revision into the expectation of their
    compare-and-set: the check makes the answer kind, the compare-and-set makes it true.
    """
    if call.if_match not in {None, ANY, etag}:
        raise PreconditionFailed("It has changed since you read it: read it again, then decide.")


def is_unchanged(request: web.Request, etag: str) -> bool:
    """Whether the caller of a GET has this very version already (If-None-Match)."""
    known = request.headers.get("If-None-Match")
    if known is None:
        return False
    return known == ANY or f'"{etag}"' in [tag.strip().removeprefix("W/") for tag in known.split(",")]
