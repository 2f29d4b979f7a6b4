"""The verbs of opportunities, for their routes and jobs."""

from guildhall.notifications.service import ADMINS
from guildhall.opportunities.lifecycle import Actor, ApplicationState
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.rules import deciding
from guildhall.opportunities.rules import posting as posting_rules
from guildhall.opportunities.rules.giving_back import give_back
from guildhall.opportunities.rules.moving import By, Terms, timed_application, timed_posting
from guildhall.opportunities.service.applying import Applying
from guildhall.opportunities.service.assessing import Assessing
from guildhall.opportunities.service.context import Context
from guildhall.opportunities.service.exporting import Exporting
from guildhall.opportunities.service.following import Following
from guildhall.opportunities.service.forgetting import Forgetting
from guildhall.opportunities.service.hiring import Hiring
from guildhall.opportunities.service.posting import PostingVerbs
from guildhall.opportunities.service.review_digest import ReviewDigest
from guildhall.opportunities.service.searching import Searching
from guildhall.opportunities.service.talking import Talking

__all__ = ["OpportunitiesService"]


class OpportunitiesService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.following = Following(context)
        self.posting = PostingVerbs(context, self.following)
        self.applying = Applying(context, self.following)
        self.assessing = Assessing(context, self.following)
        self.hiring = Hiring(context, self.following)
        self.forgetting = Forgetting(context, self.following)
        self.review_digest = ReviewDigest(context)
        self.exporting = Exporting(context)
        self.searching = Searching(context.store)
        self.talking = Talking(context)
        watch = context.notifications.watch
        watch(context.store.applications, "applications", lambda one: (one.agent_id, one.organisation_id))
        watch(context.store.opportunities, "opportunities", lambda one: (one.organisation_id, ADMINS))

    async def settle_opportunity(self, opportunity: Opportunity) -> None:
        """The job's: its last day, and places that waited too long for their offer."""
        for application_id in opportunity.places:
            application = await self.context.store.applications.get(application_id)
            if application is not None:
                await self.following.settle_place(application)
        by, settings = self.context.by("system:calendar", Actor.SYSTEM), self.context.settings

        def decide(seen: Opportunity) -> Opportunity:
            # A copy even where nothing was due after all, so that its next timer is set anew.
            return timed_posting(posting_rules.expire(seen, settings, by))

        changed = await self.context.store.opportunities.change(opportunity.id, by.at_ms, decide)
        await self.following.of_opportunity(changed)

    async def settle_application(self, application: Application) -> None:
        """The job's: outages of ours, late answers, offers that have run out, and passes that may have come."""
        if application.state is ApplicationState.ASSESSMENT:
            await self.assessing.look(application)
            return
        opportunity = await self.context.store.opportunities.read(application.opportunity_id)
        by, outages = self.context.by("system:calendar", Actor.SYSTEM), await self.context.outages_of(application)
        terms = Terms(opportunity, self.context.settings)

        def decide(seen: Application, now: Terms, who: By) -> Application:
            return timed_application(deciding.fire(give_back(seen, outages, now.settings), now, who), now.settings)

        changed = await self.context.change_application(application.id, by, terms, decide)
        await self.following.of_application(changed)
