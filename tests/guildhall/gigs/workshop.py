"""Where contracts of a market are worked on: over a real database, with a held clock."""

import itertools
from typing import Any

from guildhall.gigs import jobs
from guildhall.gigs.model.contracts import Contract, Milestone
from guildhall.gigs.model.terms import WorkTerms
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules.moving import milestone_of
from guildhall.gigs.service.context import Caller
from guildhall.gigs.service.verbs import contract_verbs, dispute_verbs, milestone_verbs, week_dispute_verbs
from tests.guildhall.gigs.contracts import agreed, fixed
from tests.guildhall.opportunities.market import ORGANISATION, Market

STAFF = Caller("acc_sam", is_staff=True)
SECOND = Caller("acc_sue", is_staff=True)
TEXT = b"The first draft, as agreed."


class Workshop:
    def __init__(self, market: Market) -> None:
        self.market, self.clock, self.backbone = market, market.clock, market.backbone
        self.service = market.backbone.gigs
        self.working, self.store = self.service.working, self.service.store
        self.agent, self.client = (
            Caller(market.accounts["ada"]),
            Caller(market.accounts["carla"], frozenset({ORGANISATION}), frozenset({ORGANISATION})),
        )
        self._offers = itertools.count(1)

    async def open(self, work: WorkTerms | None = None) -> Contract:
        terms = agreed(work or fixed(40_000, 60_000, revisions=1)).model_copy(
            update={"organisation_id": ORGANISATION, "agent_id": self.agent.account_id}
        )
        return await self.service.opening.open_contract(terms, f"off_{next(self._offers)}")

    async def act(self, contract: Contract, who: Caller, action: str, words: str = "") -> Contract:
        return await self.working.decide(contract.id, who, contract_verbs(action, words))

    async def on(self, contract: Contract, who: Caller, action: str, words: str = "", key: str = "m1") -> Contract:
        return await self.working.decide(contract.id, who, milestone_verbs(action, key, words))

    async def argue(
        self, contract: Contract, who: Caller, action: str, words: str = "", minor: int | None = None
    ) -> Contract:
        dispute = (await self.read(contract)).disputes[-1]
        return await self.working.decide(contract.id, who, dispute_verbs(action, dispute.id, minor, words))

    async def argue_about_hours(
        self, week: Week, who: Caller, action: str, words: str = "", minor: int | None = None
    ) -> Week:
        decide = week_dispute_verbs(action, minor, words)
        return await self.service.hours.on_dispute(week.contract_id, who, week.monday, decide)

    async def week(self, week: Week) -> Week:
        return await self.store.weeks.read(week.id)

    async def begun(self, work: WorkTerms | None = None) -> Contract:
        contract = await self.open(work)
        await self.on(contract, self.client, "fund")
        return await self.on(contract, self.agent, "start")

    async def handed_in(self, work: WorkTerms | None = None) -> Contract:
        contract = await self.begun(work)
        await self.working.put_file(contract.id, self.agent, "m1", "draft.txt", TEXT)
        return await self.on(contract, self.agent, "submit", "Here it is.")

    async def read(self, contract: Contract) -> Contract:
        return await self.store.contracts.read(contract.id)

    async def milestone(self, contract: Contract, key: str = "m1") -> Milestone:
        return milestone_of(await self.read(contract), key)

    async def look(self) -> None:
        """A pass of the jobs."""
        await jobs.look(self.service)

    async def later(self, milliseconds: int) -> None:
        self.clock.advance(milliseconds)
        await self.look()

    async def told(self, name: str = "ada") -> list[str]:
        """The kinds of what somebody was told, the newest first."""
        return [one for one in await self.market.told(name) if one.startswith("gig_")]

    async def audited(self, contract: Contract) -> list[str]:
        found: list[Any] = await self.backbone.audit.read(0, 5_000)
        return [one.action for one in found if one.object_id == contract.id]
