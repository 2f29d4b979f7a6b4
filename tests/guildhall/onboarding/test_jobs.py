"""What time does: reminders, rest, late promises, expiry, lost credentials, new versions, and killed followers."""

import asyncio
from collections import Counter

import pytest

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import PlatformRole
from guildhall.kit.follow_ups import follow
from guildhall.onboarding.lifecycle import OnboardingState, StepState
from guildhall.onboarding.model.flows import Capability
from guildhall.onboarding.model.onboardings import FollowUpKind
from guildhall.onboarding.rules.house_flow import house_flow
from guildhall.onboarding.rules.stepping import StepIncomplete
from guildhall.onboarding.service.following import blob_key
from tests.fakes.killer import Killed, Killer
from tests.guildhall.onboarding.guild import CREDENTIAL, DAY_MS, Guild

HOUR_MS = 3_600_000


async def test_three_reminders_then_rest_and_one_click_goes_on(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.walking.start(ada)
    for hours, count in ((23, 0), (2, 1), (40, 1), (8, 2), (94, 2), (1, 3), (500, 3)):
        await guild.later(hours * HOUR_MS)
        assert (await guild.told()).count("onboarding_reminder") == count
    await guild.later(3 * DAY_MS)
    assert (await guild.read()).state is OnboardingState.DORMANT
    assert (await guild.read()).due_at_ms == 0
    seen = await guild.walking.resume(ada)
    assert seen.onboarding.state is OnboardingState.IN_PROGRESS
    await guild.later(23 * HOUR_MS)
    assert (await guild.told()).count("onboarding_reminder") == 3


async def test_a_promise_that_is_broken_is_told_once_and_capabilities_say_who(guild: Guild) -> None:
    await guild.submit()
    await guild.later(4 * DAY_MS)
    await guild.look()
    assert (await guild.told()).count("onboarding_overdue") == 1
    told = await guild.service.capability(guild.accounts["ada"], Capability.ACCEPT_OFFERS)
    assert (told.is_given, told.next_actor.value) == (False, "reviewer")


async def test_an_expired_document_pauses_what_it_is_for_and_completed_stays(guild: Guild) -> None:
    await guild.complete()
    ada = guild.accounts["ada"]
    for _ in range(6):
        await guild.later(68 * DAY_MS)
    assert (await guild.told()).count("onboarding_expires") >= 2
    onboarding = await guild.read()
    assert (onboarding.state, onboarding.steps["identity"].state) == (OnboardingState.COMPLETED, StepState.EXPIRED)
    told = await guild.service.capability(ada, Capability.ACCEPT_OFFERS)
    assert (told.is_given, told.next_actor.value) == (False, "agent")
    assert "Identity documents" in told.reason
    with pytest.raises(StepIncomplete) as refused:
        await guild.walking.submit_step(ada, "identity", {})
    assert "has expired" in (refused.value.fields or {})["identity_document"]
    await guild.put_passport(days=500)
    await guild.walking.submit_step(ada, "identity", {})
    assert [one.id for one in await guild.desk.queue(None, 10)] == [onboarding.id]
    await guild.desk.accept_step(guild.accounts["kate"], onboarding.id, "identity")
    assert await guild.desk.queue(None, 10) == []
    assert (await guild.read()).steps["identity"].valid_until_ms > guild.clock.now_ms()


async def test_a_revoked_credential_is_noticed_within_a_day(guild: Guild) -> None:
    await guild.complete()
    del guild.exams.passes[guild.accounts["ada"]]
    await guild.later(25 * HOUR_MS)
    onboarding = await guild.read()
    assert (onboarding.state, onboarding.steps["assessment"].state) == (OnboardingState.COMPLETED, StepState.FAILED)
    assert "onboarding_exam_lost" in await guild.told()
    assert not (await guild.service.capability(onboarding.account_id, Capability.ACCEPT_OFFERS)).is_given


async def test_a_new_version_is_told_from_its_day_and_takes_nothing_away(guild: Guild) -> None:
    await guild.complete()
    await guild.submit("bob")
    plan = house_flow(CREDENTIAL).model_dump(mode="json")
    text = {"key": "levy", "title": "Levy", "text": "A tenth goes to the guild.", "version": 1}
    plan["steps"].append({"key": "levy", "kind": "consents", "title": "Levy", "consents": [text]})
    plan["capabilities"]["accept_offers"]["steps"].append("levy")
    plan["applies_from_ms"] = guild.clock.now_ms() + 5 * DAY_MS
    await guild.service.publish_flow(type(house_flow(None)).model_validate(plan), "usr_kate")
    await guild.look()
    assert (await guild.read()).flow_version == 1
    assert (await guild.service.capability(guild.accounts["ada"], Capability.ACCEPT_OFFERS)).is_given
    await guild.later(6 * DAY_MS)
    ada, bob = await guild.read(), await guild.read("bob")
    assert (ada.state, ada.flow_version, bob.flow_version) == (OnboardingState.COMPLETED, 2, 1)
    assert "onboarding_new_version" in await guild.told()
    told = await guild.service.capability(ada.account_id, Capability.ACCEPT_OFFERS)
    assert (told.is_given, told.reason, told.next_actor.value) == (False, "Missing: Levy.", "agent")
    await guild.walking.submit_step(ada.account_id, "levy", {"given": {"levy": True}})
    assert (await guild.service.capability(ada.account_id, Capability.ACCEPT_OFFERS)).is_given


async def test_whoever_is_killed_at_any_write_loses_nothing_and_repeats_nothing(
    guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch)
    for place in range(1, 40):
        killer.left, killer.after = -1, place % 2 == 0
        name = f"agent{place}"
        await guild.sign_up(name, PlatformRole.AGENT)
        await guild.submit(name)
        onboarding = await guild.read(name)
        await guild.desk.claim(guild.accounts["kate"], onboarding.id)
        await guild.desk.accept_step(guild.accounts["kate"], onboarding.id, "identity")
        killer.left = (place + 1) // 2
        was_killed = False
        try:
            await guild.desk.approve(guild.accounts["kate"], onboarding.id)
        except Killed:
            was_killed = True
        killer.left = -1
        if (await guild.read(name)).state is not OnboardingState.COMPLETED:  # killed before the decision: made again
            await guild.desk.approve(guild.accounts["kate"], onboarding.id)
        await guild.look()
        after = await guild.read(name)
        assert (after.follow_ups, after.unsettled) == ((), False)
        assert Counter(await guild.told(name))["onboarding_completed"] == 1
        entries = [one for one in await guild.backbone.audit.read(0, 5_000) if one.object_id == onboarding.id]
        assert [one.action for one in entries].count("onboarding.approve") == 1
        if not was_killed:
            assert place > 8
            break
    else:
        raise AssertionError("never came through")
    mails = await guild.mails()
    assert sum(mails.values()) == sum([len(await guild.told(name)) for name in guild.accounts])


async def test_two_jobs_at_once_tell_once(guild: Guild) -> None:
    await guild.walking.start(guild.accounts["ada"])
    guild.clock.advance(25 * HOUR_MS)
    await asyncio.gather(*(guild.look() for _ in range(6)))
    assert (await guild.told()).count("onboarding_reminder") == 1


async def test_an_erased_account_leaves_neither_documents_nor_consents_nor_notices(guild: Guild) -> None:
    ada, bob = guild.accounts["ada"], guild.accounts["bob"]
    erased, kept = await guild.complete(), await guild.complete("bob")
    now_ms = guild.clock.now_ms()
    await guild.backbone.accounts.store.accounts.change(
        ada, now_ms, lambda seen: seen.model_copy(update={"state": AccountState.ERASED})
    )
    blobs = guild.service.context.blobs
    keys = [blob_key(one.id, one.documents[0].sha256) for one in (erased, kept)]
    for _ in range(3):
        await guild.later(61_000)
    assert await guild.store.of_account(ada, "agent") is None
    assert (await guild.store.consents_of(ada), await guild.told("ada")) == ([], [])
    assert (await blobs.get(keys[0]), await guild.told("bob") != []) == (None, True)
    assert await blobs.get(keys[1]) is not None
    assert (await guild.store.of_account(bob, "agent")) is not None


async def test_an_agent_who_is_gone_holds_up_nobody(guild: Guild) -> None:
    await guild.walking.start(guild.accounts["ada"])
    await guild.walking.start(guild.accounts["bob"])
    await guild.backbone.accounts.store.accounts.delete({"_id": guild.accounts["ada"]})
    await guild.later(25 * HOUR_MS)
    assert (await guild.told("bob")).count("onboarding_reminder") == 1


async def test_what_can_never_be_carried_out_hides_nothing_behind_it(
    guild: Guild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.onboarding.store.PAGE", 1)
    await guild.sign_up("bea", PlatformRole.AGENT)
    found = [(await guild.walking.start(guild.accounts[name])).onboarding for name in ("ada", "bea")]
    first, second = sorted(found, key=lambda one: one.id)
    onboardings, now_ms = guild.service.context.store.onboardings, guild.clock.now_ms()
    await onboardings.replace(first, follow(first, now_ms, (FollowUpKind.AUDIT, {"nobody": "knows what"})), now_ms)
    said = {"actor": "system", "action": "onboarding.said"}
    await onboardings.replace(second, follow(second, now_ms, (FollowUpKind.AUDIT, said)), now_ms)
    await guild.look()
    assert (await onboardings.read(first.id)).unsettled
    assert not (await onboardings.read(second.id)).unsettled
