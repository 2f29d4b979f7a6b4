"""Work from the contract to the reviews, as both sides do it over a real database."""

import asyncio
import hashlib

import pytest

from guildhall.gigs.lifecycle import ContractState, MilestoneState, WeekState
from guildhall.gigs.model.contracts import SCORES, Contract
from guildhall.gigs.rules.hours import HoursRefused
from guildhall.gigs.rules.working import NothingToHandIn
from guildhall.gigs.service.context import Caller, NotYours
from guildhall.gigs.service.verbs import week_verbs
from guildhall.gigs.service.working import FileNotTaken
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.gigs.contracts import DAY_MS, HOUR_MS, MONDAY_MS, fixed, hourly
from tests.guildhall.gigs.workshop import TEXT, Workshop

GOOD = dict.fromkeys(SCORES, 5)


async def test_work_is_funded_handed_in_revised_approved_and_reviewed(workshop: Workshop) -> None:
    contract = await workshop.handed_in(fixed(40_000, revisions=1))
    first = (await workshop.milestone(contract)).deliverables[0]
    assert first.files[0].sha256 == hashlib.sha256(TEXT).hexdigest()
    await workshop.on(contract, workshop.client, "request_changes", "Larger letters, please.")
    assert (await workshop.milestone(contract)).revisions_left == 0
    again = await workshop.on(contract, workshop.agent, "submit", "Larger letters.")
    second = again.milestones[0].deliverables[1]
    assert (second.version, second.previous_sha256) == (2, first.sha256)
    with pytest.raises(MoveRefused, match="every agreed revision is used"):
        await workshop.on(contract, workshop.client, "request_changes", "And blue.")
    approved = await workshop.on(contract, workshop.client, "approve")
    assert (approved.state, approved.milestones[0].state) == (ContractState.ACTIVE, MilestoneState.RELEASED)
    ended = await workshop.act(contract, workshop.client, "end", "All is done.")
    assert ended.state is ContractState.COMPLETED
    await workshop.working.review(contract.id, workshop.agent, GOOD, "A clear client.")
    assert (await workshop.read(contract)).revealed_at_ms == 0
    await workshop.working.review(contract.id, workshop.client, GOOD, "Fine work.")
    await workshop.working.reply(contract.id, workshop.agent, "Thank you.")
    with pytest.raises(Conflict, match="replied already"):
        await workshop.working.reply(contract.id, workshop.agent, "Again.")
    told = await workshop.told()
    assert {"gig_funded", "gig_changes", "gig_approved", "gig_settled", "gig_completed", "gig_reviews"} <= set(told)


async def test_what_nobody_answers_counts_as_approved_after_a_reminder_and_not_before(workshop: Workshop) -> None:
    contract = await workshop.handed_in()
    await workshop.later(6 * DAY_MS - HOUR_MS)
    assert (await workshop.told("carla")).count("gig_reminder") == 0
    await workshop.later(HOUR_MS)
    assert (await workshop.told("carla")).count("gig_reminder") == 1
    await workshop.later(DAY_MS - HOUR_MS)
    assert (await workshop.milestone(contract)).state is MilestoneState.SUBMITTED
    await workshop.later(HOUR_MS)
    assert (await workshop.milestone(contract)).state is MilestoneState.RELEASED


async def test_a_reminder_that_comes_late_still_leaves_a_day(workshop: Workshop) -> None:
    contract = await workshop.handed_in()
    await workshop.later(30 * DAY_MS)
    assert (await workshop.milestone(contract)).state is MilestoneState.SUBMITTED
    await workshop.later(DAY_MS)
    assert (await workshop.milestone(contract)).state is MilestoneState.RELEASED


async def test_a_clock_stands_still_while_there_is_a_dispute_and_goes_on_with_what_was_left(workshop: Workshop) -> None:
    contract = await workshop.handed_in()
    workshop.clock.advance(2 * DAY_MS)
    await workshop.working.open_dispute(contract.id, workshop.client, "m1", 0, "It is empty.")
    await workshop.later(20 * DAY_MS)
    assert (await workshop.milestone(contract)).auto_at_ms == 0
    await workshop.argue(contract, workshop.client, "withdraw")
    assert (await workshop.milestone(contract)).auto_at_ms == workshop.clock.now_ms() + 5 * DAY_MS


async def test_nothing_is_handed_in_empty_and_no_file_is_taken_on_its_name(workshop: Workshop) -> None:
    contract = await workshop.begun()
    with pytest.raises(NothingToHandIn):
        await workshop.on(contract, workshop.agent, "submit")
    with pytest.raises(FileNotTaken, match="no picture"):
        await workshop.working.put_file(contract.id, workshop.agent, "m1", "a.pdf", b"\x7fELF\x00\x01")
    with pytest.raises(NotYours):
        await workshop.working.put_file(contract.id, workshop.client, "m1", "a.txt", TEXT)
    await workshop.working.put_file(contract.id, workshop.agent, "m1", "a.txt", TEXT)
    digest = hashlib.sha256(TEXT).hexdigest()
    with pytest.raises(NotFound):  # a draft is the agent's
        await workshop.working.file(contract.id, workshop.client, digest)
    await workshop.working.drop_file(contract.id, workshop.agent, "m1", digest)
    assert await workshop.backbone.blobs.get(f"gigs/{contract.id}/{digest}") is None
    await workshop.working.put_file(contract.id, workshop.agent, "m1", "a.txt", TEXT)
    await workshop.on(contract, workshop.agent, "submit")
    file, blob = await workshop.working.file(contract.id, workshop.client, digest)
    assert (file.name, blob.body) == ("a.txt", TEXT)


