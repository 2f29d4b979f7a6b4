"""What a candidate sees when something is not as it should be: told in words, with what to do, and never a dead end."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from guildhall.kit.clock import SystemClock
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.model import CANDIDATE_AUDIENCE, CandidateClaims
from tests.conftest import CHROMIUM
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import faults
from tests.journeys.conftest import FLAGS, Candidate, filming

pytestmark = pytest.mark.browser
SLOW_MS = 30_000
# The question about the camera stays open until the test answers it.
ASK_LATER = """
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const allowed = new Promise((allow) => { window.allowCamera = allow; });
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    window.asked = true;
    await allowed;
    window.lent = await ask(wanted);
    return window.lent;
  };
"""
# The third picture cannot be taken, nor can the bytes of the fifth be read.
FAIL_TWICE = """
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  let pictures = 0;
  CanvasRenderingContext2D.prototype.drawImage = function (...all) {
    if (++pictures === 3) throw new Error("the graphics context is lost");
    return draw.apply(this, all);
  };
  const read = Blob.prototype.arrayBuffer;
  let reads = 0;
  Blob.prototype.arrayBuffer = function () {
    if (++reads === 5) return Promise.reject(new DOMException("no memory", "NotReadableError"));
    return read.call(this);
  };
"""


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with filming(tmp_path, ("one_face", 6)) as browser:
        yield browser


@pytest.fixture
async def context(hall: GuildhallProcess, browser: Browser) -> BrowserContext:
    return await browser.new_context(base_url=hall.base_url)


async def wait_for_pictures(page: Page, more: int = 3) -> None:
    """Until the server has judged that many more than when this was called."""
    verdict = page.get_by_test_id("verdict")
    await verdict.wait_for()
    await page.wait_for_function(
        "([shown, least]) => Number(shown.dataset.frames) >= least",
        arg=[await verdict.element_handle(), int(await verdict.get_attribute("data-frames") or 0) + more],
    )


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    environ = {"GUILDHALL_ENGINE__CHILDREN": "1"}
    server = await start_in_thread(GuildhallProcess(tmp_path, environ))
    yield server
    server.stop()


async def open_room(context: BrowserContext, url: str) -> Page:
    page = await context.new_page()
    await page.goto(url)
    return page


async def sit_down(page: Page) -> None:
    await page.get_by_test_id("use-camera").click()
    await wait_for_pictures(page)


async def finish(page: Page) -> None:
    await page.get_by_test_id("finish").click()
    await page.get_by_test_id("finish-confirm").click()
    await page.get_by_test_id("finished").wait_for()


async def test_a_second_tab_takes_over_the_first_says_so_and_can_take_it_back(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    url = hall.candidate("Ada")["url"]
    first = await open_room(context, url)
    await sit_down(first)
    second = await open_room(context, url)
    await sit_down(second)
    told = first.get_by_test_id("taken-over")
    assert "open somewhere else" in await told.inner_text()
    assert await first.locator("video").count() == 0
    await told.get_by_role("button", name="Continue here instead").click()
    await sit_down(first)
    await second.get_by_test_id("taken-over").wait_for()


async def test_a_camera_allowed_after_the_exam_went_on_elsewhere_is_given_back_at_once(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    url = hall.candidate("Ada")["url"]
    first = await context.new_page()
    await first.add_init_script(ASK_LATER)
    await first.goto(url)
    await first.get_by_test_id("use-camera").click()
    await first.wait_for_function("() => window.asked")
    await open_room(context, url)
    await first.get_by_test_id("taken-over").wait_for()
    await first.evaluate("() => window.allowCamera()")
    await first.wait_for_function("() => window.lent?.getTracks().every((track) => track.readyState === 'ended')")


async def test_a_picture_that_cannot_be_taken_does_not_end_the_pictures(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    page = await context.new_page()
    await page.add_init_script(FAIL_TWICE)
    await page.goto(hall.candidate("Ada")["url"])
    await page.get_by_test_id("use-camera").click()
    await wait_for_pictures(page, 8)


async def test_a_reloaded_page_goes_on_sending(hall: GuildhallProcess, context: BrowserContext) -> None:
    candidate = await Candidate.enter(context, hall.base_url)
    await wait_for_pictures(candidate.page)
    assert "token" not in candidate.page.url
    await candidate.page.reload()
    await sit_down(candidate.page)


async def test_a_camera_denied_is_told_in_words_with_what_to_do(hall: GuildhallProcess) -> None:
    flags = [flag for flag in FLAGS if flag != "--use-fake-ui-for-media-stream"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        page = await open_room(await browser.new_context(base_url=hall.base_url), hall.candidate("Ada")["url"])
        await page.get_by_test_id("use-camera").click()
        trouble = page.get_by_test_id("camera-trouble")
        await trouble.wait_for()
        assert await trouble.get_attribute("data-trouble") == "denied"
        told = await trouble.inner_text()
        assert "The camera is not allowed" in told
        assert "choose Allow" in told
        assert await trouble.get_by_role("button", name="Try the camera again").is_enabled()
        await browser.close()


async def test_an_expired_invitation_is_told_in_words_with_what_to_do(
    hall: GuildhallProcess, context: BrowserContext, tmp_path: Path
) -> None:
    signer = TokenSigner((tmp_path / "token-secret").read_text().strip(), SystemClock())
    claims = CandidateClaims(sitting_id=hall.candidate("Ada")["session_id"])
    token = signer.sign(claims, CANDIDATE_AUDIENCE, -5)
    page = await open_room(context, f"/exam-room#token={token}")
    refused = page.get_by_test_id("not-admitted")
    await refused.wait_for()
    told = await refused.inner_text()
    assert "expired" in told
    assert "ask whoever invited you for a new one" in told


async def test_a_finished_room_says_so_and_after_a_reload_says_it_again(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    # A room without an exam: the token of the seat alone.
    page = await open_room(context, f"/exam-room#token={hall.candidate('Ada')['token']}")
    await sit_down(page)
    await finish(page)
    await page.reload()
    finished = page.get_by_test_id("finished")
    await finished.wait_for()
    assert "You have finished" in await finished.inner_text()
    assert await page.get_by_test_id("use-camera").count() == 0


async def test_a_check_in_can_be_skipped_by_keyboard_and_is_not_asked_for_again(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    candidate = await Candidate.enter(context, hall.base_url)
    page = candidate.page
    assert "not held against you" in await page.get_by_test_id("check-in-offer").inner_text()
    await page.get_by_test_id("check-in-start").press("Enter")
    run = page.get_by_test_id("check-in-run")
    await run.wait_for()
    assert "Look at the dot" in await run.inner_text()
    await page.keyboard.press("Escape")
    await page.get_by_test_id("before").wait_for()
    await page.reload()
    await sit_down(page)
    await page.get_by_test_id("before").wait_for()


async def test_a_face_that_follows_nothing_is_told_what_is_switched_off_and_gets_into_the_exam(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    page = (await Candidate.enter(context, hall.base_url)).page
    await page.get_by_test_id("check-in-start").click()
    result = page.get_by_test_id("check-in-result")
    await result.wait_for(timeout=90_000)
    told = [await line.get_attribute("data-on") for line in await page.get_by_test_id("check-in-signal").all()]
    assert told == ["true", "false", "false"]  # the head was still; the eyes followed no dot and were never closed
    assert "Where your eyes look will not be judged." in await result.inner_text()
    await page.get_by_test_id("check-in-accept").click()
    await page.get_by_test_id("before").wait_for()
    await wait_for_pictures(page)


async def test_before_the_day_a_machine_is_tried_with_nobody_watching(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    opened = hall.post("/v1/demo/sign-ins", {"as": "candidate"})
    told = {name: opened[name] for name in ("account_id", "name", "access_token")}
    await context.add_init_script(f"sessionStorage.setItem('guildhall.pass', JSON.stringify({json.dumps(told)}))")
    page = await context.new_page()
    page.set_default_timeout(SLOW_MS)
    await page.goto("/exams")
    await page.get_by_test_id("try-camera").get_by_role("link").click()
    await expect(page.get_by_test_id("promises")).to_contain_text("Nobody watches.")
    await page.get_by_test_id("practise").click()
    await wait_for_pictures(page)
    # The first look may come before a slow engine's first picture; "Check again" is there for that.
    await expect(page.get_by_test_id("check-camera")).to_have_attribute("data-passed", "true", timeout=SLOW_MS)
    await expect(page.get_by_test_id("checks")).to_have_attribute("data-busy", "false", timeout=SLOW_MS)
    await page.get_by_test_id("check-again").click()
    await expect(page.get_by_test_id("check-face")).to_have_attribute("data-passed", "true", timeout=SLOW_MS)
    await expect(page.get_by_test_id("checks")).to_have_attribute("data-busy", "false", timeout=SLOW_MS)
    assert await faults(page) == []
    await page.get_by_test_id("checks-go-on").click()
    await page.get_by_test_id("check-in-start").click()
    await page.get_by_test_id("check-in-stop").click()
    await page.get_by_test_id("practice-over").wait_for()
    assert await faults(page) == []
