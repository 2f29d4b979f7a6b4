"""An agent's way: what is asked, who acts next and until when, whatever happens on it."""

import asyncio

import pytest

from guildhall.assessments.model.progress import ExamProgress
from guildhall.kit.errors import NotFound
from guildhall.kit.lifecycle import MoveRefused
from guildhall.onboarding.lifecycle import Actor, OnboardingState, StepState
from guildhall.onboarding.model.flows import Capability
from guildhall.onboarding.model.onboardings import ReasonCode
from guildhall.onboarding.rules.asking import NextActor
from guildhall.onboarding.rules.documents import DocumentNotTaken
from guildhall.onboarding.rules.requirements import Requirements, tell
from guildhall.onboarding.rules.stepping import StepIncomplete, StepLocked
from guildhall.onboarding.service.context import Held
from guildhall.onboarding.service.showing import show
from guildhall.onboarding.service.walking import Seen
from tests.guildhall.onboarding.guild import CONTENTS, DAY_MS, PDF, Guild, passport


def told(guild: Guild, seen: Seen) -> Requirements:
    return tell(seen.onboarding, seen.terms, seen.newest, seen.exam, guild.clock.now_ms())


def given(guild: Guild, seen: Seen) -> set[Capability]:
    return {one.capability for one in told(guild, seen).capabilities if one.is_given}


async def test_before_the_beginning_everything_that_will_be_asked_can_be_read(guild: Guild) -> None:
    seen = await guild.walking.read(guild.accounts["ada"])
    asked = told(guild, seen)
    assert asked.next.action == "start"
    assert [one.step for one in asked.currently_due] == [
        "profile",
        "consents",
        "skills",
        "identity",
        "device",
        "assessment",
        "agreement",
    ]
    assert [one.step for one in asked.eventually_due] == ["payout"]
    assert await guild.store.of_account(guild.accounts["ada"], "agent") is None


