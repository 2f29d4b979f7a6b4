"""A proctor warns, writes and sends out; the candidate's page shows each, and says so once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.fakes.client import SocketClient
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.conftest import filming
from tests.journeys.exam_stage import ExamStage, set_exam, settle, sit_down

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
FOCUSED_TESTID = "() => document.activeElement?.dataset.testid ?? document.activeElement?.id"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=True)
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
    yield server
    server.stop()


@pytest.fixture
async def context(hall: GuildhallProcess, tmp_path: Path) -> AsyncIterator[BrowserContext]:
    async with filming(tmp_path, ("one_face", 6)) as browser:
        yield await browser.new_context(base_url=hall.base_url, reduced_motion="reduce")


class Grace:
    """A proctor on the wall's socket, and what the case's history says of her actions."""

    def __init__(self, wall: SocketClient, session_id: str) -> None:
        self._wall = wall
        self._session_id = session_id

    async def act(self, key: str, kind: str, **fields: Any) -> None:
        answer = await self._wall.call("act", {"session_id": self._session_id, "key": key, "kind": kind, **fields})
        assert answer == {"state": "due"}, answer

    async def steps(self, key: str) -> list[str]:
        lines = (await self._wall.call("lines", {"session_id": self._session_id, "after": 0}))["lines"]
        return [line["action"]["state"] for line in lines if line["action"] and line["action"]["id"] == key]

    async def wait_for_steps(self, key: str, *steps: str) -> None:
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while await self.steps(key) != list(steps):
                await asyncio.sleep(0.2)

    async def hear_case(self, hand: bool) -> None:
        await self._wall.hear(
            lambda event, case: event == "case" and (case["hand_raised_at_ms"] is not None) == hand, seconds=60
        )


async def look(page: Page, state: str) -> None:
    if SOURCE.exists():
        assert await faults(page) == [], state


@contextlib.asynccontextmanager
async def sitting(hall: GuildhallProcess, context: BrowserContext) -> AsyncIterator[tuple[ExamStage, Page, Grace]]:
    """Ada sits her exam, and Grace is at the wall."""
    stage = ExamStage.demo(hall)
    page = await sit_down(context, stage)
    page.set_default_timeout(PATIENCE_MS)
    async with SocketClient(hall.base_url, "/proctor-wall", hall.proctor()["token"]) as wall:
        assert (await wall.call("cases", {}))["me"]
        yield stage, page, Grace(wall, f"sit_{stage.attempt_id.partition('_')[2]}")


async def settle_behind_dialog(page: Page) -> None:
    """A page that comes back shows what was not read before all else; it is read by keyboard."""
    await page.get_by_test_id("asked-dialog").wait_for()
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED_TESTID) == "asked-read"
    await page.keyboard.press("Enter")
    await settle(page)


async def test_a_warning_is_read_once_and_neither_a_typed_space_nor_a_reload_answers_it(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    async with sitting(hall, context) as (_, page, grace):
        # A warning: it takes the focus, a typed space does not answer it, Escape neither, and a reload brings it back.
        await grace.act("w1", "warn", reason="talking", text="Please stop talking.")
        dialog = page.get_by_test_id("asked-dialog")
        await expect(dialog).to_contain_text("You seemed to talk to somebody. Please stop talking.")
        assert await page.evaluate(FOCUSED_TESTID) == "asked-title"
        for key in ("Space", "Escape", "Escape"):
            await page.keyboard.press(key)
        await expect(dialog).to_be_visible()
        await grace.wait_for_steps("w1", "asked", "delivered")
        await look(page, "a warning")
        await page.reload()
        await settle_behind_dialog(page)
        await grace.wait_for_steps("w1", "asked", "delivered", "acknowledged")
        await expect(dialog).to_have_count(0)
        await page.reload()
        await settle(page)
        await page.wait_for_timeout(4000)  # longer than the server waits before it sends again
        await expect(dialog).to_have_count(0)


async def test_a_candidate_and_a_proctor_talk_and_a_hand_goes_up_and_down(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    async with sitting(hall, context) as (_, page, grace):
        # They talk: a message is unread until it is on the screen, and a hand goes up and down.
        await grace.act("m1", "message", text="Can you hear me?")
        await expect(page.get_by_test_id("unread")).to_have_text("1 new message")
        await grace.wait_for_steps("m1", "asked", "delivered")
        await look(page, "an unread message")
        await page.get_by_test_id("talk").press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("Can you hear me?")
        await expect(page.get_by_test_id("unread")).to_have_count(0)
        await grace.wait_for_steps("m1", "asked", "delivered", "acknowledged")
        await page.get_by_test_id("say-text").fill("Yes, well enough.")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("Yes, well enough.")
        await expect(page.get_by_test_id("say-text")).to_have_value("")
        hand = page.get_by_test_id("hand")
        await hand.press("Enter")
        await expect(hand).to_have_text("Lower hand")
        await expect(page.get_by_test_id("hand-state")).to_contain_text("Your hand is up since")
        await grace.hear_case(hand=True)
        await look(page, "a conversation")
        await hand.press("Enter")
        await expect(hand).to_have_text("Raise hand")


async def test_whoever_is_sent_out_reads_why_and_the_proctor_knows_that_they_did(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    async with sitting(hall, context) as (_, page, grace):
        await grace.act("t1", "terminate", reason="safety", text="Please leave the building.")
        dialog = page.get_by_test_id("asked-dialog")
        await expect(dialog).to_contain_text("Somebody may be in danger. Please leave the building.")
        await expect(page.get_by_test_id("after")).to_be_attached()
        await page.get_by_test_id("asked-read").click()
        await expect(dialog).to_have_count(0)
        await grace.wait_for_steps("t1", "asked", "delivered", "acknowledged")
