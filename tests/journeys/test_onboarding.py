"""A new agent is taken in: every step on the page, an exam, a returned document, a rejection, an appeal, COMPLETED."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.service import Visitor
from guildhall.assessments.model.results import Credential
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.onboarding.model.flows import CredentialAsked
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import faults
from tests.journeys.guild_acts import PDF, claim, fill_in, hand_in, put_up, say_why, sign_and_hand_in
from tests.journeys.guild_stage import PASSWORD, SECONDS, guild_environ, own_browser, settings_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=SECONDS)
EXAM = CredentialAsked(title="Guild basics", level="Foundation")
REVIEWERS = ("kate", "dora", "mary")


@pytest.fixture
async def passes(tmp_path: Path) -> dict[str, str]:
    """Ada, who has passed the exam, and three reviewers: each with a pass for the pages, by name."""
    settings = {**settings_of(tmp_path), "accounts": {"access_token_seconds": 3600}}
    backbone = Backbone(Config.model_validate(settings))
    found: dict[str, str] = {}
    async with backbone.running():
        await backbone.onboarding.seed_flow(EXAM)
        accounts, now_ms = backbone.accounts, backbone.clock.now_ms()
        for name in ("ada", *REVIEWERS):
            role = PlatformRole.AGENT if name == "ada" else PlatformRole.ADMIN
            email = f"{name}@example.org"
            await seed_account(accounts, name.title(), email, PASSWORD, role, totp_secret="JBSWY3DPEHPK3PXP")
            account = await accounts.store.account_with_email(email)
            assert account is not None
            device = accounts.sessions.device_of(Visitor(), account.id)
            opened = await accounts.sessions.begin(account, ("password", "totp"), device)
            told = {"account_id": account.id, "name": account.name, "access_token": opened.access_token}
            found[name] = json.dumps(told)
            if name == "ada":
                await backbone.assessments.context.store.credentials.add(
                    Credential(
                        id="crd_ada",
                        created_at_ms=now_ms,
                        result_id="att_ada",
                        account_id=account.id,
                        organisation_id="",
                        holder_name="Ada",
                        title=EXAM.title,
                        level=str(EXAM.level),
                        issued_at_ms=now_ms,
                        expires_at_ms=None,
                        token="",
                    )
                )
    return found


@pytest.fixture
async def guild(tmp_path: Path, passes: dict[str, str]) -> AsyncIterator[GuildhallProcess]:
    server = await start_in_thread(GuildhallProcess(tmp_path, guild_environ(tmp_path)))
    yield server
    server.stop()


@pytest.fixture
async def people(passes: dict[str, str], browser: Browser) -> dict[str, Page]:
    """A page each, in one browser with a camera and a microphone that are not real."""
    return {name: await (await own_browser(browser, kept)).new_page() for name, kept in passes.items()}


async def test_an_agent_is_taken_in_after_a_returned_document_a_rejection_and_an_appeal(
    guild: GuildhallProcess, people: dict[str, Page]
) -> None:
    url = guild.base_url
    ada, kate, dora, mary = (people[name] for name in ("ada", *REVIEWERS))
    await ada.goto(f"{url}/onboarding")
    await fill_in(ada, url)
    await sign_and_hand_in(ada)
    assert await faults(ada) == []

    await claim(kate, url)
    identity = kate.locator("[data-step=identity]")
    await identity.get_by_role("button", name="passport.png").click()
    await identity.get_by_role("img").wait_for()
    await expect(kate.get_by_test_id("approve")).to_be_disabled()
    assert await faults(kate) == []
    await identity.get_by_test_id("return").click()
    await say_why(kate, "unreadable", "The picture is too small to read.")
    await kate.get_by_test_id("request_changes").click()
    await expect(kate.get_by_test_id("case-state")).to_have_attribute("data-state", "changes_requested")

    # Nobody reloads: what others decide appears on the page.
    await expect(ada.get_by_test_id("next")).to_contain_text("The picture is too small to read.")
    await ada.get_by_test_id("next-step").click()
    await put_up(ada, "passport.pdf", "application/pdf", PDF)
    await hand_in(ada)

    await claim(kate, url)
    await kate.get_by_test_id("propose_rejection").click()
    await say_why(kate, "forged", "The stamp is drawn by hand.")
    await expect(kate.get_by_test_id("case-state")).to_have_attribute("data-state", "rejection_proposed")
    await expect(kate.get_by_test_id("confirm_rejection")).to_have_count(0)
    await dora.goto(f"{url}/onboarding-reviews")
    await dora.get_by_test_id("case").get_by_role("link").click()
    await dora.get_by_test_id("confirm_rejection").click()
    await expect(dora.get_by_test_id("case-state")).to_have_attribute("data-state", "rejected")

    await ada.get_by_test_id("next-appeal").click()
    await ada.get_by_label("Reason").fill("It is a dry stamp: hold it against the light.")
    await ada.get_by_test_id("give-reason").click()
    await expect(ada.get_by_test_id("state")).to_have_attribute("data-state", "submitted")

    await kate.goto(f"{url}/onboarding-reviews")
    await kate.get_by_test_id("case").get_by_role("link").click()
    await expect(kate.get_by_test_id("case-acts")).to_contain_text("did not take part")
    await claim(mary, url)
    await expect(mary.locator("main")).to_contain_text("hold it against the light")
    await mary.locator("[data-step=identity]").get_by_test_id("accept").click()
    await mary.get_by_test_id("approve").click()
    await expect(mary.get_by_test_id("case-state")).to_have_attribute("data-state", "completed")

    await expect(ada.get_by_test_id("state")).to_have_attribute("data-state", "completed")
    await expect(ada.locator("[data-capability=accept_offers]")).to_have_attribute("data-given", "true")
    await expect(ada.locator("[data-capability=be_paid]")).to_have_attribute("data-given", "false")
    await expect(ada.get_by_test_id("notices")).to_contain_text("Agent onboarding is completed")
    assert await faults(ada) == []
