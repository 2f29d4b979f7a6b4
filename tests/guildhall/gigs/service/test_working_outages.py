"""Every clock of gigs after an outage of ours: what was left of it when nobody could be served is left of it after."""

from guildhall.gigs.lifecycle import ContractState, WeekState
from guildhall.gigs.model.contracts import SCORES, Contract
from guildhall.gigs.model.weeks import Week
from tests.guildhall.gigs.contracts import DAY_MS, HOUR_MS, MONDAY_MS, fixed, hourly
from tests.guildhall.gigs.rules.test_disputed_hours import on_week
from tests.guildhall.gigs.workshop import Workshop


async def away(workshop: Workshop, milliseconds: int) -> None:
    """Nobody serves for so long, with nobody who sits an exam; then somebody does, and the jobs look."""
    keeper = workshop.backbone.assessments.time_keeping
    await keeper.beat()
    workshop.clock.advance(milliseconds)
    await keeper.beat()
    await workshop.look()
    await serve_from_now(workshop)


async def serve_from_now(workshop: Workshop) -> None:
    """Without two beats a second for days: where there is none, none is missing."""
    await workshop.backbone.assessments.context.store.forget_beats(workshop.clock.now_ms())


async def logged(workshop: Workshop) -> tuple[Contract, Week]:
    contract = await workshop.open(hourly())
    await workshop.act(contract, workshop.client, "begin")
    workshop.clock.advance(2 * DAY_MS)
    return contract, await workshop.service.hours.log_hours(contract.id, workshop.agent, MONDAY_MS, 90, "Chapter one")


async def test_a_milestone_that_is_looked_at_counts_as_approved_so_much_later(workshop: Workshop) -> None:
    contract = await workshop.handed_in()
    before_ms = contract.milestones[0].auto_at_ms
    await away(workshop, 6 * DAY_MS)
    after = await workshop.milestone(contract)
    assert (after.auto_at_ms, after.reminded_at_ms) == (before_ms + 6 * DAY_MS, 0)
    await workshop.look()
    assert (await workshop.milestone(contract)).auto_at_ms == before_ms + 6 * DAY_MS


async def test_a_week_that_is_looked_at_counts_as_approved_so_much_later(workshop: Workshop) -> None:
    _, week = await logged(workshop)
    week = await on_week(workshop, week, workshop.agent, "submit")
    await workshop.later(6 * DAY_MS)
    reminded = await workshop.week(week)
    assert (reminded.auto_at_ms, reminded.reminded_at_ms) == (week.auto_at_ms, workshop.clock.now_ms())
    await away(workshop, 3 * DAY_MS)
    after = await workshop.week(week)
    assert (after.state, after.auto_at_ms) == (WeekState.SUBMITTED, week.auto_at_ms + 3 * DAY_MS)
    await workshop.later(DAY_MS - 1)
    assert (await workshop.week(week)).state is WeekState.SUBMITTED
    await workshop.later(1)
    assert (await workshop.week(week)).state is WeekState.PAID


async def test_who_completes_a_week_after_its_end_has_the_time_for_it_all_the_same(workshop: Workshop) -> None:
    _, week = await logged(workshop)
    hands_in_ms = week.due_at_ms
    await workshop.later(hands_in_ms - HOUR_MS - workshop.clock.now_ms())
    await away(workshop, 10 * HOUR_MS)
    after = await workshop.week(week)
    assert (after.state, after.due_at_ms) == (WeekState.OPEN, hands_in_ms + 10 * HOUR_MS)
    await workshop.later(HOUR_MS)
    assert (await workshop.week(week)).state is WeekState.SUBMITTED


async def test_an_answer_to_disputed_hours_is_awaited_so_much_longer(workshop: Workshop) -> None:
    _, week = await logged(workshop)
    week = await on_week(workshop, week, workshop.agent, "submit")
    entries = [one.id for one in week.entries]
    disputed = await workshop.service.hours.dispute(
        week.contract_id, workshop.client, week.monday, entries, 0, "Nothing came of these."
    )
    assert disputed.dispute is not None
    await away(workshop, disputed.dispute.due_at_ms - workshop.clock.now_ms() + DAY_MS)
    after = (await workshop.week(week)).dispute
    assert after is not None
    assert after.state is disputed.dispute.state
    assert after.due_at_ms == workshop.clock.now_ms() + disputed.dispute.due_at_ms - disputed.dispute.at_ms


async def test_a_job_that_looks_before_anybody_is_served_again_ends_nothing_and_nothing_is_given_twice(
    workshop: Workshop,
) -> None:
    _, week = await logged(workshop)
    week = await on_week(workshop, week, workshop.agent, "submit")
    await workshop.later(6 * DAY_MS)
    keeper = workshop.backbone.assessments.time_keeping
    await keeper.beat()
    for _ in range(3):  # a worker that lives while no web process does
        await workshop.later(2 * DAY_MS)
    assert (await workshop.week(week)).auto_at_ms == week.auto_at_ms + 6 * DAY_MS
    workshop.clock.advance(HOUR_MS)
    await keeper.beat()
    await workshop.look()
    await serve_from_now(workshop)
    await workshop.later(DAY_MS - 1)
    assert (await workshop.week(week)).state is WeekState.SUBMITTED
    await workshop.later(1)
    assert (await workshop.week(week)).state is WeekState.PAID


async def test_the_times_to_begin_to_settle_and_to_review_are_so_much_longer(workshop: Workshop) -> None:
    waiting = await workshop.open(fixed(10_000))
    ending = await workshop.act(
        await workshop.begun(fixed(20_000, notice_days=3)), workshop.client, "end", "The plan has changed."
    )
    reviewed = await workshop.handed_in(fixed(40_000))
    await workshop.on(reviewed, workshop.client, "approve")
    await workshop.act(reviewed, workshop.client, "end", "All is done.")
    await workshop.working.review(reviewed.id, workshop.agent, dict.fromkeys(SCORES, 5), "A clear client.")
    await away(workshop, 20 * DAY_MS)
    for contract in (waiting, ending):
        assert (await workshop.read(contract)).state is contract.state
    assert (await workshop.read(ending)).ends_at_ms == ending.ends_at_ms + 20 * DAY_MS
    assert (await workshop.read(reviewed)).revealed_at_ms == 0
    await workshop.later(14 * DAY_MS - 1)
    assert (await workshop.read(waiting)).state is ContractState.PENDING_FUNDING
    assert (await workshop.read(ending)).state is ContractState.COMPLETED
    assert (await workshop.read(reviewed)).revealed_at_ms == 0
    await workshop.later(1)
    assert (await workshop.read(waiting)).state is ContractState.VOID
    assert (await workshop.read(reviewed)).revealed_at_ms == workshop.clock.now_ms()
