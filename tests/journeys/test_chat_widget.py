"""The chat on a page of somebody else's site, in real Chromium: ask, be asked back, an AI answers, then a person."""

import base64
import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, FilePayload, FrameLocator, Page, expect

from guildhall.backbone import Backbone
from guildhall.config import Config
from tests.fakes.llm import FakeLlm
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.faq_stage import teach
from tests.journeys.foreign_site import foreign_site
from tests.journeys.guild_stage import settings_of

pytestmark = pytest.mark.browser
PATIENCE_MS = 30_000
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
AI_QUESTION = "Is there a warranty?"  # below the thresholds, and like enough to an entry to rest on it


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


async def sit_at_the_desk(hall: GuildhallProcess, browser: Browser) -> Page:
    return await enter_as("admin", hall, browser, "/desk")


async def enter_as(role: str, hall: GuildhallProcess, browser: Browser, path: str) -> Page:
    opened = hall.post("/v1/demo/sign-ins", {"as": role})
    told = json.dumps({name: opened[name] for name in ("account_id", "name", "access_token")})
    context = await browser.new_context(base_url=hall.base_url, reduced_motion="reduce")
    await context.add_init_script(f"sessionStorage.setItem('guildhall.pass', JSON.stringify({told}))")
    page = await context.new_page()
    await page.goto(path)
    return page


async def answer(desk: Page, text: str) -> None:
    await desk.get_by_test_id("reply").fill(text)
    await desk.get_by_test_id("reply").press("Enter")


async def test_a_visitor_asks_on_a_foreign_page_and_a_bot_and_a_person_answer_while_lines_break(
    tmp_path: Path, browser: Browser
) -> None:
    site = {
        "name": "Guildhall",
        "welcome": "Hello! How can we help?",
        "has_bot": True,
        "embedders": ["http://localhost:*"],
    }
    async with Backbone(Config.model_validate(settings_of(tmp_path))).running() as backbone:
        await teach(backbone, "demo", answer_at=0.68, ask_at=0.3)
    async with FakeLlm() as llm:
        environ = {
            "GUILDHALL_ENGINE__CHILDREN": "1",
            "GUILDHALL_BLOBS__FOLDER": str(tmp_path / "blobs"),
            "GUILDHALL_CHAT__SITES": json.dumps({"demo": site}),
            "GUILDHALL_ANSWERING__AI__BASE_URL": llm.url,
            "GUILDHALL_ANSWERING__AI__QUIET_SECONDS": "60",
            "GUILDHALL_ANSWERING__AI__TOTAL_SECONDS": "120",
        }
        hall = await start_in_thread(GuildhallProcess(tmp_path, environ))
        try:
            async with foreign_site(hall.base_url) as shop:
                await ask_the_bot(hall, browser, shop, llm)
                context = await browser.new_context()
                page = await be_asked_back_and_answered(context, hall, shop, llm)
                llm.plan = lambda _: '{"action": "hand_on"}'
                await converse(hall, browser, context, page)
        finally:
            hall.stop()


async def ask_the_bot(hall: GuildhallProcess, browser: Browser, shop: str, llm: FakeLlm) -> None:
    """By plain HTTP alone, as behind a proxy that lets nothing else through; reloaded in the middle of an answer."""
    context = await browser.new_context()
    await context.add_init_script("delete window.WebSocket")
    await context.route("**/socket.io/**", lambda route: route.abort())
    page = await context.new_page()
    await page.goto(f"{shop}/shop")
    panel = await open_chat(page)
    llm.gate.clear()
    await say(panel, AI_QUESTION)
    await expect(panel.get_by_test_id("writing")).to_contain_text("word0 word1", timeout=PATIENCE_MS)
    await page.reload()
    panel = await open_chat(page)
    await expect(panel.get_by_test_id("writing")).to_contain_text("word0 word1", timeout=PATIENCE_MS)
    llm.gate.set()
    await expect(panel.get_by_test_id("message").last).to_contain_text("word19", timeout=PATIENCE_MS)
    await expect(panel.get_by_test_id("writing")).to_have_count(0)
    assert (await said(panel))[1:] == [AI_QUESTION, "".join(llm.tokens).strip()]
    await context.close()
    assert len(llm.requests) == 2  # one plan and one answer, whoever reloaded


