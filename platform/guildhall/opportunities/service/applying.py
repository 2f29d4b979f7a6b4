"""What agents do: apply, confirm, withdraw, and answer offers."""

from dataclasses import replace

from guildhall.kit.errors import NotFound, TooMany
from guildhall.kit.http.cursors import Place
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate
from guildhall.opportunities.lifecycle import Actor, ApplicationState
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.rules import applying
from guildhall.opportunities.rules.applying import Given
from guildhall.opportunities.rules.assessing import credentials_of
from guildhall.opportunities.rules.moving import DAY_MS, Passes, Terms
from guildhall.opportunities.service.context import Context, Decide
from guildhall.opportunities.service.following import Following

_ENDED = frozenset({ApplicationState.WITHDRAWN, ApplicationState.EXPIRED, ApplicationState.REJECTED})


class Applying:
    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following
        self._store = context.store

    async def apply(self, agent_id: str, opportunity_id: str, given: Given) -> Application:
        """Apply, or find what was applied before: the same agent has one application for an opportunity.

        Raises NotFound, CapabilityMissing, NotOpen, Conflict, Invalid, CredentialsMissing, TooMany, MoveRefused.
        """
        person = await self._context.people.find(agent_id)
        if person is None:
            raise NotFound("There is no such account.")
        opportunity = await self._store.opportunities.read(opportunity_id)
        terms = await self._context.terms_for_agent(opportunity, agent_id)
        held = await self._context.held_by(agent_id, opportunity.posting)
        terms = replace(terms, passes=Passes(held))
        by = self._context.by(agent_id, Actor.AGENT)
        applying.check_application(given, terms, by.at_ms)
        await self._check_quota(agent_id, by.at_ms)
        fresh = Application(
            id=new_id("app", self._context.clock),
            created_at_ms=by.at_ms,
            opportunity_id=opportunity_id,
            organisation_id=opportunity.organisation_id,
            agent_id=agent_id,
            name=person.name,
            title=opportunity.posting.title,
            applied_at_ms=by.at_ms,
            cover=given.cover,
            bid_minor=given.bid_minor,
            currency=opportunity.posting.currency,
            answers=given.answers,
            terms_version=given.terms_version,
            credentials=credentials_of(opportunity.posting, held),
        )
        submitted = applying.submit(fresh, terms, by)
        try:
            await self._store.applications.add(submitted)
        except Duplicate:
            submitted = await self._again(fresh, terms, agent_id)
        return await self._following.of_application(submitted)

    async def _again(self, fresh: Application, terms: Terms, agent_id: str) -> Application:
        by = self._context.by(agent_id, Actor.AGENT)
        known = await self._store.application_of(fresh.opportunity_id, agent_id)
        if known is None:
            raise NotFound("The application was removed this very moment.")
        if (known.cover, known.bid_minor, known.answers) == (fresh.cover, fresh.bid_minor, fresh.answers):
            is_same = known.applied_at_ms > by.at_ms - DAY_MS and known.state not in _ENDED
            if is_same:  # the same click, whose answer was lost
                return known
        return await self._context.change_application(
            known.id, by, terms, lambda seen, now, who: applying.apply_again(seen, fresh, now, who)
        )

    async def _check_quota(self, agent_id: str, now_ms: int) -> None:
        most = self._context.settings.applications_a_day
        if await self._store.count_of_agent_since(agent_id, now_ms - DAY_MS) >= most:
            raise TooMany(
                f"At most {most} applications are taken of one agent in 24 hours.", retry_after_ms=DAY_MS // 24
            )

    async def confirm(self, agent_id: str, application_id: str) -> Application:
        """Raises NotFound, MoveRefused."""
        return await self._change(agent_id, application_id, applying.confirm)

    async def withdraw(self, agent_id: str, application_id: str) -> Application:
        """Raises NotFound, MoveRefused."""
        return await self._change(agent_id, application_id, applying.withdraw)

    async def of_agent(self, agent_id: str, place: Place | None, limit: int) -> list[Application]:
        return await self._store.applications_of(agent_id, place, limit)

    async def seen(self, agent_id: str, application: Application) -> tuple[Opportunity, Terms]:
        opportunity = await self._store.opportunities.read(application.opportunity_id)
        return opportunity, await self._context.terms_for_agent(opportunity, agent_id)

    async def _change(self, agent_id: str, application_id: str, decide: Decide) -> Application:
        application = await self._context.own(application_id, agent_id)
        _, terms = await self.seen(agent_id, application)
        by = self._context.by(agent_id, Actor.AGENT)
        changed = await self._context.change_application(application_id, by, terms, decide)
        return await self._following.of_application(changed)
