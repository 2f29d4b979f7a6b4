"""The collections of gigs; the only file here that queries."""

from collections.abc import AsyncIterator, Collection
from typing import Any, Final

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.days import AgentDay
from guildhall.gigs.model.weeks import Week, week_id
from guildhall.kit.errors import NotFound
from guildhall.kit.http.cursors import Place, SortBy, find_after
from guildhall.kit.storage import Schema, Storage, gt, lt, lte
from guildhall.kit.storage.versioned import Documents

CONTRACTS = Schema(
    "gigs_contracts",
    unique=(("from_offer",),),
    index=(
        ("agent_id", "opened_at_ms"),
        ("organisation_id", "opened_at_ms"),
        ("has_open_dispute", "opened_at_ms"),
        ("due_at_ms",),
        ("unsettled",),
    ),
)
WEEKS = Schema(
    "gigs_weeks",
    index=(("contract_id", "begins_at_ms"), ("agent_id", "begins_at_ms"), ("due_at_ms",), ("unsettled",)),
)
DAYS = Schema("gigs_agent_days")
PAGE: Final = 100
WEEKS_SHOWN: Final = 12
NEWEST_FIRST: Final[SortBy] = ("opened_at_ms", -1)
OLDEST_FIRST: Final[SortBy] = ("opened_at_ms", 1)
_WEEK_MS: Final = 8 * 86_400_000


class GigsStore:
    """Used by the service and the jobs."""

    def __init__(self, storage: Storage) -> None:
        self._contracts = storage.collection(CONTRACTS)
        self.contracts = Documents(
            self._contracts,
            Contract,
            _none_of("contract"),
            frozenset({"from_offer", "organisation_id", "agent_id", "opened_at_ms", "created_at_ms"}),
        )
        self.weeks = Documents(
            storage.collection(WEEKS),
            Week,
            _none_of("week of hours"),
            frozenset({"contract_id", "agent_id", "organisation_id", "monday", "begins_at_ms", "created_at_ms"}),
        )
        self.days = Documents(
            storage.collection(DAYS),
            AgentDay,
            _none_of("day of hours"),
            frozenset({"agent_id", "date", "created_at_ms"}),
        )

    async def ensure(self) -> None:
        await self.contracts.ensure()
        await self.days.ensure()
        await self.weeks.ensure()

    async def from_offer(self, offer_id: str) -> Contract | None:
        found = await self.contracts.find({"from_offer": offer_id}, limit=1)
        return found[0] if found else None

    async def of_agent(self, agent_id: str, place: Place | None, limit: int) -> list[Contract]:
        """The newest first; `limit` of them after `place`."""
        return await self._page({"agent_id": agent_id}, NEWEST_FIRST, place, limit)

    async def of_organisations(self, organisations: frozenset[str], limit: int) -> list[Contract]:
        """The newest of each, all together the newest first."""
        found: list[Contract] = []
        for one in sorted(organisations):
            found += await self._page({"organisation_id": one}, NEWEST_FIRST, None, limit)
        return sorted(found, key=lambda one: (-one.opened_at_ms, one.id))[:limit]

    async def disputed(self, place: Place | None, limit: int) -> list[Contract]:
        """Those with an open dispute, the oldest first."""
        return await self._page({"has_open_dispute": True}, OLDEST_FIRST, place, limit)

    def contracts_due(self, now_ms: int) -> AsyncIterator[list[Contract]]:
        return self.contracts.pages(_due(now_ms), limit=PAGE)

    def contracts_unsettled(self) -> AsyncIterator[list[Contract]]:
        return self.contracts.pages({"unsettled": True}, limit=PAGE)

    # --- weeks of hours

    async def weeks_of(self, contract_id: str) -> list[Week]:
        """The newest first, at most WEEKS_SHOWN."""
        return await self.weeks.find({"contract_id": contract_id}, sort=(("begins_at_ms", -1),), limit=WEEKS_SHOWN)

    async def all_weeks_of(self, contract_id: str) -> list[Week]:
        """The newest first, of nineteen years."""
        return await self.weeks.find({"contract_id": contract_id}, sort=(("begins_at_ms", -1),), limit=1_000)

    async def weeks_shown(self, contract: Contract) -> list[Week]:
        """The newest, and whichever are disputed, however old they are; the newest first."""
        newest = await self.weeks_of(contract.id)
        known = {one.monday for one in newest}
        older = await self.disputed_weeks(contract, but=known)
        return sorted((*newest, *older), key=lambda one: one.begins_at_ms, reverse=True)

    async def disputed_weeks(self, contract: Contract, but: Collection[str] = ()) -> list[Week]:
        found = [await self.weeks.get(week_id(contract.id, one)) for one in contract.disputed_weeks if one not in but]
        return [one for one in found if one is not None]

    async def weeks_around(self, agent_id: str, at_ms: int) -> list[Week]:
        """An agent's weeks, of every contract, that may hold this moment: time zones lie at most a day apart."""
        where = {"agent_id": agent_id, "begins_at_ms": gt(at_ms - _WEEK_MS) & lt(at_ms + _WEEK_MS)}
        return await self.weeks.find(where, limit=PAGE)

    def weeks_due(self, now_ms: int) -> AsyncIterator[list[Week]]:
        return self.weeks.pages(_due(now_ms), limit=PAGE)

    def weeks_unsettled(self) -> AsyncIterator[list[Week]]:
        return self.weeks.pages({"unsettled": True}, limit=PAGE)

    async def _page(self, where: dict[str, Any], by: SortBy, place: Place | None, limit: int) -> list[Contract]:
        found = await find_after(self._contracts, where, by, limit, place)
        return [Contract.model_validate(document) for document in found]


def _due(now_ms: int) -> dict[str, Any]:
    return {"due_at_ms": gt(0) & lte(now_ms)}


def _none_of(noun: str) -> Any:
    def missing(document_id: str) -> NotFound:
        return NotFound(f"There is no {noun} {document_id}.")

    return missing
