"""axe-core finds nothing on any page, for anybody, light and dark, wide and at 360 px; nor in any state of an exam."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, expect

from guildhall.pages.routes import SHELLS
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults, source
from tests.journeys.conftest import Candidate, Proctor, filming
from tests.journeys.exam_stage import ExamStage, go_to, open_exam, set_exam, sit_down, wait_until_saved

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not SOURCE.exists(), reason="axe-core is not installed (`make pages` brings it)"),
]
PATHS = [*sorted({path for path, _, _ in SHELLS}), "/where-nothing-is"]
PASS = "sessionStorage.setItem('guildhall.pass', JSON.stringify(%s))"
QUIET_SECONDS = 0.15
LONGEST_SECONDS = 10.0
WHERE_TO = re.compile(r"next=[^\"&]*")
LEAST_PAGES = 8  # those that strangers see differ: the landing page, sign-up, sign-in, the widget, ...


class Settling:
    """What a page shows once it has been answered everything it asked for is what it shows."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._unanswered: set[Request] = set()
        self._moved_at = time.monotonic()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)

    def _asked(self, request: Request) -> None:
        self._unanswered.add(request)
        self._moved_at = time.monotonic()

    def _answered(self, request: Request) -> None:
        self._unanswered.discard(request)
        self._moved_at = time.monotonic()

    async def goto(self, path: str) -> None:
        """Return when nothing was asked for a moment; what is asked without end (a poll) is waited for no longer."""
        self._unanswered.clear()
        await self._page.goto(path)
        await self._page.locator("h1").first.wait_for()
        until = time.monotonic() + LONGEST_SECONDS
        while (now := time.monotonic()) < until and (self._unanswered or now < self._moved_at + QUIET_SECONDS):
            await asyncio.sleep(0.03)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=True)
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
    yield server
    server.stop()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with filming(tmp_path, ("one_face", 6)) as browser:
        yield browser


async def as_one_of_the_demo(browser: Browser, hall: GuildhallProcess, role: str) -> BrowserContext:
    context = await browser.new_context(base_url=hall.base_url, reduced_motion="reduce")
    if role != "visitor":
        opened = hall.post("/v1/demo/sign-ins", {"as": role})
        told = {name: opened[name] for name in ("account_id", "name", "access_token")}
        await context.add_init_script(PASS % json.dumps(told))
    return context


@pytest.mark.parametrize("role", ["visitor", "candidate", "proctor", "admin"])
async def test_no_page_has_a_fault_whoever_opens_it(hall: GuildhallProcess, browser: Browser, role: str) -> None:
    context = await as_one_of_the_demo(browser, hall, role)
    await context.add_init_script(source())
    page = await context.new_page()
    settling = Settling(page)
    found: list[str] = []
    looked_at: set[str] = set()
    for path in PATHS:
        await settling.goto(path)
        # A stranger is sent to the sign-in page from most: axe looks at it once, not thirty times.
        shown = WHERE_TO.sub("", await page.content())
        if shown not in looked_at:
            looked_at.add(shown)
            found += [f"{path} {line}" for line in await faults(page)]
    assert found == []
    assert len(looked_at) > LEAST_PAGES


async def test_a_watched_candidate_and_the_wall_have_no_fault(hall: GuildhallProcess, browser: Browser) -> None:
    context = await as_one_of_the_demo(browser, hall, "visitor")
    candidate = await Candidate.enter(context, hall.base_url)
    found = [f"check-in offer {line}" for line in await faults(candidate.page)]
    proctor = await Proctor.enter(context, hall.base_url)
    await proctor.wait_for_frames("Ada")
    found += [f"wall {line}" for line in await faults(proctor.page)]
    assert found == []


async def test_no_state_of_an_exam_has_a_fault(hall: GuildhallProcess, browser: Browser) -> None:
    context = await as_one_of_the_demo(browser, hall, "visitor")
    stage = ExamStage.demo(hall)
    found: list[str] = []

    async def look(page: Page, state: str) -> None:
        found.extend(f"{state}: {line}" for line in await faults(page))

    page = await open_exam(context, stage)
    await page.get_by_test_id("briefing").wait_for()
    await look(page, "briefing")
    await page.get_by_test_id("use-camera").click()
    await page.get_by_test_id("check-in-skip").click()
    await page.get_by_test_id("begin").wait_for()
    await look(page, "before")
    await page.get_by_test_id("begin").click()
    await page.get_by_test_id("question").wait_for()
    slots = stage.slots
    for place, slot in enumerate(slots):
        await go_to(page, place)
        kind = slot["question"]["kind"]
        await look(page, f"{kind}, empty")
        if kind == "numeric":
            await page.locator(".answer input").fill("about three")
            await page.get_by_test_id("flag").click()
            await look(page, f"{kind}, misread and flagged")
        elif kind == "short_text":
            await page.locator(".answer input").fill("x" * 2_000)
            await expect(page.get_by_test_id("safety")).to_have_attribute("data-safety", "refused")
            await look(page, f"{kind}, too long")
        elif kind == "file_upload":
            file = {"name": "drawing.txt", "mimeType": "text/plain", "buffer": b"a drawing in words"}
            await page.locator(".files input").set_input_files(file)  # type: ignore[arg-type]
            await page.locator(".files-list").get_by_text("has arrived").wait_for()
            await look(page, f"{kind}, one file")
    await page.get_by_label("Text size").select_option("larger")
    await look(page, "larger text")
    await page.get_by_test_id("submit").click()
    await look(page, "handing in")
    await page.get_by_test_id("submit-not-yet").click()
    await context.set_offline(True)
    await page.get_by_test_id("offline-banner").wait_for()
    await look(page, "offline")
    await context.set_offline(False)
    await wait_until_saved(page)
    # A page that comes back takes the seat again: it has to be back before the other one opens.
    await expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "connected", timeout=15_000)
    again = await sit_down(context, stage)
    await page.get_by_test_id("taken-over").wait_for()
    await look(page, "taken over")
    await again.get_by_test_id("submit").click()
    await again.get_by_test_id("submit-confirm").click()
    await again.get_by_test_id("after").wait_for()
    await look(again, "handed in")
    assert found == []
