"""Offers: the chain of them, who may answer, positions that are never given twice, and what an acceptance opens."""

import asyncio
from asyncio import Event
from collections import Counter
from typing import Any

import pytest

from guildhall.gigs.model.terms import terms_sha256
from guildhall.kit.errors import Conflict, Invalid, NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.opportunities.lifecycle import ApplicationState, OfferState, PostingEvent, PostingState
from guildhall.opportunities.model.applications import Application, RejectionCode
from guildhall.opportunities.model.postings import Opportunity, PlaceState
from guildhall.opportunities.rules.moving import NoPlaceFree, Standing
from guildhall.opportunities.rules.offering import OfferChanged
from guildhall.opportunities.service.context import Client
from guildhall.opportunities.service.hiring import Hiring
from tests.guildhall.opportunities.market import DAY_MS, WORK, Market, posting

S = ApplicationState


async def test_an_accepted_offer_fills_the_position_and_opens_one_contract_with_its_terms(market: Market) -> None:
    opportunity = await market.publish()
    offered = await market.offered(opportunity)
    assert (await market.read(opportunity)).places[offered.id].state is PlaceState.HELD
    offer_id = offered.offers[0].id
    hired = await market.hiring.accept(market.side(offered), offer_id)
    again = await market.hiring.accept(market.side(offered), offer_id)
    assert (hired.state, again.contract_id) == (S.HIRED, hired.contract_id)
    contract = await market.backbone.gigs.store.contracts.read(hired.contract_id)
    assert contract.from_offer == offer_id
    assert (contract.terms.work, contract.terms.terms_sha256) == (WORK, terms_sha256(WORK))
    assert contract.terms.client_account_id == market.accounts["carla"]
    assert (await market.read(opportunity)).state is PostingState.FILLED
    assert "offer_accepted" in await market.told()
    assert "offer_accepted" in await market.told("carla")


async def test_a_counter_offer_is_answered_by_the_other_side_alone_and_what_was_not_read_is_not_accepted(
    market: Market,
) -> None:
    offered = await market.offered(await market.publish())
    first = offered.offers[0].id
    more = WORK.model_copy(update={"revisions": 5})
    countered = await market.hiring.counter(market.side(offered), first, more, "Five rounds, please.")
    assert [one.state for one in countered.offers] == [OfferState.COUNTERED, OfferState.SENT]
    second = countered.offers[1]
    assert (second.parent_id, second.chain_id, second.terms_sha256) == (first, first, terms_sha256(more))
    assert "offer_countered" in await market.told("carla")
    with pytest.raises(MoveRefused, match="other side"):
        await market.hiring.accept(market.side(offered), second.id)
    with pytest.raises(OfferChanged):
        await market.hiring.accept(market.side(offered, "carla"), first)
    hired = await market.hiring.accept(market.side(offered, "carla"), second.id)
    assert (hired.state, await market.contracts()) == (S.HIRED, 1)


async def test_fifty_offers_at_once_for_three_positions_hire_exactly_three(any_market: Market) -> None:
    market = any_market
    opportunity = await market.publish(positions=3)
    applications = []
    for number in range(50):
        name = f"agent{number}"
        await market.sign_up(name)
        applications.append((name, await market.apply(opportunity, name)))

    async def race(name: str, application: Application) -> bool:
        try:
            offered = await market.hiring.offer(market.client, application.id, WORK, "")
        except (NoPlaceFree, MoveRefused):
            return False
        side, offer_id = market.side(application, name), offered.offers[0].id
        done = await asyncio.gather(*(market.hiring.accept(side, offer_id) for _ in range(3)))
        return all(one.state is S.HIRED for one in done)

    came_through = await asyncio.gather(*(race(name, application) for name, application in applications))
    await market.look()
    assert sum(came_through) == 3
    states = Counter([(await market.reread(application)).state for _, application in applications])
    assert states == {S.HIRED: 3, S.SUBMITTED: 47}
    after = await market.read(opportunity)
    assert [one.state for one in after.places.values()] == [PlaceState.FILLED] * 3
    assert (after.state, await market.contracts()) == (PostingState.FILLED, 3)


async def test_two_offers_to_one_applicant_at_once_cost_neither_their_position(market: Market) -> None:
    """The later one took the claim over, was refused, and gave the position of the first one back (seen by a fuzz)."""
    opportunity = await market.publish()
    application = await market.apply(opportunity)
    late, is_asked, may_claim = Hiring(market.service.context, market.service.following), Event(), Event()
    claim = late._claim

    async def claim_late(*given: Any) -> Opportunity:
        is_asked.set()
        await may_claim.wait()
        return await claim(*given)

    late._claim = claim_late  # type: ignore[method-assign, assignment]
    second = asyncio.create_task(late.offer(market.client, application.id, WORK, ""))
    await is_asked.wait()
    first = await market.hiring.offer(market.client, application.id, WORK, "")
    may_claim.set()
    with pytest.raises(Conflict, match="Another offer"):
        await second
    place = (await market.read(opportunity)).places[application.id]
    assert (place.state, place.chain_id) == (PlaceState.HELD, first.offers[0].id)