async def be_asked_back_and_answered(
    context: BrowserContext, hall: GuildhallProcess, shop: str, llm: FakeLlm
) -> Page:  # fmt: skip
    """Ends with a person asked for."""
    page = await context.new_page()
    refused: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    await page.goto(f"{shop}/shop")
    panel = await open_chat(page)
    await say(panel, "can I get my money for the shoes")
    choices = panel.get_by_test_id("choice")
    await expect(choices).to_have_count(4, timeout=PATIENCE_MS)
    assert (await choices.all_inner_texts())[-1] == "None of these"
    await choices.filter(has_text="When do I get my money back?").click()
    await expect(panel.get_by_text("The answer about refund.")).to_be_visible(timeout=PATIENCE_MS)
    await expect(panel.get_by_test_id("sources")).to_have_text("From: When do I get my money back?")
    await expect(choices).to_have_count(0)

    llm.gate.clear()
    await say(panel, AI_QUESTION)
    writing = panel.get_by_test_id("writing")
    await expect(writing).to_contain_text("word0 word1 word2 word3 word4", timeout=PATIENCE_MS)
    await page.reload()
    panel = await open_chat(page)
    await expect(panel.get_by_test_id("writing")).to_contain_text("word0 word1 word2", timeout=PATIENCE_MS)
    llm.gate.set()
    await expect(panel.get_by_test_id("sources").last).to_contain_text("Written by an AI from:", timeout=PATIENCE_MS)
    assert (await said(panel))[-1] == "".join(llm.tokens).strip()
    await panel.get_by_test_id("ask-person").click()
    await expect(panel.get_by_test_id("standing")).to_contain_text("in the queue", timeout=PATIENCE_MS)
    await say(panel, "Do you have it in blue?")
    assert refused == []  # nothing that the strict policy of the shop, or of the panel, had to stop
    assert asked == {shop.split("/")[2], hall.base_url.split("/")[2]}
    return page


async def converse(hall: GuildhallProcess, browser: Browser, context: BrowserContext, page: Page) -> None:
    panel = page.frame_locator("iframe[title=Chat]")
    desk = await sit_at_the_desk(hall, browser)
    await desk.get_by_test_id("row").click()
    await expect(desk.get_by_test_id("speaker")).to_contain_text("Nobody answers yet", timeout=PATIENCE_MS)
    await expect(desk.get_by_test_id("context")).to_contain_text(page.url)
    await desk.get_by_test_id("write-note").fill("Knows the shop.")
    await desk.get_by_role("button", name="Keep the note").click()
    await expect(desk.get_by_test_id("note")).to_contain_text("Knows the shop.", timeout=PATIENCE_MS)

    await context.set_offline(True)
    await say(panel, "In dark blue, I mean.")
    await say(panel, "And in size M.")
    await expect(panel.get_by_test_id("waiting")).to_have_count(2, timeout=PATIENCE_MS)
    await context.set_offline(False)
    await expect(panel.get_by_test_id("waiting")).to_have_count(0, timeout=PATIENCE_MS)

    await desk.get_by_test_id("take").click()
    await expect(desk.get_by_test_id("speaker")).to_contain_text("You hold it", timeout=PATIENCE_MS)
    await expect(panel.get_by_test_id("standing")).to_contain_text("is with you", timeout=PATIENCE_MS)
    assert (await desk.locator("li.theirs p").all_inner_texts())[-2:] == ["In dark blue, I mean.", "And in size M."]
    await answer_by_a_kept_reply(desk)
    await expect(panel.get_by_text("We do.")).to_be_visible(timeout=PATIENCE_MS)
    await expect(desk.locator("li.ours .who", has_text="Read")).to_be_visible(timeout=PATIENCE_MS)

    await page.reload()
    await answer(desk, "In both blues.")
    # Shut, the panel still hears: the button says how many are new.
    button = page.get_by_role("button", name="Open chat (1 new)")
    await expect(button).to_be_visible(timeout=PATIENCE_MS)
    await button.click()
    panel = page.frame_locator("iframe[title=Chat]")
    await expect(panel.get_by_text("In both blues.")).to_be_visible(timeout=PATIENCE_MS)
    whole = ["Do you have it in blue?", "In dark blue, I mean.", "And in size M.", "We do.", "In both blues."]
    assert (await said(panel))[-5:] == whole
    if SOURCE.exists():
        assert await faults(desk) == []

    await send_a_picture(context, panel, desk)
    await desk.get_by_test_id("resolve").click()
    await expect(panel.get_by_test_id("standing")).to_contain_text("resolved", timeout=PATIENCE_MS)
    await rate(panel, desk)
    await say(panel, "One more thing.")
    await expect(panel.get_by_test_id("standing")).to_contain_text("in the queue", timeout=PATIENCE_MS)
    await expect(desk.get_by_test_id("tab-queued").locator("b")).to_have_text("1", timeout=PATIENCE_MS)
    await ask_about_an_exam(hall, browser, desk)
    await keep_the_faq(desk)
    await write_into_the_night(hall, context)