async def test_who_has_nothing_to_do_with_it_does_not_find_it(workshop: Workshop) -> None:
    contract = await workshop.open()
    with pytest.raises(NotFound):
        await workshop.act(contract, Caller(workshop.market.accounts["bob"]), "void", "Mine now.")


async def test_a_contract_that_nobody_funds_never_begins(workshop: Workshop) -> None:
    contract = await workshop.open()
    await workshop.later(14 * DAY_MS)
    after = await workshop.read(contract)
    assert (after.state, {one.state for one in after.milestones}) == (ContractState.VOID, {MilestoneState.CANCELLED})


async def test_both_sides_at_once_settle_a_milestone_once(workshop: Workshop) -> None:
    contract = await workshop.handed_in()
    acts = [workshop.on(contract, workshop.client, "approve") for _ in range(4)]
    acts += [workshop.on(contract, workshop.agent, "give_back", "I cannot.") for _ in range(4)]
    came = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(one, Contract) for one in came) == 1
    assert (await workshop.told()).count("gig_settled") == 1


async def test_an_end_settles_what_is_open_as_it_said_before(workshop: Workshop) -> None:
    contract = await workshop.begun(fixed(40_000, 60_000, notice_days=3))
    ended = await workshop.act(contract, workshop.client, "end", "The plan has changed.")
    assert ended.ends_at_ms == workshop.clock.now_ms() + 10 * DAY_MS
    await workshop.later(10 * DAY_MS)
    after = await workshop.read(contract)
    assert [one.state for one in after.milestones] == [MilestoneState.REFUNDED, MilestoneState.CANCELLED]
    assert after.state is ContractState.COMPLETED


async def test_hours_do_not_overlap_lie_in_the_week_and_stay_under_the_cap(workshop: Workshop) -> None:
    contract = await workshop.open(hourly(weekly_cap_minutes=300))
    await workshop.act(contract, workshop.client, "begin")
    workshop.clock.advance(3 * DAY_MS)

    async def log(hours: float, minutes: int) -> None:
        started_at_ms = MONDAY_MS + int(hours * HOUR_MS)
        await workshop.service.hours.log_hours(contract.id, workshop.agent, started_at_ms, minutes, "Chapter one")

    await log(1, 60)
    for hours, minutes, why in (
        (1.5, 60, "covers some of this time"),
        (71.5, 60, "not over yet"),
        (2, 241, "leaves 240 minutes"),
        (-2, 60, "did not exist then"),
    ):
        with pytest.raises(HoursRefused, match=why):
            await log(hours, minutes)
    other = await workshop.open(hourly(time_zone="Asia/Tokyo"))
    await workshop.act(other, workshop.client, "begin")
    with pytest.raises(HoursRefused, match="another contract"):
        await workshop.service.hours.log_hours(other.id, workshop.agent, MONDAY_MS + HOUR_MS, 30, "Elsewhere")
    assert (await workshop.read(other)).open_weeks == ()
    workshop.clock.advance(10 * DAY_MS)
    sunday_night = MONDAY_MS + 7 * DAY_MS - 10 * HOUR_MS  # Sunday 23:00 in Berlin
    with pytest.raises(HoursRefused, match="split it at Monday"):
        await workshop.service.hours.log_hours(contract.id, workshop.agent, sunday_night, 90, "Over midnight")


async def test_a_week_hands_itself_in_is_asked_about_and_paid_and_the_contract_ends_only_then(
    workshop: Workshop,
) -> None:
    contract = await workshop.open(hourly())
    await workshop.act(contract, workshop.client, "begin")
    workshop.clock.advance(2 * DAY_MS)
    week = await workshop.service.hours.log_hours(contract.id, workshop.agent, MONDAY_MS, 90, "Chapter one")
    assert (week.minor, week.monday) == (9_000, "2027-01-18")
    ended = await workshop.act(contract, workshop.client, "end", "Enough.")
    assert ended.state is ContractState.ENDING
    await workshop.later(week.due_at_ms - workshop.clock.now_ms())
    assert (await workshop.store.weeks.read(week.id)).state is WeekState.SUBMITTED
    await workshop.service.hours.on_week(contract.id, workshop.client, week.monday, week_verbs("query", "What was it?"))
    await workshop.service.hours.on_week(contract.id, workshop.agent, week.monday, week_verbs("submit", ""))
    await workshop.later(6 * DAY_MS)
    await workshop.later(DAY_MS)
    assert (await workshop.store.weeks.read(week.id)).state is WeekState.PAID
    assert (await workshop.read(contract)).state is ContractState.COMPLETED