async def test_two_tabs_that_begin_at_once_begin_once(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    begun = await asyncio.gather(*(guild.walking.start(ada) for _ in range(8)))
    assert len({seen.onboarding.id for seen in begun}) == 1


async def test_a_step_that_is_not_its_turn_says_what_comes_first(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.walking.start(ada)
    with pytest.raises(StepLocked, match="First comes Profile"):
        await guild.walking.submit_step(ada, "skills", CONTENTS["skills"])
    with pytest.raises(NotFound):
        await guild.walking.save(ada, "nothing", {})


async def test_what_is_half_entered_is_kept_and_what_is_wrong_with_it_is_told_by_field(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.walking.start(ada)
    half = {"name": "A", "country": "gb", "time_zone": "Europe/Nowhere"}
    with pytest.raises(StepIncomplete) as refused:
        await guild.walking.submit_step(ada, "profile", half)
    assert set(refused.value.fields or {}) == {"name", "headline", "country", "time_zone", "languages"}
    seen = await guild.walking.read(ada)
    by = guild.service.context.by(ada, Actor.AGENT)
    shown = show(seen, by)
    assert shown.steps[0].content == half
    assert (shown.steps[0].standing, shown.next.step, shown.next.actor) == ("draft", "profile", "agent")
    assert shown.next.by_ms == guild.clock.now_ms() + 30 * DAY_MS


async def test_every_required_consent_needs_a_yes_and_the_other_an_answer(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.walking.start(ada)
    await guild.walking.submit_step(ada, "profile", CONTENTS["profile"])
    with pytest.raises(StepIncomplete) as refused:
        await guild.walking.submit_step(ada, "consents", {"given": {"terms": False, "odd": True}})
    assert set(refused.value.fields or {}) == {"given.terms", "given.privacy", "given.recording", "given.odd"}
    await guild.walking.submit_step(ada, "consents", CONTENTS["consents"])
    kept = await guild.store.consents_of(ada)
    assert {(one.text_key, one.is_given) for one in kept} == {("terms", True), ("privacy", True), ("recording", False)}
    assert all(len(one.text_sha256) == 64 for one in kept)


async def test_an_account_number_is_sealed_and_shows_four_characters(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.hand_in_steps(but=("payout", "assessment"))
    with pytest.raises(StepIncomplete) as refused:
        await guild.walking.submit_step(ada, "payout", {"holder": "Ada", "account_number": "DE89370400440532013001"})
    assert "no IBAN" in (refused.value.fields or {})["account_number"]
    await guild.walking.submit_step(ada, "payout", CONTENTS["payout"])
    step = (await guild.read()).steps["payout"]
    assert step.content["account_number"] == "···· 3000"
    assert "0532013000" not in (await guild.read()).model_dump_json()
    assert step.sealed


async def test_a_document_is_what_its_bytes_say(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.hand_in_steps(but=("identity", "payout", "assessment"))
    until_ms = guild.clock.now_ms() + DAY_MS
    for name, body in (
        ("passport.pdf", b"MZ\x90\x00"),
        ("passport.pdf", b""),
        ("cut.pdf", PDF[:-6]),
        ("run.pdf", PDF.replace(b"<<>>", b"<</JavaScript 1 0 R>>", 1)),
        ("locked.pdf", PDF.replace(b"<<>>", b"<</Encrypt 1 0 R>>", 1)),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00\x0f\x42\x40" * 2),
    ):
        with pytest.raises(DocumentNotTaken):
            await guild.walking.put_document(ada, "identity", "identity_document", name, body, until_ms)
    with pytest.raises(DocumentNotTaken, match="until when"):
        await guild.walking.put_document(ada, "identity", "identity_document", "passport.pdf", PDF, 0)
    with pytest.raises(StepIncomplete) as refused:
        await guild.walking.submit_step(ada, "identity", {})
    assert "identity_document" in (refused.value.fields or {})


async def test_a_document_taken_back_is_gone_with_its_bytes(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.hand_in_steps(but=("payout", "assessment"))
    (file,) = (await guild.read()).documents
    _, blob = await guild.walking.own_document(ada, file.id)
    assert blob.body == passport(400)
    seen = await guild.walking.remove_document(ada, file.id)
    assert (seen.onboarding.documents, seen.onboarding.steps["identity"].state) == ((), StepState.DRAFT)
    key = f"onboarding/{seen.onboarding.id}/{file.sha256}"
    assert await guild.service.context.blobs.get(key) is None
    with pytest.raises(NotFound):
        await guild.walking.own_document(guild.accounts["ada"], file.id)


async def test_the_exam_invites_by_itself_and_its_marker_is_named_as_who_holds_things_up(guild: Guild) -> None:
    ada = guild.accounts["ada"]
    await guild.hand_in_steps(but=("payout", "assessment"))
    assert guild.exams.invited == [ada]
    seen = await guild.walking.read(ada)
    assert (told(guild, seen).next.actor, told(guild, seen).next.step) == (NextActor.AGENT, "assessment")
    with pytest.raises(StepLocked, match="its exam"):
        await guild.walking.submit_step(ada, "assessment", {})
    guild.exams.stands[ada] = ExamProgress.MARKING
    seen = await guild.walking.read(ada)
    asked = told(guild, seen)
    assert (asked.next.actor, [one.step for one in asked.pending_verification]) == (
        NextActor.EXAMINER,
        ["identity", "assessment"],
    )
    with pytest.raises(MoveRefused):
        await guild.walking.submit(ada)


async def test_a_pass_that_nobody_looks_at_is_found_by_the_job(guild: Guild) -> None:
    await guild.hand_in_steps(but=("payout", "assessment"))
    guild.exams.passes[guild.accounts["ada"]] = Held("crd_1", None)
    await guild.later(61_000)
    assert (await guild.read()).steps["assessment"].state is StepState.PASSED
    assert "onboarding_exam" in await guild.told()


async def test_from_everything_handed_in_to_completed_the_agent_knows_who_acts_until_when(guild: Guild) -> None:
    seen = await guild.hand_in_steps()
    assert told(guild, seen).next.action == "submit"
    assert given(guild, seen) == {Capability.TAKE_ASSESSMENTS, Capability.APPLY}
    seen = await guild.walking.submit(guild.accounts["ada"])
    after = told(guild, seen).next
    # Three business days from Monday end on Thursday at six in London.
    thursday_ms = guild.clock.now_ms() + 3 * DAY_MS + 10 * 3_600_000
    assert (after.actor, after.by_ms) == (NextActor.REVIEWER, thursday_ms)
    for capability in told(guild, seen).capabilities:
        assert capability.is_given or (capability.reason and capability.next_actor is not NextActor.NOBODY)

    done = await guild.complete_submitted()
    seen = await guild.walking.read(guild.accounts["ada"])
    assert done.state is OnboardingState.COMPLETED
    assert given(guild, seen) == {Capability.TAKE_ASSESSMENTS, Capability.APPLY, Capability.ACCEPT_OFFERS}
    assert "before your first pay" in told(guild, seen).next.says
    await guild.walking.submit_step(guild.accounts["ada"], "payout", CONTENTS["payout"])
    seen = await guild.walking.read(guild.accounts["ada"])
    assert given(guild, seen) == set(Capability)
    assert "onboarding_completed" in await guild.told()


async def test_what_was_handed_in_can_be_taken_back_until_somebody_has_it(guild: Guild) -> None:
    onboarding = await guild.submit()
    ada = guild.accounts["ada"]
    assert (await guild.walking.recall(ada)).onboarding.promised_at_ms == 0
    await guild.walking.submit(ada)
    await guild.desk.claim(guild.accounts["kate"], onboarding.id)
    with pytest.raises(MoveRefused):
        await guild.walking.recall(ada)
    with pytest.raises(MoveRefused):
        await guild.walking.submit_step(ada, "skills", CONTENTS["skills"])


async def test_returned_steps_come_first_and_nothing_else_is_asked_again(guild: Guild) -> None:
    onboarding = await guild.submit()
    kate, ada = guild.accounts["kate"], guild.accounts["ada"]
    await guild.desk.claim(kate, onboarding.id)
    with pytest.raises(MoveRefused, match="return at least one"):
        await guild.desk.request_changes(kate, onboarding.id, "")
    await guild.desk.return_step(kate, onboarding.id, "identity", ReasonCode.UNREADABLE, "The picture is blurred.")
    with pytest.raises(MoveRefused, match="accepted or waived"):
        await guild.desk.approve(kate, onboarding.id)
    await guild.desk.request_changes(kate, onboarding.id, "")
    seen = await guild.walking.read(ada)
    asked = told(guild, seen)
    assert asked.next.says == "Identity documents: The picture is blurred."
    assert [one.step for one in asked.currently_due] == ["identity"]
    assert asked.errors == asked.currently_due
    await guild.put_passport()
    await guild.walking.submit_step(ada, "identity", {})
    again = (await guild.walking.submit(ada)).onboarding
    assert (again.state, again.steps["identity"].returned) == (OnboardingState.SUBMITTED, 1)
