"""Where it goes otherwise: a document runs out, its successor is returned, an offer is withdrawn, work is disputed."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from guildhall.accounts.service import Visitor
from guildhall.assessments.model.results import Credential
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.kit.clock import ManualClock
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.guildhall.onboarding.guild import CREDENTIAL, DAY_MS, FakeExams, Guild
from tests.journeys.guild_acts import PDF, PNG, apply, fund, post, put_up, say_why, stands
from tests.journeys.guild_stage import SECONDS, guild_environ, own_browser, settings_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=SECONDS)


@pytest.fixture
async def passes(tmp_path: Path) -> dict[str, str]:
    """Bob was let in forty days ago with a passport that was good for thirty-nine; a pass each, by name."""
    settings = {**settings_of(tmp_path), "accounts": {"access_token_seconds": 3600}}
    backbone = Backbone(Config.model_validate(settings), clock := ManualClock(round(time.time() * 1000) - 40 * DAY_MS))
    found: dict[str, str] = {}
    async with backbone.running():
        guild = Guild(backbone, clock, FakeExams(), {})
        await guild.found()
        await guild.hand_in_steps("bob", but=("payout", "identity"))
        await guild.put_passport("bob", days=39)
        await guild.walking.submit_step(guild.accounts["bob"], "identity", {})
        await guild.walking.submit(guild.accounts["bob"])
        await guild.complete_submitted("bob")
        await backbone.assessments.context.store.credentials.add(
            Credential(
                id="crd_bob",
                created_at_ms=clock.now_ms(),
                result_id="att_bob",
                account_id=guild.accounts["bob"],
                organisation_id="",
                holder_name="Bob",
                title=CREDENTIAL.title,
                level=CREDENTIAL.level or "",
                issued_at_ms=clock.now_ms(),
                expires_at_ms=None,
                token="",
            )
        )
        clock.advance(40 * DAY_MS)
        accounts = backbone.accounts
        await accounts.organisations.create(guild.accounts["ada"], "Harbour office", "harbour")
        for name in ("ada", "bob", "kate"):
            account = await accounts.store.accounts.read(guild.accounts[name])
            device = accounts.sessions.device_of(Visitor(), account.id)
            opened = await accounts.sessions.begin(account, ("password", "totp"), device)
            told = {"account_id": account.id, "name": account.name, "access_token": opened.access_token}
            found[name] = json.dumps(told)
    return found


@pytest.fixture
async def guild(tmp_path: Path, passes: dict[str, str]) -> AsyncIterator[GuildhallProcess]:
    environ = {**guild_environ(tmp_path), "GUILDHALL_OPPORTUNITIES__MODERATION": "first"}
    server = await start_in_thread(GuildhallProcess(tmp_path, environ))
    yield server
    server.stop()


@pytest.fixture
async def people(passes: dict[str, str], browser: Browser) -> dict[str, Page]:
    return {name: await (await own_browser(browser, kept)).new_page() for name, kept in passes.items()}


async def renew(bob: Page, kate: Page, url: str) -> None:
    """A new passport; the first picture of it comes back with a reason."""
    await bob.goto(f"{url}/onboarding#identity")
    await put_up(bob, "blurred.png", "image/png", PNG)
    await kate.goto(f"{url}/onboarding-reviews")
    await kate.get_by_test_id("case").filter(has_text="Bob").get_by_role("link").click()
    identity = kate.locator("[data-step=identity]")
    await identity.get_by_test_id("return").click()
    await say_why(kate, "unreadable", "Nothing can be read on it.")
    await expect(identity).to_have_attribute("data-standing", "failed")
    await bob.goto(f"{url}/onboarding")
    await expect(bob.get_by_test_id("next")).to_contain_text("Nothing can be read on it.")
    await bob.get_by_test_id("next-step").click()
    await put_up(bob, "sharp.pdf", "application/pdf", PDF)
    await kate.goto(f"{url}/onboarding-reviews")
    await kate.get_by_test_id("case").filter(has_text="Bob").get_by_role("link").click()
    await identity.get_by_test_id("accept").click()
    await expect(identity).to_have_attribute("data-standing", "passed")


async def offer(ada: Page) -> None:
    card = ada.get_by_test_id("applicant")
    await card.get_by_test_id("make-offer").click()
    await card.get_by_label("What is handed in", exact=True).fill("The whole chart")
    await card.get_by_test_id("send-terms").click()
    await expect(card).to_have_attribute("data-state", "offered")


async def test_an_expired_document_a_withdrawn_offer_and_a_dispute(
    guild: GuildhallProcess, people: dict[str, Page]
) -> None:
    url, ada, bob, kate = guild.base_url, *(people[name] for name in ("ada", "bob", "kate"))
    await post(ada, url, reviewer=kate)
    await bob.goto(f"{url}/onboarding")
    await expect(bob.locator("[data-step=identity]")).to_have_attribute("data-standing", "expired")
    await expect(bob.get_by_test_id("state")).to_have_attribute("data-state", "completed")
    await apply(bob, url, "I have drawn many.")
    await offer(ada)
    mine = bob.get_by_test_id("mine")
    await expect(mine.get_by_test_id("decline")).to_be_visible()
    await expect(mine.get_by_test_id("accept")).to_have_count(0)  # and it says what comes first
    await expect(mine.get_by_label("Offers")).to_contain_text("Identity documents")
    await ada.get_by_test_id("withdraw-offer").click()
    await ada.get_by_test_id("confirm-act").click()
    await expect(mine).to_have_attribute("data-state", "shortlisted")
    page = bob.url
    await renew(bob, kate, url)
    await bob.goto(f"{url}/onboarding")
    await expect(bob.locator("[data-capability=accept_offers]")).to_have_attribute("data-given", "true")
    await offer(ada)
    await bob.goto(page)
    await mine.get_by_test_id("accept").click()
    await bob.get_by_test_id("confirm-act").click()

    for one in (ada, bob):
        await one.get_by_test_id("to-contract").click()
    await fund(ada)
    await bob.get_by_test_id("act-start").click()
    chart = FilePayload(name="chart.txt", mimeType="text/plain", buffer=b"The chart.")
    await bob.get_by_label("A file").set_input_files(files=[chart])
    await expect(bob.get_by_test_id("draft-file")).to_have_count(1)
    await bob.get_by_test_id("hand-in").click()
    await ada.get_by_test_id("act-dispute").click()
    await ada.get_by_label("For the agent").fill("200")
    await ada.get_by_label("Why").fill("The lights are missing.")
    await ada.get_by_test_id("divide").click()
    await stands(bob, "m1", "disputed")
    await bob.get_by_test_id("dispute").get_by_test_id("act-concede").click()
    await bob.get_by_test_id("confirm-act").click()
    for one in (ada, bob):
        await stands(one, "m1", "split")
