"""Carrying out what documents hold to be done; see `kit.follow_ups`."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from guildhall.kit.follow_ups import FollowedDocument, FollowUp, done
from guildhall.kit.storage.versioned import Documents

F = TypeVar("F", bound=FollowedDocument)


async def carry_out(
    documents: Documents[F], document: F, now_ms: int, do: Callable[[F, FollowUp], Awaitable[None]]
) -> F:
    """Everything that is left, in the order it was decided; the document as it is then."""
    if not document.follow_ups:
        return document
    for one in document.follow_ups:
        await do(document, one)
    keys = [one.key for one in document.follow_ups]
    return await documents.change(document.id, now_ms, lambda seen: done(seen, keys))
