"""A page of a list as an answer: one more is read than it holds, and the cursor leads on where there is one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from guildhall.kit.http.cursors import CursorSigner, Page, Place, SortBy, link_to_next
from guildhall.kit.http.operation import Answer, Call


class Listed(Protocol):
    """What is listed has an id, and the field that its list is sorted by."""

    @property
    def id(self) -> str: ...


D = TypeVar("D", bound=Listed)
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Listing:
    """One list in the one order it has. `sort` names a field of its documents, by which the store reads them too."""

    signer: CursorSigner
    name: str
    sort: SortBy

    async def page(
        self,
        call: Call[Any, Any],
        page: type[Page[T]],
        read: Callable[[Place | None, int], Awaitable[Sequence[D]]],
        show: Callable[[Sequence[D]], Awaitable[list[T]]],
        of: str = "",
    ) -> Answer:
        """`read` gives so many documents after the place, `show` makes a page's items of them.

        `of` says whose list it is: a cursor goes on in that one alone. Raises CursorMismatch.
        """
        where = {"list": self.name, "of": of}
        limit, cursor = call.query.limit, call.query.cursor
        place = self.signer.read(cursor, self.sort, where) if cursor else None
        found = await read(place, limit + 1)
        kept, after = found[:limit], None
        if len(found) > limit:
            last = kept[-1]
            after = self.signer.write(Place(getattr(last, self.sort[0]), last.id), self.sort, where)
        items = await show(kept)
        told = page(items=items, next_cursor=after, has_more=after is not None)
        return Answer(told, headers=link_to_next(call.request, after))
