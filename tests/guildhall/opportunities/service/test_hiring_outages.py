"""Clocks of applications after an outage of ours: what was left when nobody could be served is left after it."""

from guildhall.opportunities.lifecycle import ApplicationState
from tests.guildhall.opportunities.market import DAY_MS, Market


async def away(market: Market, milliseconds: int) -> None:
    keeper = market.backbone.assessments.time_keeping
    await keeper.beat()
    market.clock.advance(milliseconds)
    await keeper.beat()
    await market.look()
    # Then it serves, without two beats a second for days: where there is none, none is missing.
    await market.backbone.assessments.context.store.forget_beats(market.clock.now_ms())


async def test_an_offer_stands_so_much_longer(market: Market) -> None:
    offered = await market.offered(await market.publish())
    until_ms = offered.offers[0].expires_at_ms
    await away(market, 9 * DAY_MS)
    after = await market.reread(offered)
    assert (after.state, after.offers[0].expires_at_ms) == (ApplicationState.OFFERED, until_ms + 9 * DAY_MS)
    assert after.offers[0].terms_sha256 == offered.offers[0].terms_sha256
    await market.later(7 * DAY_MS - 1)
    assert (await market.reread(offered)).state is ApplicationState.OFFERED
    await market.later(1)
    assert (await market.reread(offered)).state is ApplicationState.SHORTLISTED


async def test_a_client_has_so_much_longer_to_answer(market: Market) -> None:
    applied = await market.apply(await market.publish(), "ada")
    await market.later(14 * DAY_MS)
    await away(market, 6 * DAY_MS)
    await market.later(DAY_MS)
    await market.later(6 * DAY_MS - 1)
    assert (await market.reread(applied)).state is ApplicationState.SUBMITTED
    await market.later(1)
    assert (await market.reread(applied)).state is ApplicationState.EXPIRED
