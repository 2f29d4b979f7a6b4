"""Reviewers: one holds a case, two turn somebody away, an appeal is heard by a third."""

import asyncio

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.onboarding.lifecycle import Actor, OnboardingState, StepState
from guildhall.onboarding.model.onboardings import ReasonCode
from guildhall.onboarding.rules.stepping import StepLocked
from guildhall.onboarding.service.showing import show, show_review
from tests.guildhall.onboarding.guild import DAY_MS, Guild, passport

WHY = "The stamp is drawn by hand."


async def test_of_many_reviewers_who_take_it_at_once_one_has_it(guild: Guild) -> None:
    onboarding = await guild.submit()
    reviewers = [guild.accounts[name] for name in ("kate", "dora", "mary")]
    taken = await asyncio.gather(*(guild.desk.claim(who, onboarding.id) for who in reviewers), return_exceptions=True)
    refused = [one for one in taken if isinstance(one, MoveRefused)]
    assert len(refused) == 2
    assert (await guild.read()).reviewer_id in reviewers


async def test_nobody_reviews_themselves(guild: Guild) -> None:
    await guild.hand_in_steps("kate")
    onboarding = (await guild.walking.submit(guild.accounts["kate"])).onboarding
    with pytest.raises(MoveRefused, match="themselves"):
        await guild.desk.claim(guild.accounts["kate"], onboarding.id)
    with pytest.raises(MoveRefused):
        await guild.desk.waive_step(guild.accounts["kate"], onboarding.id, "payout", "I need no pay.")


async def test_a_lease_that_is_over_gives_the_case_back_and_each_act_renews_it(guild: Guild) -> None:
    onboarding = await guild.submit()
    kate = guild.accounts["kate"]
    await guild.desk.claim(kate, onboarding.id)
    guild.clock.advance(29 * 60_000)
    await guild.desk.accept_step(kate, onboarding.id, "identity")
    await guild.later(29 * 60_000)
    assert (await guild.read()).state is OnboardingState.IN_REVIEW
    await guild.later(2 * 60_000)
    assert ((await guild.read()).state, (await guild.read()).reviewer_id) == (OnboardingState.SUBMITTED, "")
    with pytest.raises(MoveRefused):
        await guild.desk.approve(kate, onboarding.id)
    await guild.desk.claim(guild.accounts["dora"], onboarding.id)
    assert (await guild.desk.approve(guild.accounts["dora"], onboarding.id)).onboarding.completed_at_ms


async def test_a_rejection_takes_two_and_the_agent_hears_of_it_when_both_have_decided(guild: Guild) -> None:
    onboarding = await guild.submit()
    kate, dora, ada = (guild.accounts[name] for name in ("kate", "dora", "ada"))
    await guild.desk.claim(kate, onboarding.id)
    await guild.desk.propose_rejection(kate, onboarding.id, ReasonCode.FORGED, WHY)
    seen = await guild.walking.read(ada)
    shown = show(seen, guild.service.context.by(ada, Actor.AGENT))
    assert shown.state == "in_review"
    assert WHY not in shown.model_dump_json()
    with pytest.raises(MoveRefused, match="second person"):
        await guild.desk.confirm_rejection(kate, onboarding.id)
    await guild.desk.overrule(dora, onboarding.id, "It is a dry stamp.")
    assert (await guild.read()).state is OnboardingState.SUBMITTED
    assert "onboarding_rejected" not in await guild.told()


async def test_an_appeal_is_heard_by_somebody_who_took_no_part(guild: Guild) -> None:
    rejected = await guild.reject()
    ada = guild.accounts["ada"]
    assert "onboarding_rejected" in await guild.told()
    await guild.later(29 * DAY_MS)
    appealed = (await guild.walking.appeal(ada, "It is a dry stamp, look again.")).onboarding
    assert appealed.state is OnboardingState.SUBMITTED
    for name in ("kate", "dora"):
        with pytest.raises(MoveRefused, match="did not take part"):
            await guild.desk.claim(guild.accounts[name], rejected.id)
    mary = guild.accounts["mary"]
    seen = await guild.desk.claim(mary, rejected.id)
    assert show_review(seen, "Ada", guild.service.context.by(mary, Actor.REVIEWER)).appeal.startswith("It is a dry")
    await guild.desk.accept_step(mary, rejected.id, "identity")
    assert (await guild.desk.approve(mary, rejected.id)).onboarding.state is OnboardingState.COMPLETED


