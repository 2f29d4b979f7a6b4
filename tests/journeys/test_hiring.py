"""Work is posted, found, applied for, offered, countered and agreed on.

Whoever lacks the pass that is asked for sits its exam and goes on; whoever was rejected is thought of again.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.service import Visitor
from guildhall.assessments.model.exams import ReleaseRule
from guildhall.assessments.model.results import Credential
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.onboarding.model.flows import CapabilityRule
from guildhall.onboarding.rules.house_flow import house_flow
from tests.fakes.receiver import Receiver, listening
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.guildhall.assessments.hall import items
from tests.journeys.axe import faults
from tests.journeys.guild_acts import apply, interview, pass_the_exam, post
from tests.journeys.guild_stage import PASSWORD, SECONDS, GuildHall, guild_environ, own_browser, settings_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=SECONDS)
NEVER_LOOKS = "{ const every = setInterval; window.setInterval = (act, ms) => every(act, ms === 5000 ? 2 ** 30 : ms); }"
"""A page under this never reads again by its clock: what shows up by itself was told to it by the server."""


@pytest.fixture
async def passes(tmp_path: Path) -> dict[str, str]:
    """A client with an exam and two agents whom the house lets do everything: a pass for the pages each, by name.

    Ada is a pilot already.
    """
    settings = {**settings_of(tmp_path), "accounts": {"access_token_seconds": 3600}}
    backbone = Backbone(Config.model_validate(settings))
    found: dict[str, str] = {}
    async with backbone.running():
        plan = house_flow(None)
        free = {capability: CapabilityRule() for capability in plan.capabilities}
        await backbone.onboarding.publish_flow(plan.model_copy(update={"capabilities": free}), "system:house")
        accounts = backbone.accounts
        for name in ("carla", "ada", "bob"):
            email = f"{name}@example.org"
            await seed_account(
                accounts, name.title(), email, PASSWORD, PlatformRole.AGENT, totp_secret="JBSWY3DPEHPK3PXP"
            )
            account = await accounts.store.account_with_email(email)
            assert account is not None
            if name == "carla":
                office = await accounts.organisations.create(account.id, "Harbour office", "harbour")
                await set_exam(backbone, tmp_path, office.id)
            if name == "ada":
                await backbone.assessments.context.store.credentials.add(pilot(backbone, account.id))
            device = accounts.sessions.device_of(Visitor(), account.id)
            opened = await accounts.sessions.begin(account, ("password",), device)
            told = {"account_id": account.id, "name": account.name, "access_token": opened.access_token}
            found[name] = json.dumps(told)
    return found


async def set_exam(backbone: Backbone, folder: Path, organisation_id: str) -> None:
    """Of one question, without a camera; its result is released as soon as it is graded."""
    hall = GuildHall(backbone, folder, organisation_id, {})
    await hall.open_exam(
        items("single_choice"), release=ReleaseRule.AT_ONCE, credential_title="Pilot", credential_level="B2"
    )


def pilot(backbone: Backbone, account_id: str) -> Credential:
    return Credential(
        id="crd_ada",
        created_at_ms=backbone.clock.now_ms(),
        result_id="att_ada",
        account_id=account_id,
        organisation_id="",
        holder_name="Ada",
        title="Pilot",
        level="B2",
        issued_at_ms=backbone.clock.now_ms(),
        expires_at_ms=None,
        token="",
    )


@pytest.fixture
async def guild(tmp_path: Path, passes: dict[str, str]) -> AsyncIterator[GuildhallProcess]:
    server = await start_in_thread(GuildhallProcess(tmp_path, guild_environ(tmp_path)))
    yield server
    server.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with listening() as receiver:
        yield receiver


@pytest.fixture
async def people(passes: dict[str, str], browser: Browser) -> dict[str, Page]:
    found = {}
    for name, kept in passes.items():
        context = await own_browser(browser, kept, viewport={"width": 360, "height": 780})
        if name == "ada":
            await context.add_init_script(NEVER_LOOKS)
        found[name] = await context.new_page()
    return found


async def add_webhook(carla: Page, url: str, receiver: Receiver) -> None:
    """Her office's own system is told what she is: a wrong address is marked, the secret is shown this once."""
    await carla.goto(f"{url}/webhooks")
    await expect(carla.get_by_label("For", exact=True)).to_be_visible()  # the organisations are known
    await carla.get_by_label("Address").fill("http://10.0.0.1/hook")
    await carla.get_by_test_id("save-webhook").click()
    await expect(carla.locator("#url-wrong")).to_be_visible()
    await carla.get_by_label("Address").fill(f"{receiver.url}/office")
    await carla.get_by_test_id("save-webhook").click()
    await expect(carla.get_by_test_id("secret")).to_be_visible()
    receiver.secrets["/office"] = await carla.locator("code.secret").inner_text()
    await carla.get_by_test_id("secret-kept").click()
    await carla.get_by_test_id("webhooks").get_by_role("link", name="Open").click()
    await carla.get_by_test_id("send-test").click()
    await expect(carla.get_by_test_id("delivery")).to_have_attribute("data-state", "delivered")
    assert receiver.types("/office") == ["webhook.test"]
    assert await faults(carla) == []


