"""The collections of opportunities; the only file here that queries."""

from collections.abc import AsyncIterator
from typing import Any, Final

from guildhall.kit.errors import NotFound
from guildhall.kit.http.cursors import Place, SortBy, find_after
from guildhall.kit.storage import Change, Schema, Storage, among, gt, gte, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.opportunities.lifecycle import ApplicationState, PostingState
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity

OPPORTUNITIES = Schema(
    "opportunities",
    unique=(("rank",),),
    index=(("state", "rank"), ("waits_since_ms",), ("organisation_id", "rank"), ("due_at_ms",), ("unsettled",)),
)
APPLICATIONS = Schema(
    "opportunities_applications",
    unique=(("opportunity_id", "agent_id"),),
    index=(
        ("opportunity_id", "applied_at_ms"),
        ("opportunity_id", "state"),
        ("agent_id", "applied_at_ms"),
        ("due_at_ms",),
        ("unsettled",),
    ),
)
WORDS = Schema("opportunities_words", index=(("word", "rank"), ("opportunity_id",)))
PAGE: Final = 100
BY_RANK: Final[SortBy] = ("rank", 1)
LONGEST_WAITING_FIRST: Final[SortBy] = ("waits_since_ms", 1)
LAST_APPLIED_FIRST: Final[SortBy] = ("applied_at_ms", -1)
FIRST_APPLIED_FIRST: Final[SortBy] = ("applied_at_ms", 1)


class OpportunityStore:
    """Used by the service and the jobs."""

    def __init__(self, storage: Storage) -> None:
        self._postings = storage.collection(OPPORTUNITIES)
        self._applications = storage.collection(APPLICATIONS)
        self._words = storage.collection(WORDS)
        self.opportunities = Documents(
            self._postings, Opportunity, _none_of("opportunity"), frozenset({"organisation_id", "created_at_ms"})
        )
        self.applications = Documents(
            self._applications,
            Application,
            _none_of("application"),
            frozenset({"opportunity_id", "organisation_id", "agent_id", "created_at_ms"}),
        )

    async def ensure(self) -> None:
        await self.opportunities.ensure()
        await self.applications.ensure()
        await self._words.ensure()

    # --- opportunities

    async def published(self, place: Place | None, limit: int) -> list[Opportunity]:
        """The newest first; `limit` of them after `place`."""
        where = {"state": PostingState.PUBLISHED.value}
        found = await find_after(self._postings, where, BY_RANK, limit, place)
        return [Opportunity.model_validate(document) for document in found]

    async def with_ids(self, ids: list[str]) -> list[Opportunity]:
        found = await self.opportunities.find({"_id": among(*ids)}, limit=max(1, len(ids)))
        by_id = {one.id: one for one in found}
        return [by_id[one] for one in ids if one in by_id]

    async def of_organisations(self, organisations: frozenset[str], limit: int) -> list[Opportunity]:
        """The newest of each, all together the newest first."""
        found: list[Opportunity] = []
        for one in sorted(organisations):
            found += await self.opportunities.find({"organisation_id": one}, sort=(BY_RANK,), limit=limit)
        return sorted(found, key=lambda one: one.rank)[:limit]

    def opportunities_due(self, now_ms: int) -> AsyncIterator[list[Opportunity]]:
        return self.opportunities.pages({"due_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    def opportunities_unsettled(self) -> AsyncIterator[list[Opportunity]]:
        return self.opportunities.pages({"unsettled": True}, limit=PAGE)

    async def to_review(self, place: Place | None, limit: int) -> list[Opportunity]:
        """What is not published yet, and changes of what is; whoever has waited longest, first."""
        where = {"waits_since_ms": gt(0)}
        found = await find_after(self._postings, where, LONGEST_WAITING_FIRST, limit, place)
        return [Opportunity.model_validate(document) for document in found]

    async def has_published(self, organisation_id: str) -> bool:
        where = {"organisation_id": organisation_id, "published_at_ms": gt(0)}
        return bool(await self.opportunities.find(where, limit=1))

    # --- the words by which they are found

    async def keep_words(self, opportunity: Opportunity, words: frozenset[str]) -> None:
        """Make these the opportunity's words; again changes nothing."""
        for word in sorted(words):
            fixed = {"word": word, "opportunity_id": opportunity.id}
            await self._words.upsert(f"{word}/{opportunity.id}", fixed, Change(set={"rank": opportunity.rank}))
        for row in await self._words.find({"opportunity_id": opportunity.id}, limit=1_000):
            if row["word"] not in words:
                await self._words.delete({"_id": row["_id"]})

    async def having_word(self, word: str, from_rank: str, limit: int) -> list[tuple[str, str]]:
        """(rank, opportunity) of those with this word from `from_rank` on, in the order of their rank."""
        where = {"word": word, "rank": gte(from_rank)}
        found = await self._words.find(where, sort=(BY_RANK,), limit=limit)
        return [(row["rank"], row["opportunity_id"]) for row in found]

    async def among_having_word(self, word: str, ids: list[str]) -> frozenset[str]:
        """Those of these opportunities that have this word."""
        found = await self._words.find({"_id": among(*(f"{word}/{one}" for one in ids))}, limit=len(ids))
        return frozenset(row["opportunity_id"] for row in found)

    # --- applications

    async def application_of(self, opportunity_id: str, agent_id: str) -> Application | None:
        found = await self.applications.find({"opportunity_id": opportunity_id, "agent_id": agent_id}, limit=1)
        return found[0] if found else None

    async def applications_for(self, opportunity_id: str, place: Place | None, limit: int) -> list[Application]:
        """Whoever applied first, first."""
        where = {"opportunity_id": opportunity_id}
        found = await find_after(self._applications, where, FIRST_APPLIED_FIRST, limit, place)
        return [Application.model_validate(document) for document in found]

    async def applications_of(self, agent_id: str, place: Place | None, limit: int) -> list[Application]:
        """The newest first."""
        found = await find_after(self._applications, {"agent_id": agent_id}, LAST_APPLIED_FIRST, limit, place)
        return [Application.model_validate(document) for document in found]

    async def count_of_agent_since(self, agent_id: str, since_ms: int) -> int:
        return await self.applications.count({"agent_id": agent_id, "applied_at_ms": gt(since_ms)})

    async def count_for(self, opportunity_id: str) -> dict[ApplicationState, int]:
        counted = await self._applications.count_by("state", {"opportunity_id": opportunity_id})
        return {ApplicationState(str(state)): number for state, number in counted.items()}

    async def applications_after(self, after_id: str) -> list[Application]:
        """Of all there are, by id."""
        return await self.applications.find({"_id": gt(after_id)}, limit=PAGE)

    def applications_due(self, now_ms: int) -> AsyncIterator[list[Application]]:
        return self.applications.pages({"due_at_ms": gt(0) & lte(now_ms)}, limit=PAGE)

    async def waiting_for_passes(self, agent_id: str) -> list[Application]:
        """Of an agent, those that wait for an exam."""
        where = {"agent_id": agent_id, "state": ApplicationState.ASSESSMENT.value}
        return await self.applications.find(where, limit=PAGE)

    def applications_unsettled(self) -> AsyncIterator[list[Application]]:
        return self.applications.pages({"unsettled": True}, limit=PAGE)


def _none_of(noun: str) -> Any:
    def missing(document_id: str) -> NotFound:
        return NotFound(f"There is no {noun} {document_id}.")

    return missing
