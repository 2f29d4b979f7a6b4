"""One agent's whole way: signs up, sits a watched exam, is taken in, interviewed, hired, reviewed, paid, invoiced."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.service import Visitor
from guildhall.assessments.model.exams import ReleaseRule
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.onboarding.model.flows import CredentialAsked
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.guildhall.assessments.hall import items
from tests.journeys.conftest import filming
from tests.journeys.exam_stage import hand_in as hand_in_exam
from tests.journeys.exam_stage import settle, wait_until_saved
from tests.journeys.guild_acts import (
    apply,
    claim,
    fill_in,
    fund,
    give_reason,
    interview,
    post,
    sign_and_hand_in,
    stands,
)
from tests.journeys.guild_stage import PASSWORD, SECONDS, GuildHall, guild_environ, own_browser, settings_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=SECONDS)
EXAM = CredentialAsked(title="Guild basics", level="Foundation", delivery_id="dlv_1")
ADDRESS = "newcomer@example.org"


@pytest.fixture
async def passes(tmp_path: Path) -> dict[str, str]:
    """A watched exam of one question that onboarding asks for; a client, and a reviewer: each with a pass."""
    settings = {**settings_of(tmp_path), "accounts": {"access_token_seconds": 3600}}
    backbone = Backbone(Config.model_validate(settings))
    found: dict[str, str] = {}
    async with backbone.running():
        accounts = backbone.accounts
        for name, role in (("carla", PlatformRole.AGENT), ("kate", PlatformRole.ADMIN)):
            email = f"{name}@example.org"
            await seed_account(accounts, name.title(), email, PASSWORD, role, totp_secret="JBSWY3DPEHPK3PXP")
            account = await accounts.store.account_with_email(email)
            assert account is not None
            opened = await accounts.sessions.begin(
                account, ("password", "totp"), accounts.sessions.device_of(Visitor(), account.id)
            )
            told = {"account_id": account.id, "name": account.name, "access_token": opened.access_token}
            found[name] = json.dumps(told)
            if name == "carla":
                organisation = await accounts.organisations.create(account.id, "Harbour office", "harbour")
        hall = GuildHall(backbone, tmp_path, organisation.id, {})
        await hall.open_exam(
            items("single_choice"),
            is_proctored=True,
            release=ReleaseRule.AT_ONCE,
            credential_title=EXAM.title,
            credential_level=EXAM.level,
        )
        await backbone.onboarding.seed_flow(EXAM)
    return found


@pytest.fixture
async def guild(tmp_path: Path, passes: dict[str, str]) -> AsyncIterator[GuildhallProcess]:
    environ = guild_environ(tmp_path)
    del environ["GUILDHALL_ENGINE__DETECTOR"]  # it looks at who sits there
    rates = json.loads(environ["GUILDHALL_HTTP__RATES"])
    environ["GUILDHALL_HTTP__RATES"] = json.dumps({**rates, "signup": rates["write"], "money": rates["write"]})
    environ["GUILDHALL_PAYMENTS__PAYOUT_COOL_DOWN_HOURS"] = "0"
    server = await start_in_thread(GuildhallProcess(tmp_path, environ))
    yield server
    server.stop()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with filming(tmp_path, ("one_face", 30)) as chromium:
        yield chromium


async def enter(browser: Browser, kept: str = "") -> Page:
    return await (await own_browser(browser, kept)).new_page()


async def sign_up(page: Page, url: str) -> None:
    await page.goto(f"{url}/sign-up")
    await page.get_by_label("Your name").fill("Nina")
    await page.get_by_label("E-mail address").fill(ADDRESS)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_test_id("sign-up").click()
    await page.get_by_test_id("open-mailbox").click()
    await page.get_by_test_id("mail").get_by_role("link").click()
    await page.get_by_test_id("confirm").click()
    await page.get_by_test_id("done").wait_for()
    await page.goto(f"{url}/sign-in?next=/onboarding")
    await page.get_by_label("E-mail address").fill(ADDRESS)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_test_id("sign-in").click()
    await page.wait_for_url("**/onboarding")


async def pass_the_exam(page: Page, url: str) -> None:
    """Onboarding has invited to it; it is sat before the camera."""
    await page.get_by_test_id("to-exam").click()
    async with asyncio.timeout(SECONDS / 1000):
        while await page.get_by_test_id("enter").count() == 0:
            await page.goto(f"{url}/exams")
            await page.get_by_role("heading", level=1).wait_for()
            await page.wait_for_timeout(500)
    await page.get_by_test_id("enter").click()
    await settle(page)
    await expect(page.get_by_test_id("verdict")).to_be_visible()
    await page.get_by_role("radio", name="two").check()
    await wait_until_saved(page)
    await hand_in_exam(page)


async def be_paid_out(agent: Page, url: str) -> None:
    """What was released, less the fee that was shown before, leaves for the agent's bank."""
    await agent.goto(f"{url}/money")
    await expect(agent.get_by_test_id("balance-payable")).to_be_visible()
    await agent.get_by_label("What you call the account").fill("My bank")
    await agent.get_by_test_id("set-bank").click()
    out = agent.get_by_role("form", name="Have it paid out")
    await out.get_by_label("Amount").fill("20")
    await agent.get_by_test_id("pay-out").click()
    await expect(agent.get_by_test_id("payouts").get_by_text("Paid", exact=True)).to_be_visible()
    statement = agent.get_by_test_id("statement")
    await expect(statement).to_contain_text("To be paid out")
    async with agent.expect_download() as saved:
        await agent.get_by_test_id("statement-pdf").click()
    assert (await saved.value).suggested_filename.endswith(".pdf")
    await agent.get_by_role("link", name="Why payable").click()
    await expect(agent.get_by_test_id("lines")).to_contain_text("Payout request")


