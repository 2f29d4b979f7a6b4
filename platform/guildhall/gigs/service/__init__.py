"""The verbs of gigs, for its routes and jobs, and for whoever opens a contract."""

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules.timing import fire, fire_week, give_back, give_back_week
from guildhall.gigs.service.context import Context
from guildhall.gigs.service.exporting import Exporting
from guildhall.gigs.service.following import Following
from guildhall.gigs.service.logging_hours import LoggingHours
from guildhall.gigs.service.opening import Opening
from guildhall.gigs.service.talking import Talking
from guildhall.gigs.service.working import Working

__all__ = ["GigsService"]


class GigsService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context, self.store = context, context.store
        self.opening = Opening(context)
        self.following = Following(context)
        self.working = Working(context, self.following)
        self.hours = LoggingHours(context, self.following)
        self.talking = Talking(context)
        self.exporting = Exporting(context)
        context.notifications.watch(context.store.contracts, "contracts", _concerned)
        context.notifications.watch(context.store.weeks, "contracts", _concerned)

    async def settle(self, contract: Contract) -> None:
        """The job's: give outages of ours back, fire what is due, carry out what is left."""
        outages = await self.context.outages_since(contract.given_back_ms)
        changed = await self.context.change(
            contract.id,
            self.context.system(),
            # A copy even where nothing was due after all, so that its next timer is set anew.
            lambda seen, settings, by: fire(give_back(seen, outages, settings), settings, by.at_ms).model_copy(),
        )
        await self.following.of_contract(changed)

    async def settle_week(self, week: Week) -> None:
        """The job's, the same for a week of hours."""
        outages = await self.context.outages_since(week.given_back_ms)
        contract = await self.context.store.contracts.read(week.contract_id)
        changed = await self.context.change_week(
            week.id,
            contract,
            self.context.system(),
            lambda seen, at, settings, by: fire_week(give_back_week(seen, outages, settings), at, settings, by.at_ms),
        )
        await self.following.of_week(changed)


def _concerned(document: Contract | Week) -> tuple[str, str]:
    return document.agent_id, document.organisation_id