async def hear_of_the_hire(receiver: Receiver) -> None:
    """In the order in which it happened."""
    async with asyncio.timeout(SECONDS / 1000):
        while "offer.accepted" not in receiver.types("/office"):
            await asyncio.sleep(0.05)
    told = receiver.types("/office")
    assert told.index("application.submitted") < told.index("application.shortlisted") < told.index("offer.accepted")


async def apply_without_the_pass(bob: Page, carla: Page, url: str) -> None:
    """The client sees that somebody waits for a pass, and for which; passed, the application is handed in by itself."""
    await apply(bob, url, "I would like to.", becomes="assessment")
    waits = carla.get_by_test_id("applicant").filter(has_text="Bob")
    await expect(waits).to_have_attribute("data-state", "assessment")
    await expect(waits.get_by_test_id("assessment")).to_contain_text("Waits for")
    assert await faults(bob) == []
    await pass_the_exam(bob)
    await expect(bob.get_by_test_id("mine")).to_have_attribute("data-state", "submitted")


async def test_from_the_posting_to_the_contract_and_for_whom_it_went_otherwise(
    guild: GuildhallProcess, people: dict[str, Page], receiver: Receiver
) -> None:
    carla, ada, bob = people["carla"], people["ada"], people["bob"]
    url = guild.base_url
    await add_webhook(carla, url, receiver)
    await post(carla, url, exam="Pilot B2")
    await apply(ada, url, "I have drawn many.")
    assert await faults(ada) == []
    await apply_without_the_pass(bob, carla, url)

    card = carla.get_by_test_id("applicant").filter(has_text="Ada")
    await card.get_by_test_id("shortlist").click()  # it showed up by itself
    await expect(card).to_have_attribute("data-state", "shortlisted")
    await expect(ada.get_by_test_id("mine")).to_have_attribute("data-state", "shortlisted")
    await interview(carla, card, ada)
    assert await faults(ada) == []
    await card.get_by_test_id("make-offer").click()
    await card.get_by_label("What is handed in", exact=True).fill("The whole chart")
    await card.get_by_test_id("send-terms").click()
    await expect(card).to_have_attribute("data-state", "offered")
    assert await faults(carla) == []

    await ada.get_by_test_id("counter").click()
    await ada.get_by_label("Pay in EUR").fill("1350.50")
    await ada.get_by_label("A word with it").fill("With the lights it is more work.")
    await ada.get_by_test_id("send-terms").click()
    await expect(ada.get_by_test_id("says")).to_contain_text("the client accepts")
    assert await faults(ada) == []
    await expect(card.get_by_test_id("offer-line").last).to_contain_text("1,350.50")
    await card.get_by_test_id("accept").click()
    await carla.get_by_test_id("confirm-act").click()
    await expect(card).to_have_attribute("data-state", "hired")
    await expect(ada.get_by_test_id("mine")).to_have_attribute("data-state", "hired")
    await expect(ada.get_by_test_id("mine").get_by_test_id("to-contract")).to_be_visible()
    await expect(carla.get_by_test_id("places")).to_contain_text("1 filled")
    await hear_of_the_hire(receiver)

    card = carla.get_by_test_id("applicant").filter(has_text="Bob")
    await card.get_by_test_id("reject").click()
    await carla.get_by_label("A word with it").fill("We need somebody who has done it.")
    await carla.get_by_test_id("give-answer").click()
    await expect(bob.get_by_test_id("mine")).to_contain_text("We need somebody who has done it.")
    await card.get_by_test_id("reopen-applicant").click()
    await bob.get_by_test_id("confirm").click()
    await card.get_by_test_id("make-offer").click()
    await card.get_by_label("What is handed in", exact=True).fill("A first sheet")
    await card.get_by_test_id("send-terms").click()
    await expect(bob.get_by_test_id("accept")).to_be_visible()
    await card.get_by_test_id("withdraw-offer").click()
    await carla.get_by_test_id("confirm-act").click()
    await expect(bob.get_by_test_id("mine")).to_have_attribute("data-state", "shortlisted")
    await bob.get_by_test_id("withdraw").click()
    await bob.get_by_test_id("confirm-act").click()
    await expect(card).to_have_attribute("data-state", "withdrawn")
