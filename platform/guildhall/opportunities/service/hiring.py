"""Who is chosen: what clients decide about applications, and what both sides do with offers."""

from dataclasses import dataclass

from guildhall.gigs.model.terms import WorkTerms
from guildhall.kit.ids import new_id
from guildhall.opportunities.lifecycle import Actor, OfferState
from guildhall.opportunities.model.applications import Application, RejectionCode
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.rules import deciding, interviewing, offering, places
from guildhall.opportunities.rules.moving import By, Terms
from guildhall.opportunities.rules.offering import OfferChanged, Wanted
from guildhall.opportunities.service.context import Client, Context, Decide
from guildhall.opportunities.service.following import Following


@dataclass(frozen=True, slots=True)
class SideOf:
    """Who acts on an application: its agent, or a client for whom it was made."""

    application_id: str
    account_id: str
    client: Client | None = None


class Hiring:
    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following
        self._store = context.store

    # --- the client's

    async def shortlist(self, client: Client, application_id: str) -> Application:
        """Raises NotFound, MoveRefused."""
        return await self._by_client(client, application_id, deciding.shortlist)

    async def unshortlist(self, client: Client, application_id: str) -> Application:
        """Raises NotFound, MoveRefused."""
        return await self._by_client(client, application_id, deciding.unshortlist)

    async def invite(self, client: Client, application_id: str, text: str, at_ms: int) -> Application:
        """To an interview. Raises NotFound, Invalid, MoveRefused."""
        return await self._by_client(
            client, application_id, lambda seen, terms, by: interviewing.invite(seen, text, at_ms, terms, by)
        )

    async def end_interview(self, client: Client, application_id: str) -> Application:
        """Raises NotFound, MoveRefused."""
        return await self._by_client(client, application_id, interviewing.end_interview)

    async def reject(self, client: Client, application_id: str, code: RejectionCode, text: str) -> Application:
        """Raises NotFound, MoveRefused."""
        return await self._by_client(
            client, application_id, lambda seen, terms, by: deciding.reject(seen, code, text, terms, by)
        )

    async def reopen(self, client: Client, application_id: str) -> Application:
        """Raises NotFound, MoveRefused."""
        return await self._by_client(client, application_id, deciding.reopen)

    async def offer(self, client: Client, application_id: str, work: WorkTerms, note: str) -> Application:
        """Its position is held from before the offer is written until it has ended.

        Raises NotFound, Invalid, Conflict, NoPlaceFree, MoveRefused.
        """
        application = await self._context.applicant(application_id, client)
        opportunity = await self._store.opportunities.read(application.opportunity_id)
        terms = await self._context.terms_for_client(opportunity, application)
        by = self._context.by(client.account_id, Actor.CLIENT)
        wanted = self._wanted(work, note)
        # Asked before a place is claimed: an offer that cannot be made holds none, not even for a minute.
        offering.offer(application, wanted, terms, by)
        if application.id in opportunity.places:  # of a chain that has ended, and whose end was not carried out yet
            await self._following.settle_place(application)
        claimed = await self._claim(opportunity.id, application_id, wanted.offer_id, by.at_ms)
        held = Terms(claimed, terms.settings, terms.may_apply, terms.may_accept)
        try:
            changed = await self._context.change_application(
                application_id, by, held, lambda seen, now, who: offering.offer(seen, wanted, now, who)
            )
        except Exception:
            await self._give_back(claimed.id, application_id, wanted.offer_id, by.at_ms)
            raise
        return await self._following.of_application(changed)

    # --- both sides'

    async def counter(self, side: SideOf, offer_id: str, work: WorkTerms, note: str) -> Application:
        """Raises NotFound, Invalid, OfferChanged, MoveRefused."""
        wanted = self._wanted(work, note)
        return await self._by_side(side, lambda seen, terms, by: offering.counter(seen, offer_id, wanted, terms, by))

    async def decline(self, side: SideOf, offer_id: str) -> Application:
        """Raises NotFound, OfferChanged, MoveRefused."""
        return await self._by_side(side, lambda seen, terms, by: offering.decline(seen, offer_id, terms, by))

    async def withdraw_offer(self, side: SideOf, offer_id: str) -> Application:
        """Raises NotFound, OfferChanged, MoveRefused."""
        return await self._by_side(side, lambda seen, terms, by: offering.withdraw_offer(seen, offer_id, terms, by))

    async def accept(self, side: SideOf, offer_id: str) -> Application:
        """Hired, once: whoever accepts again finds what was accepted.

        Raises NotFound, OfferChanged, NoPlaceFree, MoveRefused.
        """
        application, by, terms = await self._seen(side)
        offer = next((one for one in application.offers if one.id == offer_id), None)
        if offer is None:
            raise OfferChanged
        if offer.state is OfferState.ACCEPTED:
            return await self._following.of_application(application)
        offering.accept(application, offer_id, terms, by)
        # The chain of this offer has not ended, so from here on its place is given back to nobody (see rules.places).
        await self._claim(application.opportunity_id, application.id, offer.chain_id, by.at_ms)
        changed = await self._context.change_application(
            application.id, by, terms, lambda seen, now, who: _accept_once(seen, offer_id, now, who)
        )
        return await self._following.of_application(changed)

    async def _by_client(self, client: Client, application_id: str, decide: Decide) -> Application:
        return await self._by_side(SideOf(application_id, client.account_id, client), decide)

    async def _by_side(self, side: SideOf, decide: Decide) -> Application:
        application, by, terms = await self._seen(side)
        changed = await self._context.change_application(application.id, by, terms, decide)
        return await self._following.of_application(changed)

    async def _seen(self, side: SideOf) -> tuple[Application, By, Terms]:
        if side.client is not None:
            application = await self._context.applicant(side.application_id, side.client)
            opportunity = await self._store.opportunities.read(application.opportunity_id)
            terms = await self._context.terms_for_client(opportunity, application)
            return application, self._context.by(side.account_id, Actor.CLIENT), terms
        application = await self._context.own(side.application_id, side.account_id)
        opportunity = await self._store.opportunities.read(application.opportunity_id)
        terms = await self._context.terms_for_agent(opportunity, side.account_id)
        return application, self._context.by(side.account_id, Actor.AGENT), terms

    async def _claim(self, opportunity_id: str, application_id: str, chain_id: str, at_ms: int) -> Opportunity:
        return await self._store.opportunities.change(
            opportunity_id, at_ms, lambda seen: places.claim(seen, application_id, chain_id, at_ms)
        )

    async def _give_back(self, opportunity_id: str, application_id: str, chain_id: str, at_ms: int) -> None:
        await self._store.opportunities.change(
            opportunity_id, at_ms, lambda seen: places.give_back(seen, application_id, chain_id)
        )

    def _wanted(self, work: WorkTerms, note: str) -> Wanted:
        return Wanted(new_id("ofr", self._context.clock), work, note, self._context.settings.offer_days)


def _accept_once(application: Application, offer_id: str, terms: Terms, by: By) -> Application:
    if any(one.id == offer_id and one.state is OfferState.ACCEPTED for one in application.offers):
        return application
    return offering.accept(application, offer_id, terms, by)
