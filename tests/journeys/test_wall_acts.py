"""Two proctors act on one candidate from their own walls: both see the same truth, and who has whom."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.conftest import CHROMIUM
from tests.fakes.client import SocketClient
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.conftest import FLAGS
from tests.journeys.exam_stage import ExamStage, set_exam

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=True)
    environ = {"GUILDHALL_ENGINE__CHILDREN": "1", "GUILDHALL_ENGINE__DETECTOR": "scripted"}
    server = await start_in_thread(GuildhallProcess(tmp_path, environ))
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


async def open_wall(browser: Browser, hall: GuildhallProcess, role: str) -> Page:
    door = await asyncio.to_thread(hall.post, "/v1/proctoring/demo-walls", {}, hall.bearer(role))
    context = await browser.new_context(base_url=hall.base_url, viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await page.goto(door["url"])
    return page


async def enlarge(page: Page, name: str) -> None:
    await page.get_by_test_id("tile").filter(has_text=name).click(timeout=PATIENCE_MS)
    await page.get_by_test_id("case").wait_for()


async def warn(page: Page, reason: str, words: str) -> None:
    await page.keyboard.press("w")
    await page.get_by_test_id("action-reason").select_option(reason)
    await page.get_by_label("What else Ada should know").fill(words)
    await page.get_by_test_id("ask-action").click()


def moment(page: Page, kind: str) -> Any:
    return page.locator(f"[data-testid=moment][data-kind={kind}]")


async def test_two_proctors_see_the_same_truth_about_one_candidate(hall: GuildhallProcess, browser: Browser) -> None:
    seat = await asyncio.to_thread(hall.candidate, "Ada")
    async with SocketClient(hall.base_url, "/exam-room", seat["token"]) as ada:
        await ada.agree()
        one, two = await asyncio.gather(*(open_wall(browser, hall, role) for role in ("proctor", "admin")))
        await asyncio.gather(enlarge(one, "Ada"), enlarge(two, "Ada"))
        found: list[str] = []

        # One warns, and so attends; the candidate's page says that it has it, then that Ada took note.
        await warn(one, "talking", "Please do not read aloud.")
        await expect(one.get_by_test_id("attendance")).to_have_attribute("data-mine", "true", timeout=PATIENCE_MS)
        action = await ada.hear(lambda event, told: event == "action" and told["kind"] == "warn", 30)
        for page in (one, two):
            await expect(moment(page, "warn")).to_contain_text("You seemed to talk to somebody.", timeout=PATIENCE_MS)
        assert action["text"] == "Please do not read aloud."
        for state, words in (("delivered", "Delivered"), ("acknowledged", "Acknowledged")):
            await ada.call("action_noted", {"action_id": action["action_id"], "state": state})
            for page in (one, two):
                await expect(moment(page, "warn")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)
                await expect(moment(page, "warn")).to_contain_text(words)
                await expect(moment(page, "warn")).to_have_count(1)

        # The other reads who has Ada, may not act, and says so; the chat is barred as well.
        attendance = two.get_by_test_id("attendance")
        await expect(attendance).to_contain_text("has this candidate")
        await expect(two.get_by_test_id("act-warn")).to_have_attribute("aria-disabled", "true")
        await two.keyboard.press("w")
        await expect(two.get_by_test_id("action-form")).to_have_count(0)
        await expect(two.get_by_test_id("attend")).to_have_count(0)

        # Ada raises a hand and writes; both see it, one answers, and the hand goes down for both.
        await ada.call("hand", {"key": "h1", "is_up": True})
        await ada.call("say", {"key": "s1", "text": "May I stand up?"})
        for page in (one, two):
            await expect(page.get_by_test_id("hand")).to_be_visible(timeout=PATIENCE_MS)
            await expect(moment(page, "said")).to_contain_text("May I stand up?", timeout=PATIENCE_MS)
        await one.get_by_test_id("message").fill("Yes, for a minute.")
        await one.get_by_test_id("send-message").click()
        await one.get_by_test_id("lower-hand").click()
        for page in (one, two):
            await expect(page.get_by_test_id("hand")).to_have_count(0, timeout=PATIENCE_MS)
            await expect(moment(page, "message")).to_contain_text("Yes, for a minute.", timeout=PATIENCE_MS)
        await ada.hear(lambda event, told: event == "action" and told["text"] == "Yes, for a minute.", 30)
        if SOURCE.exists():
            found += [f"another has her: {line}" for line in await faults(two)]

        # One asks for help, the other takes over; a note of either is read by both.
        await one.get_by_test_id("ask-help").click()
        await expect(two.get_by_test_id("attend")).to_have_text("Take over", timeout=PATIENCE_MS)
        await two.get_by_test_id("attend").click()
        await expect(attendance).to_have_attribute("data-mine", "true", timeout=PATIENCE_MS)
        await expect(one.get_by_test_id("attendance")).to_have_attribute("data-mine", "false", timeout=PATIENCE_MS)
        await two.get_by_test_id("note").fill("Stood up, with leave.")
        await two.get_by_test_id("flag").check()
        await two.get_by_test_id("send-note").click()
        for page in (one, two):
            await expect(moment(page, "flag")).to_contain_text("Stood up, with leave.", timeout=PATIENCE_MS)

        # An ending takes two: whoever proposed it cannot agree; the second person declines.
        await two.get_by_test_id("act-terminate").click()
        await two.get_by_test_id("action-reason").select_option("rules_broken")
        if SOURCE.exists():
            found += [f"the form: {line}" for line in await faults(two)]
        await two.get_by_test_id("ask-action").click()
        await expect(two.get_by_test_id("proposal")).to_contain_text("You propose", timeout=PATIENCE_MS)
        await expect(two.get_by_test_id("agree")).to_have_count(0)
        await one.get_by_test_id("agree").wait_for(timeout=PATIENCE_MS)
        if SOURCE.exists():
            found += [f"a proposal: {line}" for line in await faults(one)]
        await one.get_by_test_id("decline").click()
        for page in (one, two):
            await expect(page.get_by_test_id("proposal")).to_have_count(0, timeout=PATIENCE_MS)
            await expect(moment(page, "terminate")).to_have_attribute("data-state", "declined", timeout=PATIENCE_MS)

        # Whoever closes the view leaves the candidate, and a half-written line is still there.
        await two.get_by_test_id("message").fill("half a thou")
        await two.keyboard.press("Escape")
        await expect(one.get_by_test_id("attend")).to_have_text("Attend", timeout=PATIENCE_MS)
        await enlarge(two, "Ada")
        await expect(two.get_by_test_id("message")).to_have_value("half a thou")
        await two.keyboard.press("Escape")
        await expect(two.get_by_test_id("enlarged")).to_have_count(0)

        # One message to everybody; the keys; the quiet fold away and come back with what they do.
        await two.keyboard.press("b")
        await two.get_by_test_id("broadcast-text").fill("Ten minutes are left.")
        if SOURCE.exists():
            found += [f"writing to everybody: {line}" for line in await faults(two)]
        await two.get_by_test_id("send-broadcast").click()
        await expect(two.get_by_test_id("broadcast-said")).to_have_text("Sent to 1 candidate.", timeout=PATIENCE_MS)
        await ada.hear(lambda event, told: event == "action" and told["kind"] == "broadcast", 30)
        await two.keyboard.press("Escape")
        await expect(two.get_by_test_id("broadcast-dialog")).to_have_count(0)
        await two.keyboard.press("?")
        await two.get_by_test_id("keys").wait_for()
        if SOURCE.exists():
            found += [f"the keys: {line}" for line in await faults(two)]
        await two.keyboard.press("Escape")
        await expect(two.get_by_test_id("keys")).to_have_count(0)
        await two.mouse.move(640, 5)
        await two.evaluate("document.activeElement?.blur()")
        await two.keyboard.press("f")
        await expect(two.get_by_test_id("quiet")).to_have_attribute("data-count", "1", timeout=PATIENCE_MS)
        await expect(two.get_by_test_id("tile")).to_have_count(0)
        if SOURCE.exists():
            found += [f"folded: {line}" for line in await faults(two)]
        await two.get_by_test_id("quiet").click()
        await expect(two.get_by_test_id("unfolded").get_by_test_id("tile")).to_have_count(1)
        await two.get_by_test_id("quiet").click()
        await ada.call("hand", {"key": "h2", "is_up": True})
        await expect(two.get_by_test_id("shown").get_by_test_id("tile")).to_have_count(1, timeout=PATIENCE_MS)
        await expect(two.get_by_test_id("call").filter(has_text="Hand raised")).to_be_visible()
        assert found == []


async def test_an_exam_ends_once_a_second_person_agrees_and_not_before(
    hall: GuildhallProcess, browser: Browser
) -> None:
    stage = await asyncio.to_thread(ExamStage.demo, hall)
    token, _, exam_token = stage.url.partition("token=")[2].partition("&exam=")
    async with (
        SocketClient(hall.base_url, "/exam-room", token) as ada,
        SocketClient(hall.base_url, "/exam", exam_token) as exam,
    ):
        await ada.agree()
        for step in ("check_in", "begin"):
            assert "problem" not in await exam.call(step, {})
        one, two = await asyncio.gather(*(open_wall(browser, hall, role) for role in ("proctor", "admin")))
        await asyncio.gather(enlarge(one, "Ada"), enlarge(two, "Ada"))
        await one.keyboard.press("x")
        await one.get_by_test_id("action-reason").select_option("another_person_sits")
        await one.get_by_test_id("ask-action").click()
        await two.get_by_test_id("agree").wait_for(timeout=PATIENCE_MS)
        assert (await asyncio.to_thread(stage.read))["state"] == "running"
        await two.get_by_test_id("agree").click()
        for page in (one, two):
            await expect(moment(page, "terminate")).to_have_attribute("data-state", "due", timeout=PATIENCE_MS)
        await asyncio.to_thread(stage.wait_for_state, "submitted", 30)
