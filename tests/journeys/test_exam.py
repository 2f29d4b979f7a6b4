"""An exam in a real browser, with everything that can go wrong: each journey asks the server what it has stored."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.fakes.slow_line import slow_line
from tests.journeys.conftest import Proctor, filming
from tests.journeys.exam_stage import ExamStage, go_to, hand_in, open_exam, set_exam, settle, sit_down, wait_until_saved

pytestmark = pytest.mark.browser
TABS_MAX = 80
PATIENCE_MS = 90_000
OUTAGE_SECONDS = 60
FOCUSED = "() => { const e = document.activeElement; return e && e !== document.body ? e.%s : '' }"


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    """The product with an exam of every kind of question, watched by a camera."""
    await set_exam(tmp_path / "guildhall.sqlite3", is_proctored=True)
    server = await start_in_thread(GuildhallProcess(tmp_path, {"GUILDHALL_ENGINE__CHILDREN": "1"}))
    yield server
    server.stop()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with filming(tmp_path, ("one_face", 6)) as browser:
        yield browser


@pytest.fixture
async def context(hall: GuildhallProcess, browser: Browser) -> BrowserContext:
    return await browser.new_context(base_url=hall.base_url)


def answer_field(page: Page) -> Any:
    return page.locator(".answer").locator("textarea, input[type=text]")


async def write(page: Page, text: str) -> None:
    await answer_field(page).press_sequentially(text)


async def tab_to(page: Page, selector: str) -> None:
    """With the Tab key alone, to the first element that matches."""
    for _ in range(TABS_MAX):
        await page.keyboard.press("Tab")
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


async def answer_by_keyboard(page: Page, kind: str) -> None:
    """One answer to the question that is open, whatever its kind, without a pointer."""
    if kind in ("single_choice", "multiple_choice"):
        await tab_to(page, ".choice input")
        await page.keyboard.press("Space")
    elif kind == "ordering":
        await tab_to(page, '[data-way="down"]')
        await page.keyboard.press("Enter")
    elif kind == "matching":
        await tab_to(page, ".match select")
        await page.keyboard.press("ArrowDown")
    elif kind == "file_upload":
        await tab_to(page, ".files input")
        async with page.expect_file_chooser() as chooser:
            await page.keyboard.press("Enter")
        file = {"name": "solution.txt", "mimeType": "text/plain", "buffer": b"By hand, on paper."}
        await (await chooser.value).set_files(file)  # type: ignore[arg-type]
        await page.locator(".files-list").get_by_text("has arrived").wait_for()
    elif kind == "code":
        await tab_to(page, "textarea.code")
        await page.keyboard.press("Control+End")
        await page.keyboard.press("Tab")
        await page.keyboard.type("pass")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Tab")
        assert not await page.evaluate("() => document.activeElement.matches('textarea')"), (
            "Escape, Tab leaves the field"
        )
    else:
        await tab_to(page, ".answer input, .answer textarea")
        await page.keyboard.type("42" if kind == "numeric" else "Because it was asked.")


async def test_the_whole_exam_is_sat_with_the_keyboard_alone(hall: GuildhallProcess, context: BrowserContext) -> None:
    stage = ExamStage.demo(hall)
    page = await open_exam(context, stage)
    # Playwright asks the browser for its file dialogs with the first listener, and does not wait until that is so:
    # beside three busy loops one Enter in ten opened the dialog before it, and nobody ever heard of it.
    page.on("filechooser", lambda _: None)
    await page.get_by_test_id("use-camera").wait_for()
    await tab_to(page, "[data-testid=use-camera]")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("check-in-skip").wait_for()
    await tab_to(page, "[data-testid=check-in-skip]")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("begin").wait_for()
    await expect(page.get_by_test_id("begin-reason")).to_have_text("The clock starts when you press it.")
    await tab_to(page, "[data-testid=begin]")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("question").wait_for()
    slots = stage.slots
    assert len({slot["question"]["kind"] for slot in slots}) >= 5, "a demo shows many kinds"
    for place, slot in enumerate(slots):
        await expect(page.get_by_role("heading", level=1)).to_be_focused()
        await answer_by_keyboard(page, slot["question"]["kind"])
        last = place == len(slots) - 1
        await tab_to(page, "[data-testid=to-submit]" if last else "[data-testid=next]")
        await page.keyboard.press("Enter")
    await page.get_by_test_id("submit-dialog").wait_for()
    await tab_to(page, "[data-testid=submit-confirm]")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("after").wait_for()
    receipt = stage.read("/receipt")
    assert receipt["is_closed"]
    assert await page.get_by_test_id("receipt-hash").inner_text() == receipt["hash"]
    stored = stage.stored()
    unanswered = [slot["question"]["kind"] for slot in slots if not stored.get(slot["id"])]
    assert unanswered == []
    for slot in slots:
        kind, response = slot["question"]["kind"], stored[slot["id"]]
        if kind == "numeric":
            assert response["text"] == "42"
        elif kind in ("short_text", "long_text"):
            assert response["text"] == "Because it was asked."
        elif kind == "code":
            assert response["text"] == slot["question"]["starter"] + "    pass"
        elif kind in ("single_choice", "multiple_choice"):
            assert response["chosen"] == [slot["question"]["choices"][0]["id"]]
        elif kind == "ordering":
            first, second, *rest = [part["id"] for part in slot["question"]["parts"]]
            assert response["order"] == [second, first, *rest]
        elif kind == "matching":
            left, right = slot["question"]["left"][0]["id"], slot["question"]["right"][0]["id"]
            assert response["pairs"] == {left: right}
        else:
            assert [file["name"] for file in response["files"]] == ["solution.txt"]


async def test_the_server_is_killed_in_mid_exam_and_nothing_is_lost_neither_an_answer_nor_a_second(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    stage = ExamStage.demo(hall)
    page = await sit_down(context, stage)
    place = stage.slot_of("long_text")
    slot_id = stage.slots[place]["id"]
    await go_to(page, place)
    await write(page, "Before the power cut, ")
    await wait_until_saved(page)
    left_before_ms = stage.read()["clock"]["left_ms"]
    hall.kill()
    await write(page, "during it, ")
    await page.get_by_test_id("offline-banner").wait_for()
    assert "Go on working" in await page.get_by_test_id("offline-banner").inner_text()
    await expect(page.get_by_test_id("safety")).to_have_attribute("data-safety", "waiting")
    await asyncio.sleep(4)
    await start_in_thread(hall)
    await write(page, "and after it.")
    await wait_until_saved(page)
    assert stage.stored()[slot_id]["text"] == "Before the power cut, during it, and after it."
    await page.get_by_test_id("given-banner").wait_for()
    assert "our server was away" in await page.get_by_test_id("given-banner").inner_text()
    clock = stage.read()["clock"]
    outage = next(credit for credit in clock["credits"] if credit["kind"] == "outage")
    assert outage["credited_ms"] >= 4000
    served_ms = clock["server_time_ms"] - outage["began_at_ms"] - outage["credited_ms"]
    assert left_before_ms - clock["left_ms"] < served_ms + 5000, "the outage cost no time"


async def test_a_page_closed_while_the_server_is_down_gives_its_answers_when_it_is_opened_again(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    stage = ExamStage.demo(hall)
    page = await sit_down(context, stage)
    place = stage.slot_of("long_text")
    slot_id = stage.slots[place]["id"]
    await go_to(page, place)
    hall.kill()
    await write(page, "Written for nobody yet.")
    await expect(page.get_by_test_id("safety")).to_have_attribute("data-safety", "waiting")
    await page.close()
    await start_in_thread(hall)
    assert slot_id not in stage.stored()
    again = await sit_down(context, stage)
    await wait_until_saved(again)
    assert stage.stored()[slot_id]["text"] == "Written for nobody yet."


async def test_a_reload_in_the_middle_of_a_word_loses_no_letter(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    stage = ExamStage.demo(hall)
    page = await sit_down(context, stage)
    place = stage.slot_of("long_text")
    slot_id = stage.slots[place]["id"]
    await go_to(page, place)
    await write(page, "Half a wo")
    await page.reload()
    await settle(page)
    await expect(answer_field(page)).to_have_value("Half a wo")
    await wait_until_saved(page)
    await answer_field(page).press("End")
    await write(page, "rd is kept.")
    await wait_until_saved(page)
    assert stage.stored()[slot_id]["text"] == "Half a word is kept."


async def test_a_network_that_is_gone_for_a_minute_is_told_on_both_sides_and_nothing_is_lost_or_ended(
    hall: GuildhallProcess, browser: Browser
) -> None:
    stage, passes = ExamStage.demo(hall), asyncio.Event()
    passes.set()
    async with slow_line(hall.port, passes=passes) as port:
        context = await browser.new_context(base_url=f"http://127.0.0.1:{port}")
        page = await context.new_page()
        await page.goto(stage.url)
        await settle(page)
        slots = stage.slots
        writing = {"long_text", "short_text"}
        places = [place for place, slot in enumerate(slots) if slot["question"]["kind"] in writing][:2]
        proctor = await Proctor.enter(await browser.new_context(), hall.base_url)
        tile = proctor.tiles.filter(has_text="Ada")
        await expect(tile).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)

        # For a minute nothing comes through; the page says so and goes on, and so does the clock.
        gone_at = asyncio.get_running_loop().time()
        passes.clear()
        await context.set_offline(True)
        for place in places:
            await go_to(page, place)
            await write(page, f"Offline {place}")
        await page.get_by_test_id("offline-banner").wait_for(timeout=PATIENCE_MS)
        await expect(page.get_by_test_id("summary")).to_have_attribute("data-unsaved", str(len(places)))
        silence = proctor.page.locator("[data-testid=incident][data-rule=no_frames]")
        await expect(silence).to_have_attribute("data-channel", "visibility", timeout=PATIENCE_MS)
        await expect(tile).to_have_attribute("data-state", "away", timeout=PATIENCE_MS)
        await asyncio.sleep(gone_at + OUTAGE_SECONDS - asyncio.get_running_loop().time())
        assert stage.read()["state"] == "running"
        assert stage.stored() == {}

        # It is back: what was written arrives, and the wall has them again.
        passes.set()
        await context.set_offline(False)
        await wait_until_saved(page, PATIENCE_MS / 1000)
        await expect(tile).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
        await expect(silence.first).to_have_attribute("data-state", "closed", timeout=PATIENCE_MS)
        claim = proctor.page.locator("[data-testid=incident][data-rule=network_lost]")
        await expect(claim).not_to_have_attribute("data-channel", "behaviour", timeout=PATIENCE_MS)
        assert [stage.stored()[slots[place]["id"]]["text"] for place in places] == [f"Offline {one}" for one in places]

        # Gone once more, and handed in: it waits for the last word, and ends when that has arrived.
        passes.clear()
        await context.set_offline(True)
        await write(page, ", and again")
        await page.get_by_test_id("submit").click()
        await expect(page.get_by_test_id("submit-safety")).to_contain_text("not reached the server yet")
        await page.get_by_test_id("submit-confirm").click()
        await expect(page.get_by_test_id("submit-confirm")).to_contain_text("Waiting for the last answers")
        assert stage.read()["state"] == "running"
        passes.set()
        await context.set_offline(False)
        await page.get_by_test_id("after").wait_for(timeout=PATIENCE_MS)
    assert stage.stored()[slots[places[-1]]["id"]]["text"] == f"Offline {places[-1]}, and again"
    assert stage.read()["state"] == "submitted"


async def test_two_tabs_are_told_apart_and_what_was_typed_in_the_first_is_sent_by_the_second(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    stage = ExamStage.demo(hall)
    first = await sit_down(context, stage)
    place = stage.slot_of("long_text")
    slot_id = stage.slots[place]["id"]
    await go_to(first, place)
    await write(first, "Typed in the first tab")
    second = await sit_down(context, stage)
    told = first.get_by_test_id("taken-over")
    await told.wait_for()
    await expect(told).to_contain_text("Everything you wrote here is saved", timeout=30_000)
    sent_by_first: list[str] = []
    first.on("request", lambda request: sent_by_first.append(request.url))
    await go_to(second, place)
    await expect(answer_field(second)).to_have_value("Typed in the first tab")
    await answer_field(second).press("End")
    await write(second, ", gone on with in the second.")
    await wait_until_saved(second)
    assert stage.stored()[slot_id]["text"] == "Typed in the first tab, gone on with in the second."
    assert [url for url in sent_by_first if url.endswith("/answers")] == [], "one page sends, the newest"
    await told.get_by_role("button", name="Continue here instead").click()
    await settle(first)
    await go_to(first, place)
    await expect(answer_field(first)).to_have_value("Typed in the first tab, gone on with in the second.")
    await second.get_by_test_id("taken-over").wait_for()
    await hand_in(first)
    await second.get_by_test_id("receipt").wait_for(timeout=30_000)  # and not that it goes on somewhere else


async def test_two_devices_that_answer_the_same_question_are_asked_which_answer_counts(
    hall: GuildhallProcess, browser: Browser
) -> None:
    stage = ExamStage.demo(hall)
    laptop = await browser.new_context()
    phone = await browser.new_context()
    on_laptop = await sit_down(laptop, stage)
    place = stage.slot_of("long_text")
    slot_id = stage.slots[place]["id"]
    await go_to(on_laptop, place)
    await laptop.set_offline(True)
    await write(on_laptop, "From the laptop, offline")
    on_phone = await sit_down(phone, stage)
    await go_to(on_phone, place)
    await write(on_phone, "From the phone")
    await wait_until_saved(on_phone)
    await laptop.set_offline(False)
    told = on_laptop.get_by_test_id("taken-over")
    await told.wait_for(timeout=30_000)  # coming back takes the seat from no newer page ...
    await expect(told).to_contain_text("Everything you wrote here is saved", timeout=30_000)
    await expect(on_phone.get_by_test_id("question")).to_be_visible()
    await told.get_by_role("button", name="Continue here instead").click()  # ... and a person does
    await settle(on_laptop)
    await go_to(on_laptop, place)
    collision = on_laptop.get_by_test_id("collision")
    await collision.wait_for(timeout=30_000)
    assert "From the phone" in await collision.inner_text()
    assert stage.stored()[slot_id]["text"] == "From the phone", "the first one stands until somebody decides"
    assert "From the laptop, offline" in stage.stored_texts(slot_id), "and the other one is stored as well"
    await on_laptop.get_by_test_id("use-mine").click()
    await wait_until_saved(on_laptop)
    assert stage.stored()[slot_id]["text"] == "From the laptop, offline"


async def test_an_answer_that_is_too_long_is_kept_told_and_counts_once_it_is_shorter(
    hall: GuildhallProcess, context: BrowserContext
) -> None:
    stage = ExamStage.demo(hall)
    page = await sit_down(context, stage)
    place = stage.slot_of("short_text")
    slot = stage.slots[place]
    most = slot["question"]["characters_max"]
    await go_to(page, place)
    await answer_field(page).fill("x" * (most + 3))
    await expect(page.get_by_test_id("safety")).to_have_attribute("data-safety", "refused")
    await expect(page.get_by_test_id("summary")).to_have_text("1 answer needs you")
    await page.reload()
    await settle(page)
    await expect(answer_field(page)).to_have_value("x" * (most + 3))
    assert slot["id"] not in stage.stored()
    await answer_field(page).fill("short")
    await wait_until_saved(page)
    assert stage.stored()[slot["id"]]["text"] == "short"


async def test_the_receipt_that_is_downloaded_verifies_offline(
    hall: GuildhallProcess, context: BrowserContext, tmp_path: Path
) -> None:
    stage = ExamStage.demo(hall)
    page = await sit_down(context, stage)
    await go_to(page, stage.slot_of("long_text"))
    await write(page, "To be handed in.")
    await hand_in(page)
    async with page.expect_download() as download:
        await page.get_by_test_id("download-receipt").click()
    path = tmp_path / "receipt.json"
    await (await download.value).save_as(path)
    verified = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "guildhall",
        "verify-receipt",
        str(path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await verified.communicate()
    assert verified.returncode == 0, told.decode()
    damaged = path.read_text().replace("To be handed in.", "To be handed out.")
    path.write_text(damaged)
    verified = await asyncio.create_subprocess_exec(sys.executable, "-m", "guildhall", "verify-receipt", str(path))
    assert await verified.wait() != 0


async def test_a_finished_exam_ends_the_watching_too(hall: GuildhallProcess, context: BrowserContext) -> None:
    stage = ExamStage.demo(hall)
    page = await sit_down(context, stage)
    await hand_in(page)
    assert await page.locator("video").count() == 0
    await page.reload()
    await page.get_by_test_id("after").wait_for()
    assert await page.get_by_test_id("use-camera").count() == 0