async def test_an_appeal_comes_in_thirty_days_and_once(guild: Guild) -> None:
    await guild.reject()
    ada = guild.accounts["ada"]
    await guild.walking.appeal(ada, "Look again.")
    onboarding = await guild.read()
    mary, third = guild.accounts["mary"], "usr_third"
    await guild.desk.claim(mary, onboarding.id)
    await guild.desk.propose_rejection(mary, onboarding.id, ReasonCode.FORGED, WHY)
    await guild.desk.confirm_rejection(third, onboarding.id)
    with pytest.raises(MoveRefused, match="30 days"):
        await guild.walking.appeal(ada, "Once more.")
    seen = await guild.walking.read(ada)
    shown = show(seen, guild.service.context.by(ada, Actor.AGENT))
    assert (shown.next.actor, shown.next.action) == ("nobody", "")


async def test_a_revocation_takes_two_is_told_and_leads_to_a_review(guild: Guild) -> None:
    completed = await guild.complete()
    kate, dora = guild.accounts["kate"], guild.accounts["dora"]
    await guild.desk.propose_revocation(kate, completed.id, ReasonCode.FORGED, WHY)
    assert (await guild.read()).state is OnboardingState.COMPLETED
    assert [one.id for one in await guild.desk.queue(None, 10)] == [completed.id]
    with pytest.raises(MoveRefused, match="somebody else"):
        await guild.desk.revoke(kate, completed.id)
    await guild.desk.drop_revocation(dora, completed.id, "It was another one.")
    assert await guild.desk.queue(None, 10) == []
    await guild.desk.propose_revocation(kate, completed.id, ReasonCode.FORGED, WHY)
    await guild.desk.revoke(dora, completed.id)
    assert (await guild.read()).state is OnboardingState.SUBMITTED
    assert "onboarding_revoked" in await guild.told()


async def test_the_queue_begins_with_whoever_was_promised_an_answer_first(guild: Guild) -> None:
    bob = await guild.submit("bob")
    guild.clock.advance(DAY_MS)
    ada = await guild.submit("ada")
    assert [one.id for one in await guild.desk.queue(None, 10)] == [bob.id, ada.id]


async def test_every_look_at_a_document_is_on_record(guild: Guild) -> None:
    onboarding = await guild.submit()
    (file,) = onboarding.documents
    _, blob = await guild.desk.document(guild.accounts["kate"], onboarding.id, file.id)
    assert blob.body == passport(400)
    entries = await guild.backbone.audit.read(0, 100)
    looks = [one for one in entries if one.action == "onboarding.read_document"]
    assert [(one.actor, one.details["document"]) for one in looks] == [(guild.accounts["kate"], file.id)]


async def test_an_exam_is_not_passed_by_hand_but_may_be_waived_for_a_reason(guild: Guild) -> None:
    onboarding = await guild.submit()
    kate = guild.accounts["kate"]
    await guild.desk.claim(kate, onboarding.id)
    with pytest.raises(StepLocked, match="its exam"):
        await guild.desk.accept_step(kate, onboarding.id, "assessment")
    with pytest.raises(StepLocked, match="as its exam does"):
        await guild.desk.return_step(kate, onboarding.id, "assessment", ReasonCode.OTHER, "Too easily passed.")
    seen = await guild.desk.waive_step(kate, onboarding.id, "assessment", "Examined in person.")
    assert seen.onboarding.steps["assessment"].state is StepState.WAIVED
    await guild.later(25 * 3_600_000)
    assert (await guild.read()).steps["assessment"].state is StepState.WAIVED
