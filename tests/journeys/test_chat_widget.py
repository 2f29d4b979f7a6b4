"""The chat on a page of somebody else's site, in real Chromium: ask, a person answers, nothing is lost on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, FrameLocator, Page, async_playwright, expect

from tests.conftest import CHROMIUM
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.conftest import FLAGS
from tests.journeys.foreign_site import foreign_site

pytestmark = pytest.mark.browser
PATIENCE_MS = 30_000


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


async def open_chat(page: Page) -> FrameLocator:
    await page.get_by_role("button", name="Open chat").click()
    panel = page.frame_locator("iframe[title=Chat]")
    await panel.get_by_test_id("message").first.wait_for(timeout=PATIENCE_MS)
    return panel


async def say(panel: FrameLocator, text: str) -> None:
    await panel.get_by_test_id("write").fill(text)
    await panel.get_by_test_id("write").press("Enter")


async def said(panel: FrameLocator) -> list[str]:
    return await panel.locator("[data-testid=message] p").all_inner_texts()


async def test_a_visitor_asks_on_a_foreign_page_and_a_person_answers_while_lines_break(
    tmp_path: Path, browser: Browser
) -> None:
    hall = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
    try:
        async with foreign_site(hall.base_url) as shop:
            await converse(hall, browser, shop)
    finally:
        hall.stop()


async def converse(hall: GuildhallProcess, browser: Browser, shop: str) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    refused: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    await page.goto(f"{shop}/shop")
    panel = await open_chat(page)
    await say(panel, "Do you have it in blue?")
    await expect(panel.get_by_test_id("standing")).to_contain_text("in the queue", timeout=PATIENCE_MS)
    assert refused == []  # nothing that the strict policy of the shop, or of the panel, had to stop
    assert asked == {shop.split("/")[2], hall.base_url.split("/")[2]}

    agent = hall.bearer("admin")
    token = hall.post("/v1/desk/doors", {}, agent)["chat_token"]
    await context.set_offline(True)
    await say(panel, "In dark blue, I mean.")
    await say(panel, "And in size M.")
    await expect(panel.get_by_test_id("waiting")).to_have_count(2, timeout=PATIENCE_MS)
    await context.set_offline(False)
    await expect(panel.get_by_test_id("waiting")).to_have_count(0, timeout=PATIENCE_MS)

    one = hall.get("/v1/desk/conversations", agent)["conversations"][0]["id"]
    hall.post(f"/v1/desk/conversations/{one}/take", {}, agent)
    await expect(panel.get_by_test_id("standing")).to_contain_text("is with you", timeout=PATIENCE_MS)
    say_path = f"/v1/chat/conversations/{one}/messages"
    hall.post(say_path, {"client_id": "answer-01", "text": "We do."}, token)
    await expect(panel.get_by_text("We do.")).to_be_visible(timeout=PATIENCE_MS)

    await page.reload()
    hall.post(say_path, {"client_id": "answer-02", "text": "In both blues."}, token)
    # Shut, the panel still hears: the button says how many are new.
    button = page.get_by_role("button", name="Open chat (1 new)")
    await expect(button).to_be_visible(timeout=PATIENCE_MS)
    await button.click()
    panel = page.frame_locator("iframe[title=Chat]")
    await expect(panel.get_by_text("In both blues.")).to_be_visible(timeout=PATIENCE_MS)
    whole = ["Do you have it in blue?", "In dark blue, I mean.", "And in size M.", "We do.", "In both blues."]
    assert (await said(panel))[1:] == whole

    # What was written offline is there after the tab was closed, on a page whose storage is its own.
    own = await context.new_page()
    await own.goto(f"{hall.base_url}/widget")
    await own.get_by_test_id("message").first.wait_for(timeout=PATIENCE_MS)
    await context.set_offline(True)
    await own.get_by_test_id("write").fill("Kept over the night.")
    await own.get_by_test_id("write").press("Enter")
    await own.get_by_test_id("waiting").wait_for(timeout=PATIENCE_MS)
    await own.close()
    await context.set_offline(False)
    own = await context.new_page()
    await own.goto(f"{hall.base_url}/widget")
    await expect(own.locator("[data-testid=message] p", has_text="Kept over the night.")).to_have_count(
        1, timeout=PATIENCE_MS
    )
    await expect(own.get_by_test_id("waiting")).to_have_count(0, timeout=PATIENCE_MS)