async def test_a_position_is_free_again_when_its_offer_ended_however_it_did(market: Market) -> None:
    opportunity = await market.publish()
    bob = await market.apply(opportunity, "bob")
    offered = await market.offered(opportunity)
    with pytest.raises(MoveRefused, match="free position"):
        await market.hiring.offer(market.client, bob.id, WORK, "")
    for end in ("decline", "withdraw", "run out", "leave"):
        offer = (await market.reread(offered)).open_offer
        assert offer is not None
        if end == "decline":
            await market.hiring.decline(market.side(offered), offer.id)
            assert "offer_declined" in await market.told("carla")
        elif end == "withdraw":
            await market.hiring.withdraw_offer(market.side(offered, "carla"), offer.id)
            assert "offer_withdrawn" in await market.told()
        elif end == "run out":
            await market.later(8 * DAY_MS)
            assert "offer_expired" in await market.told()
            with pytest.raises(OfferChanged):
                await market.hiring.accept(market.side(offered), offer.id)
        else:
            assert (await market.applying.withdraw(market.accounts["ada"], offered.id)).state is S.WITHDRAWN
        assert (await market.read(opportunity)).places == {}
        if end != "leave":
            assert (await market.reread(offered)).state is S.SHORTLISTED
            await market.hiring.offer(market.client, offered.id, WORK, "")
    assert (await market.hiring.offer(market.client, bob.id, WORK, "")).state is S.OFFERED


async def test_whoever_was_rejected_reads_why_and_a_client_may_think_again_for_a_while(market: Market) -> None:
    opportunity = await market.publish()
    application = await market.apply(opportunity)
    rejected = await market.hiring.reject(market.client, application.id, RejectionCode.PAY, "Too dear for us.")
    assert (rejected.state, await market.told()) == (S.REJECTED, ["application_rejected"])
    reopened = await market.hiring.reopen(market.client, application.id)
    assert (reopened.state, reopened.terms_version) == (S.SHORTLISTED, 0)
    with pytest.raises(MoveRefused, match="knows its terms"):
        await market.hiring.offer(market.client, application.id, WORK, "")
    await market.applying.confirm(market.accounts["ada"], application.id)
    assert (await market.hiring.offer(market.client, application.id, WORK, "")).state is S.OFFERED
    bob = await market.apply(opportunity, "bob")
    await market.hiring.reject(market.client, bob.id, RejectionCode.SKILLS, "")
    await market.later(15 * DAY_MS)
    with pytest.raises(MoveRefused, match="for a while"):
        await market.hiring.reopen(market.client, bob.id)


async def test_nobody_is_offered_terms_that_they_did_not_apply_for(market: Market) -> None:
    opportunity = await market.publish()
    application = await market.apply(opportunity)
    dearer = posting(pay_to_minor=900_000)
    assert (await market.posting.edit(market.client, opportunity.id, dearer)).terms_version == 2
    assert "opportunity_terms" in await market.told()
    with pytest.raises(MoveRefused):
        await market.hiring.offer(market.client, application.id, WORK, "")
    assert (await market.read(opportunity)).places == {}
    await market.applying.confirm(market.accounts["ada"], application.id)
    assert (await market.hiring.offer(market.client, application.id, WORK, "")).state is S.OFFERED


async def test_who_may_not_accept_yet_is_not_hired_and_other_clients_find_nothing(market: Market) -> None:
    offered = await market.offered(await market.publish())
    ada = market.accounts["ada"]
    market.capabilities.accept[ada] = Standing(is_given=False, reason="Missing: Agreement.", next_actor="agent")
    with pytest.raises(MoveRefused, match="onboarding"):
        await market.hiring.accept(market.side(offered), offered.offers[0].id)
    stranger = Client(ada, frozenset({"org_other"}))
    with pytest.raises(NotFound):
        await market.hiring.shortlist(stranger, offered.id)
    with pytest.raises(NotFound):
        await market.hiring.decline(market.side(offered, "bob"), offered.offers[0].id)
    dollars = WORK.model_copy(update={"currency": "USD"})
    with pytest.raises(Invalid) as refused:
        await market.hiring.counter(market.side(offered), offered.offers[0].id, dollars, "")
    assert refused.value.fields == {"terms.currency": "It was posted in EUR."}


async def test_closing_answers_everybody_who_still_waits(market: Market) -> None:
    opportunity = await market.publish()
    ada, bob = await market.apply(opportunity), await market.apply(opportunity, "bob")
    await market.hiring.shortlist(market.client, bob.id)
    await market.posting.act(market.client, opportunity.id, PostingEvent.CLOSE)
    for application in (ada, bob):
        after = await market.reread(application)
        assert after.outcome is not None
        assert (after.state, after.outcome.code) == (S.REJECTED, RejectionCode.CLOSED)
    assert "application_rejected" in await market.told("bob")
