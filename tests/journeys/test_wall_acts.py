"""Two proctors act on one candidate from their own walls: both see the same truth, and who has whom."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.fakes.client import SocketClient
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
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


@dataclass
class TwoWalls:
    """Two proctors' walls with one candidate enlarged on both, and what axe finds on the way."""

    one: Page
    two: Page
    ada: SocketClient
    found: list[str] = field(default_factory=list)

    @property
    def both(self) -> tuple[Page, Page]:
        return self.one, self.two

    async def look(self, page: Page, where: str) -> None:
        if SOURCE.exists():
            self.found += [f"{where}: {line}" for line in await faults(page)]

    async def hears(self, text: str) -> dict[str, Any]:
        told: dict[str, Any] = await self.ada.hear(lambda event, body: event == "action" and body["text"] == text, 30)
        return told


async def test_two_proctors_see_the_same_truth_about_one_candidate(hall: GuildhallProcess, browser: Browser) -> None:
    seat = await asyncio.to_thread(hall.candidate, "Ada")
    async with SocketClient(hall.base_url, "/exam-room", seat["token"]) as ada:
        await ada.agree()
        one, two = await asyncio.gather(*(open_wall(browser, hall, role) for role in ("proctor", "admin")))
        await asyncio.gather(enlarge(one, "Ada"), enlarge(two, "Ada"))
        walls = TwoWalls(one, two, ada)
        await a_warning_is_followed_to_its_acknowledgement_by_both(walls)
        await whoever_has_not_the_candidate_may_not_act(walls)
        await a_raised_hand_and_a_line_reach_both(walls)
        await help_is_asked_for_and_given(walls)
        await an_ending_that_is_declined_ends_nothing(walls)
        await closing_the_view_leaves_the_candidate_and_keeps_the_half_written_line(walls)
        await one_message_goes_to_everybody(walls)
        await the_quiet_fold_away_and_come_back(walls)
        assert walls.found == []


async def a_warning_is_followed_to_its_acknowledgement_by_both(walls: TwoWalls) -> None:
    # Whoever warns attends; the candidate's page says that it has it, then that Ada took note.
    await warn(walls.one, "talking", "Please do not read aloud.")
    await expect(walls.one.get_by_test_id("attendance")).to_have_attribute("data-mine", "true", timeout=PATIENCE_MS)
    action = await walls.hears("Please do not read aloud.")
    for page in walls.both:
        await expect(moment(page, "warn")).to_contain_text("You seemed to talk to somebody.", timeout=PATIENCE_MS)
    for state, words in (("delivered", "Delivered"), ("acknowledged", "Acknowledged")):
        await walls.ada.call("action_noted", {"action_id": action["action_id"], "state": state})
        for page in walls.both:
            await expect(moment(page, "warn")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)
            await expect(moment(page, "warn")).to_contain_text(words)
            await expect(moment(page, "warn")).to_have_count(1)


async def whoever_has_not_the_candidate_may_not_act(walls: TwoWalls) -> None:
    two = walls.two
    await expect(two.get_by_test_id("attendance")).to_contain_text("has this candidate")
    # Said once, not under each of the buttons that it bars.
    await expect(two.get_by_text("has this candidate")).to_have_count(1)
    await expect(two.get_by_test_id("act-warn")).to_have_attribute("aria-disabled", "true")
    await two.keyboard.press("w")
    await expect(two.get_by_test_id("action-form")).to_have_count(0)
    await expect(two.get_by_test_id("attend")).to_have_count(0)
    await walls.look(two, "another has her")


async def a_raised_hand_and_a_line_reach_both(walls: TwoWalls) -> None:
    await walls.ada.call("hand", {"key": "h1", "is_up": True})
    await walls.ada.call("say", {"key": "s1", "text": "May I stand up?"})
    for page in walls.both:
        await expect(page.get_by_test_id("hand")).to_be_visible(timeout=PATIENCE_MS)
        await expect(moment(page, "said")).to_contain_text("May I stand up?", timeout=PATIENCE_MS)
    await walls.one.get_by_test_id("message").fill("Yes, for a minute.")
    await walls.one.get_by_test_id("send-message").click()
    await walls.one.get_by_test_id("lower-hand").click()
    for page in walls.both:
        await expect(page.get_by_test_id("hand")).to_have_count(0, timeout=PATIENCE_MS)
        await expect(moment(page, "message")).to_contain_text("Yes, for a minute.", timeout=PATIENCE_MS)
    await walls.hears("Yes, for a minute.")


