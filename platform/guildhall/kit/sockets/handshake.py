"""Who is calling: what is known of a connection before a namespace admits it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PAGE_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass(frozen=True, slots=True)
class PageSaid:
    """Which page connects, in its own words: of use among a person's own pages, and proof of nothing.

    Without it two open pages of one session would take it from each other for ever, each time one reconnects.
    """

    id: str = ""
    """The page's own for as long as it is open, however often it connects; "": it said none."""
    is_returning: bool = False
    """It had its place before, and nobody asked for the place back: it only reconnects."""

    def may_take_from(self, holder_id: str) -> bool:
        """False where a newer page took the place while this one was away."""
        return not self.is_returning or holder_id in ("", self.id)


NEW_PAGE: Final = PageSaid()


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a namespace decides on. `token` is empty when none was sent; `headers` are those of the HTTP request."""

    token: str
    address: str
    headers: Mapping[str, str]
    page: PageSaid = NEW_PAGE


def read_token(auth: object) -> str:
    """The token in a client's `auth: {token}`; empty when there is none or it is no text."""
    token = auth.get("token") if isinstance(auth, dict) else None
    return token if isinstance(token, str) else ""


def read_page(auth: object) -> PageSaid:
    """The page in a client's `auth: {page, returning}`; one that says nothing usable of itself is a new one."""
    said = auth if isinstance(auth, dict) else {}
    page_id = said.get("page")
    if not isinstance(page_id, str) or not PAGE_ID.fullmatch(page_id):
        return NEW_PAGE
    return PageSaid(page_id, said.get("returning") is True)
