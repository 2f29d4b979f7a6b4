"""Applications that wait for a pass: asked for by their client, and looked at when a result may have changed."""

from dataclasses import replace
from typing import Final

from guildhall.assessments.model.progress import ExamProgress
from guildhall.assessments.service.passing import ExamOffered
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.opportunities.lifecycle import Actor
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Posting
from guildhall.opportunities.rules import assessing
from guildhall.opportunities.rules.giving_back import give_back
from guildhall.opportunities.rules.moving import By, Passes, Terms, missing_of, timed_application
from guildhall.opportunities.service.context import Client, Context
from guildhall.opportunities.service.following import Following

_ON_ITS_WAY: Final = frozenset({ExamProgress.SITTING, ExamProgress.MARKING, ExamProgress.WITHHELD})
log = get_logger(__name__)


class Assessing:
    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following
        self._store = context.store

    async def offered(self, organisation_id: str) -> list[ExamOffered]:
        """The exams that an organisation may have its applicants sit."""
        return await self._context.exams.offered(organisation_id, self._context.settings.house_deliveries)

    async def require(self, client: Client, application_id: str) -> Application:
        """The client's. Raises NotFound, MoveRefused."""
        application = await self._context.applicant(application_id, client)
        opportunity = await self._store.opportunities.read(application.opportunity_id)
        terms = await self._context.terms_for_client(opportunity, application)
        held = await self._context.held_by(application.agent_id, opportunity.posting)
        by = self._context.by(client.account_id, Actor.CLIENT)
        changed = await self._context.change_application(
            application_id, by, replace(terms, passes=Passes(held)), assessing.require_or_know
        )
        return await self._following.of_application(changed)

    async def look(self, application: Application) -> None:
        """The job's, and whoever knows that something was passed."""
        opportunity = await self._store.opportunities.read(application.opportunity_id)
        passes = await self._passes_of(application, opportunity.posting)
        terms = Terms(opportunity, self._context.settings, passes=passes)
        by, outages = self._context.by("system:credentials", Actor.SYSTEM), await self._context.outages_of(application)

        def decide(seen: Application, now: Terms, who: By) -> Application:
            return timed_application(assessing.look(give_back(seen, outages, now.settings), now, who), now.settings)

        changed = await self._context.change_application(application.id, by, terms, decide)
        await self._following.of_application(changed)

    async def look_at_agent(self, account_id: str) -> None:
        """Called when a pass was given or an exam was not passed; what is missed here, the job sees."""
        try:
            for one in await self._store.waiting_for_passes(account_id):
                await self.look(one)
        except DomainError as error:
            log.warning("applications_not_looked_at", account_id=account_id, reason=str(error))

    async def _passes_of(self, application: Application, posting: Posting) -> Passes:
        """How far the exams are is asked first: what is passed between the two questions counts as passed."""
        waits = application.assessment
        asked = {one.delivery_id for one in waits.missing} if waits is not None else set[str]()
        progress = {one: await self._context.exams.progress(application.agent_id, one) for one in sorted(asked)}
        held = await self._context.held_by(application.agent_id, posting)
        left = [progress[one.delivery_id] for one in missing_of(posting, held) if one.delivery_id in progress]
        return Passes(
            held,
            has_failed=any(one.of is ExamProgress.NOT_PASSED and not one.may_sit for one in left),
            is_on_its_way=any(one.of in _ON_ITS_WAY for one in left),
        )
