"""Finding published opportunities, the newest first: each page costs the same, wherever it is.

Each word has its own list, in the order of the rank that all lists share. Of several words the rarest leads: its list
is read in parts, and of each part those stay that have the other words, too (a look-up by key). Walking all the lists
instead read 200 rows of a common word's for each ten of a rare one's.
"""

from dataclasses import dataclass

from guildhall.kit.http.cursors import Place
from guildhall.opportunities.lifecycle import PostingState
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.rules.searching import Row, next_rank, rarest_first
from guildhall.opportunities.store import OpportunityStore

READ_ROWS = 50
"""The first part. Each further one is twice as long: what the first did not hold enough of may be far apart."""
READ_ROWS_MAX = 400
LOOKED_AT_MAX = 6_000
"""Rows of the leading word for one page; then it ends early and says where to go on."""


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
        rows, at = await self._having_all(words, from_rank, limit)
        asked = await self._store.with_ids([opportunity_id for _, opportunity_id in rows])
        return Found([one for one in asked if one.state is PostingState.PUBLISHED], at)

    async def _having_all(self, words: list[str], from_rank: str, limit: int) -> tuple[list[Row], str | None]:
        """The first `limit` that have all the words, and where the next page begins."""
        rows_at_once = READ_ROWS
        parts = {word: await self._store.having_word(word, from_rank, rows_at_once) for word in words}
        leader, *others = rarest_first(parts, rows_at_once)
        part, looked_at, found = parts[leader], 0, list[Row]()
        while True:
            found += await self._having_others(part, others)
            if len(found) > limit:
                return found[:limit], found[limit][0]
            if len(part) < rows_at_once:
                return found, None
            looked_at, at = looked_at + len(part), next_rank(part[-1][0])
            if looked_at >= LOOKED_AT_MAX:
                return found, at
            rows_at_once = min(rows_at_once * 2, READ_ROWS_MAX)
            part = await self._store.having_word(leader, at, rows_at_once)

    async def _having_others(self, rows: list[Row], others: list[str]) -> list[Row]:
        for word in others:
            if not rows:
                break
            having = await self._store.among_having_word(word, [opportunity_id for _, opportunity_id in rows])
            rows = [row for row in rows if row[1] in having]
        return rows