async def help_is_asked_for_and_given(walls: TwoWalls) -> None:
    one, two = walls.both
    await one.get_by_test_id("ask-help").click()
    await expect(two.get_by_test_id("attend")).to_have_text("Take over", timeout=PATIENCE_MS)
    await two.get_by_test_id("attend").click()
    await expect(two.get_by_test_id("attendance")).to_have_attribute("data-mine", "true", timeout=PATIENCE_MS)
    await expect(one.get_by_test_id("attendance")).to_have_attribute("data-mine", "false", timeout=PATIENCE_MS)
    await two.get_by_test_id("note").fill("Stood up, with leave.")
    await two.get_by_test_id("flag").check()
    await two.get_by_test_id("send-note").click()
    for page in walls.both:
        await expect(moment(page, "flag")).to_contain_text("Stood up, with leave.", timeout=PATIENCE_MS)


async def an_ending_that_is_declined_ends_nothing(walls: TwoWalls) -> None:
    # An ending takes two: whoever proposed it cannot agree.
    one, two = walls.both
    await two.get_by_test_id("act-terminate").click()
    await two.get_by_test_id("action-reason").select_option("rules_broken")
    await walls.look(two, "the form")
    await two.get_by_test_id("ask-action").click()
    await expect(two.get_by_test_id("proposal")).to_contain_text("You propose", timeout=PATIENCE_MS)
    await expect(two.get_by_test_id("agree")).to_have_count(0)
    await one.get_by_test_id("agree").wait_for(timeout=PATIENCE_MS)
    await walls.look(one, "a proposal")
    await one.get_by_test_id("decline").click()
    for page in walls.both:
        await expect(page.get_by_test_id("proposal")).to_have_count(0, timeout=PATIENCE_MS)
        await expect(moment(page, "terminate")).to_have_attribute("data-state", "declined", timeout=PATIENCE_MS)


async def closing_the_view_leaves_the_candidate_and_keeps_the_half_written_line(walls: TwoWalls) -> None:
    two = walls.two
    await two.get_by_test_id("message").fill("half a thou")
    await two.keyboard.press("Escape")
    await expect(walls.one.get_by_test_id("attend")).to_have_text("Attend", timeout=PATIENCE_MS)
    await enlarge(two, "Ada")
    await expect(two.get_by_test_id("message")).to_have_value("half a thou")
    await two.keyboard.press("Escape")
    await expect(two.get_by_test_id("enlarged")).to_have_count(0)


async def one_message_goes_to_everybody(walls: TwoWalls) -> None:
    two = walls.two
    await two.keyboard.press("b")
    await two.get_by_test_id("broadcast-text").fill("Ten minutes are left.")
    await walls.look(two, "writing to everybody")
    await two.get_by_test_id("send-broadcast").click()
    await expect(two.get_by_test_id("broadcast-said")).to_have_text("Sent to 1 candidate.", timeout=PATIENCE_MS)
    assert (await walls.hears("Ten minutes are left."))["kind"] == "broadcast"
    await two.keyboard.press("Escape")
    await expect(two.get_by_test_id("broadcast-dialog")).to_have_count(0)
    await two.keyboard.press("?")
    await two.get_by_test_id("keys").wait_for()
    await walls.look(two, "the keys")
    await two.keyboard.press("Escape")
    await expect(two.get_by_test_id("keys")).to_have_count(0)


async def the_quiet_fold_away_and_come_back(walls: TwoWalls) -> None:
    two = walls.two
    await two.mouse.move(640, 5)
    await two.evaluate("document.activeElement?.blur()")
    await two.keyboard.press("f")
    await expect(two.get_by_test_id("quiet")).to_have_attribute("data-count", "1", timeout=PATIENCE_MS)
    await expect(two.get_by_test_id("tile")).to_have_count(0)
    await walls.look(two, "folded")
    await two.get_by_test_id("quiet").click()
    await expect(two.get_by_test_id("unfolded").get_by_test_id("tile")).to_have_count(1)
    await two.get_by_test_id("quiet").click()
    await walls.ada.call("hand", {"key": "h2", "is_up": True})
    await expect(two.get_by_test_id("shown").get_by_test_id("tile")).to_have_count(1, timeout=PATIENCE_MS)
    await expect(two.get_by_test_id("call").filter(has_text="Hand raised")).to_be_visible()


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
