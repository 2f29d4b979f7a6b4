"""A stage for journeys: the real server, a real Chromium whose camera plays a film, a candidate and a proctor."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from tests.conftest import CHROMIUM
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.scenes import film

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@contextlib.asynccontextmanager
async def chromium(*flags: str) -> AsyncIterator[Browser]:
    """Without a film its camera shows a test picture."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def filming(folder: Path, *scenes: tuple[str, float]) -> AsyncIterator[Browser]:
    """A Chromium whose camera shows these scenes, again from the start when they are over."""
    reel = folder / "camera.mjpeg"
    reel.write_bytes(film(*scenes))
    async with chromium(f"--use-file-for-fake-video-capture={reel}") as browser:
        yield browser


@dataclass
class Candidate:
    page: Page

    @classmethod
    async def enter(cls, context: BrowserContext, base_url: str, name: str = "Ada") -> "Candidate":
        """From the landing page into the exam room, camera on, as a newcomer would."""
        page = await context.new_page()
        await page.goto(base_url)
        await page.get_by_label("Your name").fill(name)
        await page.get_by_test_id("sit").click()
        await page.get_by_test_id("use-camera").click()
        await page.get_by_test_id("verdict").wait_for()
        return cls(page)


@dataclass
class Proctor:
    page: Page

    @classmethod
    async def enter(cls, context: BrowserContext, base_url: str) -> "Proctor":
        landing = await context.new_page()
        await landing.goto(base_url)
        async with context.expect_page() as opened:
            await landing.get_by_test_id("watch").click()
        return cls(await opened.value)

    @property
    def tiles(self) -> Locator:
        return self.page.get_by_test_id("tile")

    async def frames_of(self, name: str) -> int:
        return int(await self.tiles.filter(has_text=name).get_attribute("data-frames") or 0)

    async def wait_for_frames(self, name: str, more_than: int = 0, seconds: float = 20) -> int:
        tile = self.tiles.filter(has_text=name)
        await tile.wait_for(timeout=seconds * 1000)
        await self.page.wait_for_function(
            "([tile, least]) => Number(tile.dataset.frames) > least",
            arg=[await tile.element_handle(), more_than],
            timeout=seconds * 1000,
        )
        return await self.frames_of(name)

    async def wait_for_incident(self, rule: str, state: str, seconds: float) -> tuple[int, int]:
        """When the incident says it began, and when this page showed it; both in ms of this machine's clock."""
        selector = f"[data-testid=incident][data-rule={rule}][data-state={state}]"
        shown_at_ms = await self.page.wait_for_function(
            "selector => document.querySelector(selector) && Date.now()", arg=selector, timeout=seconds * 1000
        )
        began = await self.page.locator(f"{selector} time").first.get_attribute("datetime")
        assert began is not None
        return round(datetime.fromisoformat(began).timestamp() * 1000), int(await shown_at_ms.json_value())

    async def incidents(self) -> list[str]:
        lines = await self.page.get_by_test_id("incident").all()
        return [f"{await line.get_attribute('data-rule')} {await line.get_attribute('data-state')}" for line in lines]


@dataclass
class Pace:
    """How slow this machine is just now: a wall gets two tiles a second from one that keeps up."""

    proctor: Proctor
    began: float
    frames: int

    @classmethod
    async def begin(cls, proctor: Proctor) -> "Pace":
        return cls(proctor, time.monotonic(), await proctor.wait_for_frames("Ada"))

    async def slowness(self) -> float:
        """1 on a machine that keeps up, 2 on one that shows half of what it should."""
        shown = max(1, await self.proctor.frames_of("Ada") - self.frames)
        return max(1.0, (time.monotonic() - self.began) * 2 / shown)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """For journeys without a camera; those with one have a `browser` of their own, by `filming`."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    """The product as `make run` starts it."""
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
    yield server
    server.stop()
