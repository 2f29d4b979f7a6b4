"""An exam that nobody watches, on bad days: no network at a reload, no web sockets, the time up with the page gone."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from guildhall.assessments.model.attempts import EXAM_AUDIENCE, ExamClaims
from guildhall.kit.clock import SystemClock
from guildhall.kit.tokens import TokenSigner
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.exam_stage import ExamStage, go_to, hand_in, set_exam, settle, sit_down, wait_until_saved

pytestmark = pytest.mark.browser
SHORTEST_SECONDS = 60
TOKEN_SECONDS = 10
PATIENCE_MS = 60_000


@pytest.fixture
async def hall(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[GuildhallProcess]:
    """The product with an exam without a camera, as short as an exam can be unless a test says otherwise."""
    duration_seconds = getattr(request, "param", SHORTEST_SECONDS)
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=False, duration_seconds=duration_seconds)
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
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


async def write(page: Page, stage: ExamStage, text: str) -> str:
    """Into the long answer; its slot."""
    place = stage.slot_of("long_text")
    await go_to(page, place)
    await page.locator("textarea").press("Control+End")
    await page.locator("textarea").press_sequentially(text)
    return str(stage.slots[place]["id"])


async def test_an_exam_without_a_camera_asks_for_none_and_is_handed_in(
    stage: ExamStage, context: BrowserContext
) -> None:
    page = await sit_down(context, stage)
    assert await page.get_by_test_id("use-camera").count() == 0
    slot_id = await write(page, stage, "Nobody watches.")
    await hand_in(page)
    assert stage.read()["state"] == "submitted"
    assert stage.stored()[slot_id]["text"] == "Nobody watches."
    answers = [entry["body"]["answer"] for entry in stage.read("/receipt")["entries"] if entry["body"]["answer"]]
    assert sum(answer["spent_ms"] for answer in answers) > 0


async def test_the_page_opens_again_without_a_network_and_goes_on(stage: ExamStage, context: BrowserContext) -> None:
    page = await sit_down(context, stage)
    slot_id = await write(page, stage, "Written online")
    await wait_until_saved(page)
    await page.wait_for_function("async () => (await navigator.serviceWorker.ready).active !== null")
    await context.set_offline(True)
    await page.reload()
    await page.get_by_test_id("question").wait_for()
    await page.get_by_test_id("offline-banner").wait_for()
    await expect(page.locator("textarea")).to_have_value("Written online")
    await page.locator("textarea").press("Control+End")
    await page.locator("textarea").press_sequentially(", and offline.")
    await expect(page.get_by_test_id("safety")).to_have_attribute("data-safety", "waiting")
    await context.set_offline(False)
    await wait_until_saved(page)
    assert stage.stored()[slot_id]["text"] == "Written online, and offline."
    await hand_in(page)
    await page.wait_for_function("async () => (await navigator.serviceWorker.getRegistrations()).length === 0")


async def test_where_web_sockets_do_not_get_through_answers_are_saved_over_http(
    stage: ExamStage, context: BrowserContext
) -> None:
    page = await sit_down(context, stage)

    async def refuse(socket: WebSocketRoute) -> None:
        await socket.close()

    await page.route_web_socket("**/socket.io/**", refuse)
    await page.reload()
    await page.get_by_test_id("question").wait_for()
    slot_id = await write(page, stage, "By another way.")
    await wait_until_saved(page)
    assert stage.stored()[slot_id]["text"] == "By another way."
    await page.get_by_test_id("offline-banner").get_by_text("Everything you have written so far is saved").wait_for()


def short_token(stage: ExamStage, folder: Path) -> str:
    """The exam's own token as the server signs it, but good for seconds instead of hours."""
    signer = TokenSigner((folder / "token-secret").read_text().strip(), SystemClock())
    claims = signer.verify(stage.url.partition("exam=")[2], EXAM_AUDIENCE, ExamClaims)
    return signer.sign(claims, EXAM_AUDIENCE, TOKEN_SECONDS)


