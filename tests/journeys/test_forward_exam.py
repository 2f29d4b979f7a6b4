"""An exam that goes forwards only, in a real browser: the server shows one section, and nothing leads back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, WebSocketRoute, expect

from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import faults
from tests.journeys.exam_stage import ExamStage, go_to, hand_in, open_exam, set_exam, sit_down, wait_until_saved

pytestmark = pytest.mark.browser


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    """The product with an exam in two sections, of four questions and of five, without a camera."""
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=False, is_navigation_free=False)
    # Without polling, so that a page whose web sockets are closed has HTTP alone.
    env = {"GUILDHALL_ENGINE__CHILDREN": "1", "GUILDHALL_SOCKETS__TRANSPORTS": '["websocket"]'}
    server = await start_in_thread(GuildhallProcess(tmp_path, env))
    yield server
    server.stop()


@pytest.fixture
async def context(hall: GuildhallProcess, browser: Browser) -> BrowserContext:
    return await browser.new_context(base_url=hall.base_url)


@pytest.fixture
def stage(hall: GuildhallProcess) -> ExamStage:
    seat = ExamStage.demo(hall)
    seat.url = seat.plain_url
    return seat


async def test_a_section_is_left_for_good_once_its_answers_are_saved_and_other_pages_follow(
    stage: ExamStage, context: BrowserContext
) -> None:
    page = await sit_down(context, stage)
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text("Question 1 of 9")
    assert "5 questions, to come" in await page.get_by_test_id("overview").inner_text()
    assert len(stage.slots) == 4, "questions of a later section are not even sent"
    for _ in range(3):
        await page.get_by_test_id("next").click()
    await page.get_by_test_id("next-section").click()
    assert await faults(page) == []
    await page.get_by_test_id("leave-confirm").click()
    await expect(heading).to_have_text("Question 5 of 9")
    assert "left, 0 of 4 questions answered" in await page.get_by_test_id("overview").inner_text()
    await expect(page.get_by_test_id("previous")).to_have_attribute("aria-disabled", "true")
    assert await faults(page) == []
    await page.reload()
    await expect(heading).to_have_text("Question 5 of 9")
    other = await open_exam(context, stage)
    await expect(other.get_by_role("heading", level=1)).to_have_text("Question 5 of 9")


async def test_where_no_socket_gets_through_the_whole_exam_is_sat_over_http(
    stage: ExamStage, context: BrowserContext
) -> None:
    async def refuse(socket: WebSocketRoute) -> None:
        await socket.close()

    await context.route_web_socket("**/socket.io/**", refuse)
    page = await open_exam(context, stage)
    await page.get_by_test_id("begin").click(timeout=60_000)
    await page.get_by_test_id("question").wait_for(timeout=60_000)
    await go_to(page, stage.slot_of("single_choice"))  # a form's order is drawn anew for each attempt
    await page.locator(".choice input").first.check()
    await wait_until_saved(page)
    await go_to(page, 3)
    await page.get_by_test_id("next-section").click()
    await page.get_by_test_id("leave-confirm").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Question 5 of 9", timeout=60_000)
    await hand_in(page)
    assert stage.read()["state"] == "submitted"
