"""Interviews with a time: both sides are reminded the day before and the hour before, of the time that counts now."""

from guildhall.opportunities.model.applications import Application
from tests.guildhall.opportunities.market import DAY_MS, Market

HOUR_MS = DAY_MS // 24
SOON = "application_interview_soon"


async def invited(market: Market, in_ms: int) -> Application:
    applied = await market.apply(await market.publish(), "ada")
    return await invite(market, applied, in_ms)


async def invite(market: Market, application: Application, in_ms: int) -> Application:
    at_ms = market.clock.now_ms() + in_ms if in_ms else 0
    return await market.hiring.invite(market.client, application.id, "Bring a chart.", at_ms)


async def told(market: Market) -> tuple[int, int]:
    """How often the agent was reminded, and the client."""
    return (await market.told()).count(SOON), (await market.told("carla")).count(SOON)


async def test_both_sides_are_reminded_the_day_before_and_the_hour_before_and_not_again(market: Market) -> None:
    await invited(market, 3 * DAY_MS)
    seen = []
    for step_ms in (2 * DAY_MS - 1, 1, 0, DAY_MS - HOUR_MS - 1, 1, HOUR_MS, DAY_MS):
        await market.later(step_ms)
        seen.append(await told(market))
    assert seen == [(0, 0), (1, 1), (1, 1), (1, 1), (2, 2), (2, 2), (2, 2)]


async def test_another_time_has_reminders_of_its_own_and_an_ended_interview_none(market: Market) -> None:
    application = await invited(market, 2 * DAY_MS)
    await market.later(DAY_MS)
    application = await invite(market, application, 5 * DAY_MS)
    await market.later(DAY_MS)
    assert await told(market) == (1, 1)
    await market.later(3 * DAY_MS)
    assert await told(market) == (2, 2)
    ended = await market.hiring.end_interview(market.client, application.id)
    assert ended.due_at_ms == 0
    await market.later(DAY_MS)
    assert await told(market) == (2, 2)


async def test_whoever_is_invited_within_a_day_is_reminded_the_hour_before_alone(market: Market) -> None:
    await invited(market, 5 * HOUR_MS)
    await market.later(1)
    assert await told(market) == (0, 0)
    await market.later(4 * HOUR_MS)
    assert await told(market) == (1, 1)


async def test_a_talk_without_a_time_reminds_nobody(market: Market) -> None:
    assert (await invited(market, 0)).due_at_ms == 0


async def test_reminders_that_come_late_are_one_and_of_what_is_over_none(market: Market) -> None:
    late = await invited(market, 2 * DAY_MS)
    await market.later(2 * DAY_MS - HOUR_MS // 2)
    assert await told(market) == (1, 1)
    await invite(market, late, 2 * DAY_MS)
    await market.later(2 * DAY_MS)
    assert await told(market) == (1, 1)
    assert (await market.reread(late)).due_at_ms == 0
