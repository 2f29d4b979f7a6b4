"""Finding published opportunities, the newest first: each page costs the same, wherever it is.

Each word has its own list, in the order of the rank that all lists share. Of several words their lists are walked
together, each leaping to where the others are, so what is common is found without reading any list whole.
"""

from bisect import bisect_left
from dataclasses import dataclass

from guildhall.kit.http.cursors import Place
from guildhall.opportunities.lifecycle import PostingState
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.rules.searching import next_rank
from guildhall.opportunities.store import OpportunityStore

READ_ROWS = 200
LOOKS_MAX = 60
"""Reads of one page; then it ends early and says where to go on (END_EARLY). 60 of 200 rows are about 50 ms."""


@dataclass(frozen=True, slots=True)
class Found:
    items: list[Opportunity]
    next_rank: str | None
    """None: there is no more."""


class Searching:
    def __init__(self, store: OpportunityStore) -> None:
        self._store = store

    async def search(self, words: list[str], from_rank: str, limit: int) -> Found:
        """Those with all of these words from `from_rank` on (empty: from the newest); all there are without words."""
        if not words:
            place = Place(from_rank, "") if from_rank else None
            page = await self._store.published(place, limit + 1)
            more = page[limit].rank if len(page) > limit else None
            return Found(page[:limit], more)
        readers = [_Reader(self._store, word) for word in words]
        ids, at = await _common(readers, from_rank, limit)
        found = [one for one in await self._store.with_ids(ids) if one.state is PostingState.PUBLISHED]
        return Found(found, at)


class _Reader:
    """One word's list, read forward."""

    def __init__(self, store: OpportunityStore, word: str) -> None:
        self._store = store
        self._word = word
        self._rows: list[tuple[str, str]] = []
        self._is_last = False
        self.looks = 0

    async def seek(self, rank: str) -> tuple[str, str] | None:
        """The first at `rank` or after it."""
        place = bisect_left(self._rows, (rank,))
        if place == len(self._rows):
            if self._is_last:
                return None
            self.looks += 1
            self._rows = await self._store.having_word(self._word, rank, READ_ROWS)
            self._is_last, place = len(self._rows) < READ_ROWS, 0
        return self._rows[place] if self._rows else None


async def _common(readers: list[_Reader], from_rank: str, limit: int) -> tuple[list[str], str | None]:
    """The first `limit` that are in all lists, and where the next page begins."""
    found: list[str] = []
    at = from_rank
    while sum(reader.looks for reader in readers) < LOOKS_MAX:
        rows = [await reader.seek(at) for reader in readers]
        if any(row is None for row in rows):
            return found, None
        rank, opportunity_id = max(row for row in rows if row is not None)
        if all(row is not None and row[0] == rank for row in rows):
            if len(found) == limit:
                return found, rank
            found.append(opportunity_id)
            at = next_rank(rank)
        else:
            at = rank
    return found, at