async def sign_in(page: Page, stage: ExamStage) -> None:
    """By hand: only that leaves a cookie, which is what fresh tokens come by."""
    ada = next(one for one in stage.server.get("/v1/demo/people", "")["items"] if one["role"] == "candidate")
    await page.get_by_label("E-mail address").fill(ada["email"])
    await page.get_by_label("Password", exact=True).fill(ada["password"])
    await page.get_by_test_id("sign-in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)


@pytest.mark.parametrize("hall", [600], indirect=True)
async def test_an_exam_that_lasts_longer_than_its_token_goes_on_and_loses_nothing(
    stage: ExamStage, context: BrowserContext, tmp_path: Path
) -> None:
    door = await context.new_page()
    await door.goto("/sign-in?next=/exams")
    await sign_in(door, stage)
    first = short_token(stage, tmp_path)
    stage.url = f"/exam-room#exam={first}"
    page = await sit_down(context, stage)
    slot_id = await write(page, stage, "With the first token")
    await wait_until_saved(page)
    kept = "sessionStorage.getItem('guildhall.token.exam-room.exam')"
    await page.wait_for_function(f"(first) => {kept} !== first", arg=first, timeout=PATIENCE_MS)
    await write(page, stage, ", then with the next")
    await wait_until_saved(page)

    # It runs out while nobody can be reached and nobody is signed in; what is written then is kept, and said to be.
    short = short_token(stage, tmp_path)
    over_at = time.monotonic() + TOKEN_SECONDS + 1  # it is signed for whole seconds
    await page.evaluate("(short) => sessionStorage.setItem('guildhall.token.exam-room.exam', short)", short)
    await page.evaluate("() => sessionStorage.removeItem('guildhall.pass')")
    await page.wait_for_function("async () => (await navigator.serviceWorker.ready).active !== null")
    await context.clear_cookies()
    await context.set_offline(True)
    await page.reload()
    await page.get_by_test_id("question").wait_for()
    await write(page, stage, ", then without one")
    await expect(page.get_by_test_id("safety")).to_have_attribute("data-safety", "waiting")
    await asyncio.sleep(over_at - time.monotonic())
    await context.set_offline(False)
    banner = page.get_by_test_id("signed-out-banner")
    await banner.wait_for(timeout=PATIENCE_MS)
    await expect(banner).to_contain_text("1 answer is kept on this device")
    if SOURCE.exists():
        assert await faults(page) == []
    assert stage.stored()[slot_id]["text"] == "With the first token, then with the next"

    async with context.expect_page() as opened:
        await page.get_by_test_id("sign-in-again").click()
    await sign_in(await opened.value, stage)
    await banner.wait_for(state="hidden", timeout=PATIENCE_MS)
    await wait_until_saved(page)
    assert stage.stored()[slot_id]["text"] == "With the first token, then with the next, then without one"


async def test_the_deadline_passes_with_the_page_cut_off_and_what_comes_after_it_is_told_apart(
    stage: ExamStage, context: BrowserContext
) -> None:
    """One story, for the shortest exam lasts a minute."""
    page = await sit_down(context, stage)
    slot_id = await write(page, stage, "In time")
    await wait_until_saved(page)
    await context.set_offline(True)
    await write(page, stage, " and too late.")
    await expect(page.get_by_test_id("safety")).to_have_attribute("data-safety", "waiting")
    attempt = await asyncio.to_thread(stage.wait_for_state, "expired", SHORTEST_SECONDS + 30)
    assert attempt["receipt"]["hash"] == stage.read("/receipt")["hash"]
    await page.get_by_test_id("time-up").wait_for(timeout=30_000)
    await context.set_offline(False)
    late = page.get_by_test_id("late")
    await late.get_by_text("after the end").wait_for(timeout=30_000)
    assert "a person decides" in await late.inner_text()
    assert stage.stored()[slot_id]["text"] == "In time"
    await page.close()
    again = await context.new_page()
    await again.goto(stage.server.base_url + stage.url)
    await again.get_by_test_id("after").wait_for()
    assert "The time is up" in await again.get_by_role("heading", level=1).inner_text()
    assert "1 answer was received" in await again.get_by_test_id("received").inner_text()
    if SOURCE.exists():
        assert await faults(again) == []


async def test_a_page_left_open_in_another_question_comes_back_to_it(stage: ExamStage, context: BrowserContext) -> None:
    page = await sit_down(context, stage)
    await go_to(page, 4)
    await page.reload()
    await settle(page)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Question 5 of")
