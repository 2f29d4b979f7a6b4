"""Both sides of the demo's contract: changes, a revision, a dispute that is settled, the end, and sealed reviews."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from guildhall.accounts.demo import DEMO_PASSWORD
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import faults
from tests.journeys.guild_acts import give_reason, stands
from tests.journeys.guild_stage import SECONDS, guild_environ, own_browser

pytestmark = pytest.mark.browser


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    server = await start_in_thread(GuildhallProcess(tmp_path, guild_environ(tmp_path)))
    yield server
    server.stop()


async def room_of(browser: Browser, house: GuildhallProcess, name: str) -> Page:
    page = await (await own_browser(browser)).new_page()
    await page.goto(f"{house.base_url}/sign-in?next=/contracts")
    await page.get_by_label("E-mail address").fill(f"{name}@guildhall.example")
    await page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    await page.get_by_test_id("sign-in").click()
    await page.get_by_test_id("open-contract").click()
    await expect(page.get_by_test_id("state")).to_have_attribute("data-state", "active", timeout=SECONDS)
    return page


async def test_two_sides_work_disagree_settle_and_review(house: GuildhallProcess, browser: Browser) -> None:
    client, agent = await room_of(browser, house, "mary"), await room_of(browser, house, "ada")
    await expect(client.get_by_test_id("pay").first).to_contain_text("held by this house")
    await expect(client.get_by_test_id("clock")).to_be_visible()

    await give_reason(client, "act-request_changes", "Larger letters, please.")
    await stands(agent, "m1", "changes_requested")  # by itself
    chart = FilePayload(name="chart.txt", mimeType="text/plain", buffer=b"Larger letters.")
    await agent.get_by_label("A file").set_input_files(files=[chart])
    await expect(agent.get_by_test_id("draft-file")).to_have_count(1, timeout=SECONDS)
    await agent.get_by_label("A note").fill("Larger now.")
    await agent.get_by_test_id("hand-in").click()
    await stands(client, "m1", "submitted")
    await expect(client.get_by_test_id("version")).to_have_count(2, timeout=SECONDS)

    await client.get_by_test_id("act-dispute").click()
    await client.get_by_label("For the agent").fill("200")
    await client.get_by_label("Why").fill("The lights are missing.")
    await client.get_by_test_id("divide").click()
    await stands(agent, "m1", "disputed")
    await expect(agent.get_by_test_id("pay").first).to_contain_text("frozen by the dispute")
    assert await faults(agent) == []
    await agent.get_by_test_id("dispute").get_by_test_id("act-concede").click()
    await agent.get_by_test_id("confirm-act").click()
    for page in (agent, client):
        await stands(page, "m1", "split")
        await expect(page.get_by_test_id("pay").first).to_contain_text("180.00 to the agent")

    await agent.get_by_text("Propose other terms").click()
    await agent.get_by_label("Days of notice").fill("3")
    await agent.get_by_test_id("propose-terms").click()
    await expect(client.get_by_test_id("amendment")).to_contain_text("3 days of notice", timeout=SECONDS)
    assert await faults(client) == []
    await client.get_by_test_id("accept-terms").click()
    await expect(agent.get_by_test_id("amendment")).to_have_count(0, timeout=SECONDS)
    await agent.get_by_text("What was agreed on").click()
    await expect(agent.get_by_text("3 days of notice, 7 so far.")).to_be_visible()

    await client.get_by_test_id("act-cancel").click()
    await client.get_by_test_id("confirm-act").click()
    await stands(client, "m2", "cancelled")
    await give_reason(client, "act-end", "All is done.")
    for page, words in ((client, "Fine work."), (agent, "A clear client.")):
        await expect(page.get_by_test_id("state")).to_have_attribute("data-state", "completed", timeout=SECONDS)
        await expect(page.get_by_test_id("review")).to_have_count(0)
        await page.get_by_label("How it was").fill(words)
        await page.get_by_test_id("send-review").click()
        await expect(page.get_by_test_id("send-review")).to_have_count(0, timeout=SECONDS)
    await expect(client.get_by_text("A clear client.")).to_be_visible(timeout=SECONDS)
