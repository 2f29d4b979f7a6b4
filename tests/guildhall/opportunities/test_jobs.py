"""Killed between any two writes: an acceptance loses nothing and repeats nothing, and no position is lost for good."""

import asyncio
from collections import Counter

import pytest

from guildhall.accounts.lifecycle import AccountState
from guildhall.kit.follow_ups import follow
from guildhall.opportunities.lifecycle import ApplicationState, PostingState
from guildhall.opportunities.model.postings import FollowUpKind, PlaceState
from guildhall.opportunities.rules.moving import CLAIM_MS
from tests.fakes.killer import Killed, Killer
from tests.guildhall.opportunities.market import WORK, Market


async def test_an_acceptance_that_is_killed_at_any_write_is_carried_out_once(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch)
    for place in range(1, 80):
        killer.left, killer.after = -1, place % 2 == 0
        name = f"agent{place}"
        await market.sign_up(name)
        opportunity = await market.publish()
        offered = await market.offered(opportunity, name)
        side, offer_id = market.side(offered, name), offered.offers[0].id
        killer.left = (place + 1) // 2
        was_killed = False
        try:
            await market.hiring.accept(side, offer_id)
        except Killed:
            was_killed = True
        killer.left = -1
        if (await market.reread(offered)).state is not ApplicationState.HIRED:  # killed before the decision
            await market.hiring.accept(side, offer_id)
        await market.look()
        after, posted = await market.reread(offered), await market.read(opportunity)
        assert (after.follow_ups, after.unsettled, posted.follow_ups) == ((), False, ())
        assert (posted.state, posted.places[after.id].state) == (PostingState.FILLED, PlaceState.FILLED)
        assert Counter(await market.told(name))["offer_accepted"] == 1
        assert (after.contract_id != "", await market.contracts()) == (True, place)
        entries = [one for one in await market.backbone.audit.read(0, 5_000) if one.object_id == after.id]
        assert [one.action for one in entries].count("opportunities.accept") == 1
        assert await market.store.having_word("harbour", "", 9) == []
        if not was_killed:
            assert place > 16
            break
    else:
        raise AssertionError("never came through")
    mails = await market.backbone.outbox.counts()
    assert sum(mails.values()) > 0


async def test_an_offer_that_is_killed_at_any_write_holds_no_position_for_good(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch)
    for place in range(1, 60):
        killer.left, killer.after = -1, place % 2 == 0
        opportunity = await market.publish(title=f"Chart {place}")
        name = f"agent{place}"
        await market.sign_up(name)
        application, bob = await market.apply(opportunity, name), await market.apply(opportunity, "ada")
        killer.left = (place + 1) // 2
        was_killed = False
        try:
            await market.hiring.offer(market.client, application.id, WORK, "")
        except Killed:
            was_killed = True
        killer.left = -1
        await market.later(CLAIM_MS)
        after, posted = await market.reread(application), await market.read(opportunity)
        is_out = after.state is ApplicationState.OFFERED
        assert [one.state for one in posted.places.values()] == ([PlaceState.HELD] if is_out else [])
        assert Counter(await market.told(name))["offer_sent"] == is_out
        if not is_out:
            offered = await market.hiring.offer(market.client, bob.id, WORK, "")
            assert offered.state is ApplicationState.OFFERED
        market.clock.advance(86_400_000 // 20)
        if not was_killed:
            break
    else:
        raise AssertionError("never came through")


async def test_two_jobs_at_once_let_an_offer_run_out_once(market: Market) -> None:
    await market.offered(await market.publish())
    market.clock.advance(8 * 86_400_000)
    await asyncio.gather(*(market.look() for _ in range(6)))
    assert (await market.told()).count("offer_expired") == 1


async def test_an_erased_account_leaves_no_words_and_holds_no_position(market: Market) -> None:
    opportunity = await market.publish(positions=3)
    offered, bob = await market.offered(opportunity), await market.apply(opportunity, "bob")
    ada, now_ms = market.accounts["ada"], market.clock.now_ms()
    await market.backbone.accounts.store.accounts.change(
        ada, now_ms, lambda seen: seen.model_copy(update={"state": AccountState.ERASED})
    )
    for _ in range(3):
        await market.later(61_000)
    after = await market.reread(offered)
    assert (after.state, after.name, after.cover, after.answers) == (
        ApplicationState.WITHDRAWN,
        "Former member",
        "",
        (),
    )
    assert (await market.read(opportunity)).places == {}
    assert (await market.reread(bob)).name == "Bob"


async def test_a_last_day_that_two_processes_look_at_ends_it_once_and_fails_in_neither(market: Market) -> None:
    opportunity = await market.publish()
    market.clock.advance(31 * 86_400_000)
    for _ in range(2):  # both have found it before either of them has written
        await market.service.settle_opportunity(opportunity)
    assert (await market.read(opportunity)).state is PostingState.EXPIRED
    assert (await market.told("carla")).count("opportunity_expired") == 1


async def test_what_can_never_be_carried_out_hides_nothing_behind_it(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.opportunities.store.PAGE", 1)
    first, second = sorted([await market.publish(), await market.publish()], key=lambda one: one.id)
    postings, now_ms = market.service.context.store.opportunities, market.clock.now_ms()
    await postings.replace(first, follow(first, now_ms, (FollowUpKind.AUDIT, {"nobody": "knows what"})), now_ms)
    await postings.replace(second, follow(second, now_ms, (FollowUpKind.LIST, {})), now_ms)
    await market.look()
    assert (await market.read(first)).unsettled
    assert not (await market.read(second)).unsettled
