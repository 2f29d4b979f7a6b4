"""A candidate is checked, photographed, sent back and let in; what their browser claims reaches the wall as a claim."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from guildhall.proctoring.model.admission import full_check_in
from tests.fakes.client import SocketClient
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.check_in_stage import PATIENCE_MS, look_at_photographs, photograph, set_policy
from tests.journeys.conftest import Proctor, filming
from tests.journeys.exam_stage import ExamStage, open_exam, set_exam

pytestmark = pytest.mark.browser


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=True, needs_admission=True)
    await set_policy(tmp_path / "guildhall.sqlite3", full_check_in())
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
    yield server
    server.stop()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """The camera is in the dark first, then somebody turns on the light."""
    async with filming(tmp_path, ("dark_room", 25), ("one_face", 30)) as browser:
        yield browser


async def mend(page: Page) -> None:
    """Check again until what was dark is lit."""
    for _ in range(20):
        await expect(page.get_by_test_id("checks")).to_have_attribute("data-busy", "false", timeout=PATIENCE_MS)
        if await page.get_by_test_id("checks-go-on").get_attribute("aria-disabled") == "false":
            return
        await page.get_by_test_id("check-again").click()
    raise AssertionError("the light never passed")


async def ask_for_the_room(arrival: Locator, page: Page) -> None:
    await arrival.get_by_test_id("ask-room").click()
    await page.get_by_test_id("room-scan").wait_for(timeout=PATIENCE_MS)


async def show_the_room(page: Page) -> None:
    """What a proctor asked for, picture by picture."""
    scan = page.get_by_test_id("room-scan")
    for taken in range(4):
        await expect(scan).to_have_attribute("data-taken", str(taken), timeout=PATIENCE_MS)
        await page.get_by_test_id("scan-take").click()
    await expect(scan).to_have_count(0, timeout=PATIENCE_MS)


async def claims_reach_the_wall(context: BrowserContext, page: Page, proctor: Proctor) -> None:
    """What was copied, and what was pasted without a network."""
    await page.evaluate("document.dispatchEvent(new ClipboardEvent('copy'))")
    claim = proctor.page.locator("[data-testid=incident][data-rule=copied]")
    await expect(claim).to_have_attribute("data-channel", "claim", timeout=PATIENCE_MS)
    await context.set_offline(True)
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "offline", timeout=PATIENCE_MS)
    await page.evaluate("document.dispatchEvent(new ClipboardEvent('paste'))")
    await context.set_offline(False)
    pasted = proctor.page.locator("[data-testid=incident][data-rule=pasted]")
    await expect(pasted).to_have_count(1, timeout=PATIENCE_MS)


async def send_back(page: Page) -> None:
    """Whoever waits there, because of their room; the panel says so, and nobody is listed any more."""
    await page.get_by_test_id("refusal-reason").select_option("room_not_ready")
    await page.get_by_test_id("send-back").click()
    said = page.get_by_test_id("admission-said")
    await expect(said).to_contain_text("was sent back and reads why: Your room is not ready yet")
    await expect(page.get_by_test_id("arrival")).to_have_count(0)


async def test_the_exams_own_door_is_no_way_around_the_checks(hall: GuildhallProcess) -> None:
    stage = ExamStage.demo(hall)
    async with SocketClient(hall.base_url, "/exam", stage.url.partition("exam=")[2]) as sly:
        assert (await sly.call("check_in", {}))["problem"]["type"] == "not-ready"
    assert stage.read()["state"] == "created"


async def test_from_a_dark_camera_to_admission_and_into_the_exam(hall: GuildhallProcess, browser: Browser) -> None:
    context = await browser.new_context(
        base_url=hall.base_url, viewport={"width": 360, "height": 740}, reduced_motion="reduce"
    )
    found: list[str] = []

    async def look(page: Page, state: str) -> None:
        if SOURCE.exists():
            found.extend(f"{state}: {line}" for line in await faults(page))

    stage = ExamStage.demo(hall)
    page = await open_exam(context, stage)
    await page.get_by_test_id("briefing").wait_for()
    await look(page, "consents")
    await page.get_by_test_id("optional").get_by_label("Pictures of your room, if a proctor asks").check()
    await page.get_by_test_id("use-camera").click()

    light = page.get_by_test_id("check-light")
    await expect(light).to_have_attribute("data-passed", "false", timeout=PATIENCE_MS)
    await expect(light).to_contain_text("Turn on a light")
    await expect(page.get_by_test_id("checks-go-on")).to_have_attribute("aria-disabled", "true")
    await look(page, "a failed check")
    await mend(page)
    await look(page, "checks passed")
    await page.get_by_test_id("checks-go-on").press("Enter")
    await photograph(page)
    await look(page, "photographed")
    await page.get_by_test_id("photos-go-on").press("Enter")
    await page.get_by_test_id("check-in-skip").click()

    await page.get_by_test_id("waiting-room").wait_for()
    await look(page, "ready")
    await page.get_by_test_id("ask-admission").press("Enter")
    await expect(page.get_by_test_id("waiting-status")).to_contain_text("You are next")
    assert stage.read()["state"] == "awaiting"
    await look(page, "waiting")

    proctor = await Proctor.enter(await browser.new_context(), hall.base_url)
    arrival = proctor.page.get_by_test_id("arrival")
    await arrival.wait_for(timeout=PATIENCE_MS)
    await look_at_photographs(arrival)
    await look(proctor.page, "the wall's panel")
    await ask_for_the_room(arrival, page)
    await look(page, "asked for the room")
    await show_the_room(page)
    await expect(arrival.get_by_test_id("show-room")).to_have_count(4, timeout=PATIENCE_MS)
    await send_back(proctor.page)
    await expect(page.get_by_test_id("refusal")).to_contain_text("Clear your desk", timeout=PATIENCE_MS)
    await look(page, "sent back")
    await page.get_by_test_id("ask-admission").click()
    await arrival.get_by_test_id("admit").click(timeout=PATIENCE_MS)

    begin = page.get_by_test_id("begin")
    await begin.wait_for(timeout=PATIENCE_MS)
    assert stage.read()["state"] == "authorised"
    await begin.click()
    await page.get_by_test_id("question").wait_for()
    assert found == []

    await claims_reach_the_wall(context, page, proctor)
