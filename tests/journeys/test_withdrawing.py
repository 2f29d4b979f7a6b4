"""What was agreed to can be taken back during the exam, by keyboard; it is off at once, and stays so after a reload."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.conftest import filming
from tests.journeys.exam_stage import ExamStage, open_exam, pass_the_camera, set_exam

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
TRACKS = "() => document.querySelectorAll('.mirror video').length"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=True)
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
    yield server
    server.stop()


@pytest.fixture
async def context(hall: GuildhallProcess, tmp_path: Path) -> AsyncIterator[BrowserContext]:
    async with filming(tmp_path, ("one_face", 6)) as browser:
        yield await browser.new_context(base_url=hall.base_url, viewport={"width": 360, "height": 740})


async def test_the_camera_is_taken_back_by_keyboard_and_the_exam_goes_on_without_it(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    stage = ExamStage.demo(hall)
    page = await open_exam(context, stage)
    page.set_default_timeout(PATIENCE_MS)
    await pass_the_camera(page)
    await page.get_by_test_id("begin").click()
    await page.get_by_test_id("question").wait_for()
    assert await page.evaluate(TRACKS) == 1

    await page.get_by_test_id("agreed").press("Enter")
    await page.get_by_test_id("change-camera").press("Enter")
    confirm = page.get_by_test_id("take-back-confirm")
    await expect(confirm).to_be_focused()
    told = page.get_by_test_id("agreed-camera")
    await expect(told).to_contain_text("You sit the exam without a camera")
    await expect(told).to_contain_text("is kept for whoever decides about your result")
    if SOURCE.exists():
        assert await faults(page) == []
    await page.keyboard.press("Enter")
    await expect(told).to_have_attribute("data-given", "false")
    await page.keyboard.press("Escape")
    assert await page.evaluate(TRACKS) == 0
    assert stage.read()["state"] == "running"

    await page.reload()
    briefing = page.get_by_test_id("use-camera")
    await expect(briefing).to_contain_text("Go on without a camera")
    await briefing.click()
    await page.get_by_test_id("question").wait_for()
    assert await page.evaluate(TRACKS) == 0

    await page.get_by_test_id("agreed").press("Enter")
    await page.get_by_test_id("change-camera").press("Enter")
    await expect(page.get_by_test_id("agreed-camera")).to_have_attribute("data-given", "true")
    await page.get_by_test_id("agreed-close").click()
    await page.locator(".mirror video").wait_for()
