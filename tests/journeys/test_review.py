"""A second person is seen in an exam: reviewed by two, contested by the candidate, overturned by a third."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from guildhall.accounts.demo import DEMO_PASSWORD, DEMO_TOTP_SECRET
from tests.fakes.client import SocketClient
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.conftest import filming
from tests.journeys.exam_stage import ExamStage, hand_in, set_exam, sit_down

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
FACES = re.compile("Faces: [12] to 2 while it was flagged")


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=True)
    environ = {"GUILDHALL_ENGINE__CHILDREN": "1", "GUILDHALL_PROCTORING__REVIEW__SETTLE_SECONDS": "1"}
    server = await start_in_thread(GuildhallProcess(tmp_path, environ))
    yield server
    server.stop()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with filming(tmp_path, ("one_face", 4), ("two_faces", 5)) as browser:
        yield browser


async def enter(browser: Browser, hall: GuildhallProcess, name: str, path: str) -> Page:
    """One of the demo's people, signed in, at this page."""
    context: BrowserContext = await browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(f"{hall.base_url}/sign-in?next={path}")
    await page.get_by_label("E-mail address").fill(f"{name}@guildhall.example")
    await page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    await page.get_by_test_id("sign-in").click()
    if name != "ada":
        await page.locator("[name=code]").fill(pyotp.TOTP(DEMO_TOTP_SECRET).now())
        await page.get_by_test_id("prove").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    await page.goto(f"{hall.base_url}{path}")
    return page


async def open_case(page: Page) -> None:
    """The queue looks again by itself."""
    await page.get_by_test_id("review").get_by_role("link").click()
    await page.get_by_test_id("case").wait_for()


async def uphold_all(page: Page) -> None:
    """With the keyboard alone: take the case, and each flag after the other."""
    await open_case(page)
    await page.keyboard.press("c")
    await expect(page.get_by_test_id("case")).to_have_attribute("data-mine", "true")
    for place in range(await page.get_by_test_id("flag").count()):
        await page.keyboard.press("u")
        await page.get_by_test_id("verdict-form").wait_for()
        await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Somebody leans in from the right.")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.get_by_test_id("flag").nth(place)).to_have_attribute("data-verdict", "upheld")
        await page.keyboard.press("j")


async def penalise(page: Page) -> None:
    await page.get_by_test_id("decide").get_by_role("radio", name="The attempt does not count", exact=True).check()
    await page.get_by_test_id("decide-words").fill("There were two people before the screen.")
    await page.get_by_test_id("decide-give").click()
    await expect(page.get_by_test_id("case")).to_have_attribute("data-mine", "false")


async def look(page: Page, where: str) -> None:
    if SOURCE.exists():
        assert await faults(page) == [], where


async def test_a_flagged_second_person_is_reviewed_contested_and_overturned(
    hall: GuildhallProcess, browser: Browser
) -> None:
    stage = ExamStage.demo(hall)
    exam = await sit_down(await browser.new_context(), stage)
    await wait_for_second_person(hall)
    await hand_in(exam)

    # Ada is told that people look; her result waits, though this exam releases results at once.
    ada = await enter(browser, hall, "ada", "/exams")
    to_rights = ada.get_by_test_id("to-rights")
    await expect(to_rights).to_have_attribute("data-state", "being_reviewed", timeout=PATIENCE_MS)  # by itself
    assert hall.get("/v1/results/mine", hall.bearer("candidate"))["items"] == []

    # Grace sees neither a name nor a picture that nobody agreed to; she upholds, and that is not enough.
    grace = await enter(browser, hall, "grace", "/reviews")
    await uphold_all(grace)
    flag = grace.get_by_test_id("flag").first
    await expect(flag).to_contain_text("A second person in the picture")
    await expect(flag.get_by_test_id("probability")).to_contain_text("Uncalibrated")
    await expect(flag.get_by_test_id("strip-told")).to_contain_text("No pictures are kept")
    await expect(flag.get_by_test_id("trace")).to_have_attribute("aria-label", FACES)
    assert "Ada" not in await grace.locator("main").inner_text()
    await look(grace, "a case")
    await penalise(grace)
    assert hall.get(f"/v1/proctoring/rights/{stage.attempt_id}", hall.bearer("candidate"))["state"] == "being_reviewed"

    # Alan does not learn of her; he upholds as well.
    alan = await enter(browser, hall, "alan", "/reviews")
    await open_case(alan)
    assert "leans in" not in await alan.locator("main").inner_text()
    await alan.get_by_role("link", name="All cases").click()
    await uphold_all(alan)
    await penalise(alan)

    # Ada reads what they wrote, and who looked; she contests it.
    await to_rights.click()
    await expect(ada.get_by_test_id("own-case")).to_have_attribute("data-state", "decided")
    await expect(ada.get_by_test_id("own-verdict").first).to_contain_text("leans in from the right")
    await expect(ada.get_by_test_id("looks")).to_contain_text("Grace Hopper")
    await ada.get_by_text("What was measured").first.click()
    await expect(ada.get_by_test_id("trace").first).to_be_visible()
    await look(ada, "what was flagged")
    await ada.get_by_test_id("contest-words").fill("That was my sister with a cup of tea, for five seconds.")
    await ada.get_by_test_id("contest-send").click()
    await expect(ada.get_by_test_id("own-case")).to_have_attribute("data-state", "contested")

    # Neither of the two may answer; Katherine does.
    for decider in (grace, alan):
        await decider.goto(f"{hall.base_url}/reviews")
        await decider.get_by_test_id("nothing-to-review").wait_for()
    katherine = await enter(browser, hall, "admin", "/reviews")
    await open_case(katherine)
    await expect(katherine.get_by_test_id("contest")).to_contain_text("a cup of tea")
    await katherine.get_by_test_id("claim").click()
    await katherine.get_by_test_id("answer-words").fill("Five seconds of tea. Believable, and nothing else was seen.")
    await look(katherine, "an appeal")
    await katherine.get_by_test_id("overturn").click()

    # Nothing is held against her, and her result is there.
    await ada.reload()
    await expect(ada.get_by_test_id("own-case")).to_have_attribute("data-state", "overturned")
    await expect(ada.get_by_test_id("own-standing")).to_contain_text("No penalty is left")
    await ada.goto(f"{hall.base_url}/exams")
    await expect(ada.get_by_test_id("result")).to_contain_text("assed", timeout=PATIENCE_MS)
    assert hall.get("/v1/results/mine", hall.bearer("candidate"))["items"][0]["state"] == "released"


async def wait_for_second_person(hall: GuildhallProcess) -> None:
    """Until the wall has seen one come and go from now on: the film shows them for five seconds of nine.

    One who came before the exam's clock ran, as on a quick machine, is rightly not reviewed.
    """
    since_ms = time.time() * 1000
    async with (
        asyncio.timeout(PATIENCE_MS / 1000),
        SocketClient(hall.base_url, "/proctor-wall", wall_token(hall)) as wall,
    ):
        while True:
            entries = (await wall.call("watch", {"after": 0}))["entries"]
            told = [entry["incident"] for entry in entries if entry["kind"] == "incident_closed"]
            if any(one["rule"] == "several_faces" and one["opened_at_ms"] > since_ms for one in told):
                return
            await asyncio.sleep(0.5)


def wall_token(hall: GuildhallProcess) -> str:
    return str(hall.proctor()["token"])