async def ask_about_an_exam(hall: GuildhallProcess, browser: Browser, desk: Page) -> None:
    """Somebody invited asks on the page of their exams; the same desk answers, and it is there when they come back."""
    candidate = await enter_as("candidate", hall, browser, "/exams")
    await candidate.get_by_test_id("ask").first.click()
    await candidate.get_by_test_id("write").fill("Is a calculator allowed?")
    await candidate.get_by_test_id("write").press("Enter")
    await expect(candidate.get_by_test_id("receipt")).to_be_visible(timeout=PATIENCE_MS)
    await desk.get_by_test_id("row").filter(has_text="Exam: Guild basics").click(timeout=PATIENCE_MS)
    await expect(desk.get_by_test_id("speaker")).to_contain_text("Nobody answers yet", timeout=PATIENCE_MS)
    await desk.get_by_test_id("take").click()
    await expect(desk.get_by_test_id("speaker")).to_contain_text("You hold it", timeout=PATIENCE_MS)
    await answer(desk, "A plain one is.")
    await expect(candidate.get_by_text("A plain one is.")).to_be_visible(timeout=PATIENCE_MS)
    if SOURCE.exists():
        assert await faults(candidate) == []
    await candidate.goto("/account")
    await candidate.goto("/exams#inv_demo")  # as the notice leads there
    await expect(candidate.get_by_text("A plain one is.")).to_be_visible(timeout=PATIENCE_MS)


async def answer_by_a_kept_reply(desk: Page) -> None:
    await desk.get_by_test_id("canned-kept").click()
    await desk.get_by_test_id("canned-shortcut").fill("/yes")
    await desk.get_by_test_id("canned-text").fill("We do {visitor}.")
    await desk.get_by_test_id("canned-keep").click()
    await expect(desk.get_by_test_id("canned-kept")).to_contain_text("(1)", timeout=PATIENCE_MS)
    await desk.get_by_test_id("canned-kept").click()
    await desk.get_by_test_id("reply").press_sequentially("/yes")
    await desk.get_by_test_id("reply").press("Enter")
    await expect(desk.get_by_test_id("reply")).to_have_value("We do.")
    await desk.get_by_test_id("reply").press("Enter")


async def send_a_picture(context: BrowserContext, panel: FrameLocator, desk: Page) -> None:
    """Chosen while there is no network: it waits with its message, and both arrive."""
    await context.set_offline(True)
    picture = FilePayload(name="blue.png", mimeType="image/png", buffer=PIXEL)
    await panel.get_by_test_id("attach").set_input_files(picture)
    await say(panel, "This blue.")
    await expect(panel.get_by_test_id("waiting")).to_contain_text("blue.png", timeout=PATIENCE_MS)
    await context.set_offline(False)
    await expect(panel.get_by_test_id("waiting")).to_have_count(0, timeout=PATIENCE_MS)
    shown = desk.get_by_test_id("file").locator("img")
    await expect(shown).to_have_js_property("naturalWidth", 1, timeout=PATIENCE_MS)
    await expect(panel.get_by_test_id("file").locator("img")).to_have_js_property(
        "naturalWidth", 1, timeout=PATIENCE_MS
    )


async def rate(panel: FrameLocator, desk: Page) -> None:
    """One press is enough, and what is said beside it comes after it."""
    await panel.get_by_test_id("rate-4").click()
    await expect(desk.get_by_test_id("rating")).to_have_text("Rated 4 of 5", timeout=PATIENCE_MS)
    await panel.get_by_test_id("why").fill("Both blues!")
    await panel.get_by_test_id("rate-done").click()
    await expect(panel.get_by_test_id("rated")).to_contain_text("Thank you")
    await expect(desk.get_by_test_id("rating").last).to_contain_text("“Both blues!”", timeout=PATIENCE_MS)
    await expect(desk.get_by_test_id("rated")).to_contain_text("Rated 4 of 5: “Both blues!”", timeout=PATIENCE_MS)


async def keep_the_faq(desk: Page) -> None:
    """What was not known becomes a phrasing, and other thresholds are tried on what was asked today."""
    await desk.goto("/faq")
    await expect(desk.get_by_test_id("meter")).to_have_count(10, timeout=PATIENCE_MS)
    suggestion = desk.get_by_test_id("suggestion").filter(has_text="One more thing.")
    await suggestion.get_by_role("combobox").select_option(label="Which size fits me?")
    await suggestion.get_by_test_id("take-in").click()
    await expect(suggestion).to_have_count(0, timeout=PATIENCE_MS)
    await desk.get_by_label("Answer from").fill("0.5")
    await desk.get_by_test_id("replay").click()
    changed = desk.get_by_test_id("changed").filter(has_text="can I get my money for the shoes")
    await expect(changed).to_contain_text("asked back → answered: When do I get my money back?", timeout=PATIENCE_MS)
    if SOURCE.exists():
        assert await faults(desk) == []
    await desk.get_by_role("link", name="Which size fits me?").click()
    await expect(desk.get_by_label("How people put it")).to_have_value(re.compile("One more thing."))


async def write_into_the_night(hall: GuildhallProcess, context: BrowserContext) -> None:
    """What was written offline is there after the tab was closed, on a page whose storage is its own."""
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
