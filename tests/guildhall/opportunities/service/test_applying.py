"""Applying: once, under the terms that were read, by whoever may; and what time does to it."""

import asyncio

import pytest

from guildhall.assessments.service.credentials import HeldCredential
from guildhall.kit.errors import Conflict, Invalid, NotFound, TooMany
from guildhall.kit.lifecycle import MoveRefused
from guildhall.opportunities.lifecycle import ApplicationState, PostingEvent
from guildhall.opportunities.rules.applying import CapabilityMissing, CredentialsMissing, NotOpen
from guildhall.opportunities.rules.moving import Standing
from tests.guildhall.opportunities.market import DAY_MS, ORGANISATION, Market, given, posting

S = ApplicationState


async def test_ten_clicks_at_once_are_one_application_and_one_notice(market: Market) -> None:
    opportunity = await market.publish()
    done = await asyncio.gather(*(market.apply(opportunity) for _ in range(10)))
    assert len({one.id for one in done}) == 1
    assert await market.store.count_for(opportunity.id) == {S.SUBMITTED: 1}
    assert await market.told("carla") == ["application_submitted"]


async def test_whoever_withdrew_may_apply_again_with_other_words_and_nobody_else_may(market: Market) -> None:
    opportunity = await market.publish()
    first = await market.apply(opportunity)
    with pytest.raises(MoveRefused):
        await market.apply(opportunity, cover="And once more.")
    await market.applying.withdraw(market.accounts["ada"], first.id)
    again = await market.apply(opportunity, cover="I thought it over.")
    assert (again.id, again.state, again.cover) == (first.id, S.SUBMITTED, "I thought it over.")
    with pytest.raises(NotFound):
        await market.applying.withdraw(market.accounts["bob"], first.id)


async def test_each_reason_why_not_is_told(market: Market) -> None:
    ada = market.accounts["ada"]
    opportunity = await market.publish(credentials=[{"title": "Guild basics", "level": "Foundation"}])
    with pytest.raises(CredentialsMissing, match="Guild basics Foundation"):
        await market.apply(opportunity)
    market.credentials.held[ada] = [HeldCredential("crd_1", "Guild basics", "Foundation", None)]
    with pytest.raises(Invalid) as refused:
        await market.apply(opportunity, answers=("",))
    assert refused.value.fields == {"answers.0": "An answer is asked for."}
    with pytest.raises(Conflict, match="terms were changed"):
        await market.apply(opportunity, terms_version=2)
    market.capabilities.apply[ada] = Standing(is_given=False, reason="Missing: Your skills.", next_actor="agent")
    with pytest.raises(CapabilityMissing, match="Missing: Your skills"):
        await market.apply(opportunity)
    del market.capabilities.apply[ada]
    assert (await market.apply(opportunity)).credentials == ("Guild basics Foundation",)
    await market.posting.act(market.client, opportunity.id, PostingEvent.PAUSE)
    with pytest.raises(NotOpen):
        await market.apply(opportunity, "bob")
    draft = await market.posting.draft(market.client, ORGANISATION, posting())
    with pytest.raises(NotFound):
        await market.posting.seen_by_agent(draft.id, ada)


async def test_forty_a_day_and_no_more(market: Market) -> None:
    for number in range(40):
        await market.apply(await market.publish(title=f"Chart of pier {number}"))
    with pytest.raises(TooMany):
        await market.apply(await market.publish())
    market.clock.advance(DAY_MS + 1)
    await market.apply(await market.publish())


async def test_silence_reminds_the_client_once_and_then_ends_it_without_blame(market: Market) -> None:
    application = await market.apply(await market.publish(closes_at_ms=posting().closes_at_ms + 20 * DAY_MS))
    for _ in range(3):
        await market.later(5 * DAY_MS)
    await market.look()
    assert (await market.told("carla")).count("application_waits") == 1
    await market.later(7 * DAY_MS)
    assert ((await market.reread(application)).state, await market.told()) == (S.EXPIRED, ["application_expired"])
    again = await market.applying.apply(market.accounts["ada"], application.opportunity_id, given(cover="Still here."))
    assert again.state is S.SUBMITTED


async def test_the_last_day_closes_the_door_and_leaves_whoever_is_inside(market: Market) -> None:
    opportunity = await market.publish()
    application = await market.apply(opportunity)
    await market.hiring.shortlist(market.client, application.id)
    await market.later(31 * DAY_MS)
    with pytest.raises(NotOpen):
        await market.apply(opportunity, "bob")
    assert (await market.reread(application)).state is S.SHORTLISTED
    assert "opportunity_expired" in await market.told("carla")
    later = posting(closes_at_ms=market.clock.now_ms() + 9 * DAY_MS)
    await market.posting.edit(market.client, opportunity.id, later)
    await market.posting.act(market.client, opportunity.id, PostingEvent.REOPEN)
    assert (await market.apply(opportunity, "bob")).state is S.SUBMITTED


async def test_whoever_is_invited_is_told_once_and_an_unknown_address_gets_the_same_answer(market: Market) -> None:
    opportunity = await market.publish()
    for address in ("Bob@example.org", "bob@example.org", "nobody@example.org"):
        invited = await market.posting.invite(market.client, opportunity.id, address)
    assert invited.invited == ("bob@example.org", "nobody@example.org")
    assert await market.told("bob") == ["opportunity_invited"]
