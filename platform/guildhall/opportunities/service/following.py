"""Carrying out what decisions wrote down: notices, places, contracts, the words of the search, audit entries.

Each stands in its document until it is done and may be done twice without harm, so it survives a kill between any two
lines. The verb that made the change does it at once, the job does what was left behind.
"""

from typing import Final

from guildhall.gigs.model.terms import ContractTerms
from guildhall.kit.follow_ups import FollowUp
from guildhall.kit.http.cursors import Place
from guildhall.kit.storage.following import carry_out
from guildhall.notifications.service import Message
from guildhall.opportunities.lifecycle import LIVE, Actor, OfferState, PostingState
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import FollowUpKind, Opportunity
from guildhall.opportunities.rules import places
from guildhall.opportunities.rules.deciding import answer_closed
from guildhall.opportunities.rules.moving import Terms
from guildhall.opportunities.rules.searching import words_of
from guildhall.opportunities.service.context import Context
from guildhall.opportunities.service.emitting import Emitting
from guildhall.opportunities.store import PAGE

INVITES: Final = "system:opportunities"


class Following:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store
        self._emitting = Emitting(context)

    async def of_opportunity(self, opportunity: Opportunity) -> Opportunity:
        """Everything that is left of it; the opportunity as it is then."""
        return await carry_out(
            self._store.opportunities, opportunity, self._context.clock.now_ms(), self._do_for_opportunity
        )

    async def of_application(self, application: Application) -> Application:
        """Everything that is left of it; the application as it is then."""
        return await carry_out(
            self._store.applications, application, self._context.clock.now_ms(), self._do_for_application
        )

    async def settle_place(self, application: Application) -> None:
        """The application's place as its offers say, and what follows when that was the last one."""
        settings, now_ms = self._context.settings, self._context.clock.now_ms()
        changed = await self._store.opportunities.change(
            application.opportunity_id, now_ms, lambda seen: places.settle(seen, application, settings, now_ms)
        )
        if changed.state is PostingState.FILLED:
            await self.list_words(changed)

    async def list_words(self, opportunity: Opportunity) -> None:
        """It is found by its words while it is published, as it is now and not as it was when this was decided."""
        now = await self._store.opportunities.read(opportunity.id)
        words = words_of(now.posting) if now.state is PostingState.PUBLISHED else frozenset[str]()
        await self._store.keep_words(now, words)

    async def _do_for_opportunity(self, opportunity: Opportunity, one: FollowUp) -> None:
        key = f"{opportunity.id}_{one.key}"
        await self._emitting.of_opportunity(opportunity, key, one)
        match one.kind:
            case FollowUpKind.LIST:
                await self.list_words(opportunity)
            case FollowUpKind.TELL_APPLICANTS:
                await self._tell_applicants(opportunity, key, one)
            case FollowUpKind.ANSWER_ALL:
                await self._answer_all(opportunity)
            case FollowUpKind.TELL_ADDRESS:
                await self._tell_address(opportunity, key, one)
            case _:
                await self._do(opportunity, opportunity.organisation_id, key, one)

    async def _do_for_application(self, application: Application, one: FollowUp) -> None:
        key = f"{application.id}_{one.key}"
        await self._emitting.of_application(application, key, one)
        match one.kind:
            case FollowUpKind.TELL_AGENT:
                await self._context.notifications.tell(application.agent_id, key, Message(**one.details), one.at_ms)
            case FollowUpKind.PLACE:
                await self.settle_place(await self._store.applications.read(application.id))
            case FollowUpKind.INVITE_TO_EXAM:
                await self._context.exams.invite(application.agent_id, one.details["delivery_id"], INVITES)
            case FollowUpKind.OPEN_CONTRACT:
                await self._open_contract(application)
            case _:
                await self._do(application, application.organisation_id, key, one)

    async def _do(self, document: Opportunity | Application, organisation_id: str, key: str, one: FollowUp) -> None:
        details = dict(one.details)
        match one.kind:
            case FollowUpKind.TELL_CLIENT:
                for account_id in await self._context.clients.leaders(organisation_id):
                    told = Message(**details)
                    await self._context.notifications.tell(account_id, f"{key}_{account_id}", told, one.at_ms)
            case FollowUpKind.AUDIT:
                actor, action = details.pop("actor"), details.pop("action")
                noun = "opportunity" if isinstance(document, Opportunity) else "application"
                await self._context.audit.record(
                    actor, action, noun, document.id, "allowed", details, key=key, at_ms=one.at_ms
                )

    async def _tell_applicants(self, opportunity: Opportunity, key: str, one: FollowUp) -> None:
        place: Place | None = None
        while page := await self._store.applications_for(opportunity.id, place, PAGE):
            for application in page:
                if application.state in LIVE:
                    told, account_id = Message(**one.details), application.agent_id
                    own_key = f"{key}_{account_id}"
                    await self._emitting.of_told(opportunity, account_id, own_key, told.kind, one.at_ms)
                    await self._context.notifications.tell(account_id, own_key, told, one.at_ms)
            place = Place(page[-1].applied_at_ms, page[-1].id)

    async def _answer_all(self, opportunity: Opportunity) -> None:
        by = self._context.by("system:closing", Actor.SYSTEM)
        terms, place = Terms(opportunity, self._context.settings), None
        while page := await self._store.applications_for(opportunity.id, place, PAGE):
            for application in page:
                if application.state in LIVE:
                    changed = await self._context.change_application(application.id, by, terms, answer_closed)
                    await self.of_application(changed)
            place = Place(page[-1].applied_at_ms, page[-1].id)

    async def _tell_address(self, opportunity: Opportunity, key: str, one: FollowUp) -> None:
        """Whoever has no account here is told nothing: this house writes to nobody who did not ask for it."""
        details = dict(one.details)
        person = await self._context.people.with_email(details.pop("address"))
        if person is not None:
            told = Message(**details)
            await self._emitting.of_told(opportunity, person.account_id, key, told.kind, one.at_ms)
            await self._context.notifications.tell(person.account_id, key, told, one.at_ms)

    async def _open_contract(self, application: Application) -> None:
        offer = next((one for one in application.offers if one.state is OfferState.ACCEPTED), None)
        if offer is None:
            return
        terms = ContractTerms(
            organisation_id=application.organisation_id,
            client_account_id=_client_of(application),
            agent_id=application.agent_id,
            opportunity_id=application.opportunity_id,
            application_id=application.id,
            title=application.title,
            work=offer.terms,
            terms_sha256=offer.terms_sha256,
        )
        contract = await self._context.gigs.opening.open_contract(terms, offer.id)
        await self._store.applications.change(
            application.id,
            self._context.clock.now_ms(),
            lambda seen: seen if seen.contract_id else seen.model_copy(update={"contract_id": contract.id}),
        )


def _client_of(application: Application) -> str:
    """Whoever made the client's last offer: the chain begins with one."""
    return next(one.by_account_id for one in reversed(application.offers) if one.by is Actor.CLIENT)