async def be_invoiced(page: Page, url: str, expected: tuple[str, ...]) -> None:
    """What was released was invoiced by itself; whoever has to do with it has it as PDF."""
    invoices = page.get_by_test_id("invoices").get_by_role("listitem")
    async with asyncio.timeout(SECONDS / 1000):
        while await invoices.count() < len(expected):
            await page.goto(f"{url}/money")
            await expect(page.get_by_role("region", name="Invoices").get_by_text("You on invoices")).to_be_visible()
    for words in expected:
        async with page.expect_download() as downloading:
            await invoices.filter(has_text=words).get_by_role("button").click()
        saved = await (await downloading.value).path()
        assert saved.read_bytes().startswith(b"%PDF")


async def work(client: Page, agent: Page) -> None:
    """Funded, begun, handed in, sent back once, approved, ended, and reviewed by both."""
    for page in (client, agent):
        await page.get_by_test_id("to-contract").click()
    await fund(client)
    await agent.get_by_test_id("act-start").click()
    for number, words in enumerate(("A first sheet.", "All of it."), start=1):
        chart = FilePayload(name=f"chart-{number}.txt", mimeType="text/plain", buffer=words.encode())
        await agent.get_by_label("A file").set_input_files(files=[chart])
        await expect(agent.get_by_test_id("draft-file")).to_have_count(1)
        await agent.get_by_label("A note").fill(words)
        await agent.get_by_test_id("hand-in").click()
        await stands(client, "m1", "submitted")
        await expect(client.get_by_test_id("version")).to_have_count(number)
        if number == 1:
            await give_reason(client, "act-request_changes", "The lights, too, please.")
            await stands(agent, "m1", "changes_requested")
    await client.get_by_test_id("act-approve").click()
    await client.get_by_test_id("confirm-act").click()
    await stands(client, "m1", "released")
    await give_reason(client, "act-end", "All is done.")
    for page, words in ((client, "Fine work."), (agent, "A clear client.")):
        await expect(page.get_by_test_id("state")).to_have_attribute("data-state", "completed")
        await page.get_by_label("How it was").fill(words)
        await page.get_by_test_id("send-review").click()
        await expect(page.get_by_test_id("send-review")).to_have_count(0)
    await expect(agent.get_by_text("Fine work.")).to_be_visible()
    await expect(client.get_by_text("A clear client.")).to_be_visible()


async def test_a_newcomer_is_examined_taken_in_hired_reviewed_and_paid(
    guild: GuildhallProcess, browser: Browser, passes: dict[str, str]
) -> None:
    url = guild.base_url
    nina, kate, carla = [await enter(browser, passes.get(name, "")) for name in ("nina", "kate", "carla")]
    await sign_up(nina, url)
    await fill_in(nina, url, watched="I have read it and agree")
    await pass_the_exam(nina, url)
    await nina.goto(f"{url}/onboarding#agreement")
    await sign_and_hand_in(nina)
    await claim(kate, url)
    await kate.locator("[data-step=identity]").get_by_test_id("accept").click()
    await kate.get_by_test_id("approve").click()
    await expect(kate.get_by_test_id("case-state")).to_have_attribute("data-state", "completed")
    await nina.goto(f"{url}/onboarding")
    await expect(nina.locator("[data-capability=accept_offers]")).to_have_attribute("data-given", "true")

    await post(carla, url)
    await apply(nina, url, "I have drawn many.")
    card, mine = carla.get_by_test_id("applicant").filter(has_text="Nina"), nina.get_by_test_id("mine")
    await card.get_by_test_id("shortlist").click()
    await expect(mine).to_have_attribute("data-state", "shortlisted")
    await interview(carla, card, nina)
    await card.get_by_test_id("make-offer").click()
    await card.get_by_label("What is handed in", exact=True).fill("The whole chart")
    await card.get_by_test_id("send-terms").click()
    await mine.get_by_test_id("accept").click()
    await nina.get_by_test_id("confirm-act").click()
    await expect(mine).to_have_attribute("data-state", "hired")
    await expect(card).to_have_attribute("data-state", "hired")
    await work(carla, nina)
    await be_paid_out(nina, url)
    await be_invoiced(nina, url, ("to Harbour office, work", "from Guildhall, fee"))
    await be_invoiced(carla, url, ("from Nina, work",))
