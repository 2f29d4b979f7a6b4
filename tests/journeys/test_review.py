"""From check-in to a released result: let in, paused, given time; then flagged, reviewed, contested and overturned.

Four browsers' worth of people in one house: Ada sits the exam, Grace lets her in and acts on her, Alan and Katherine
review what was flagged, Dorothy answers Ada's word against it.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from guildhall.accounts.demo import DEMO_PASSWORD, DEMO_TOTP_SECRET
from guildhall.proctoring.model.admission import ConsentSignal, full_check_in
from guildhall.proctoring.rules.evidence_pack import check_pack
from tests.fakes.client import SocketClient
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import SOURCE, faults
from tests.journeys.check_in_stage import look_at_photographs, photograph, set_policy
from tests.journeys.conftest import filming
from tests.journeys.exam_stage import (
    ExamStage,
    hand_in,
    open_exam,
    set_exam,
    wait_until_clock_stands,
    wait_until_clocks_agree,
)

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
FACES = re.compile("Faces: [12] to 2 while it was flagged")
EXTRA_MS = 5 * 60_000


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    sqlite_path = tmp_path / "guildhall.sqlite3"
    await set_exam(sqlite_path, is_proctored=True, needs_admission=True)
    asked = (*full_check_in().asked, ConsentSignal.STRIPS)
    await set_policy(sqlite_path, full_check_in(asked=asked))
    environ = {"GUILDHALL_ENGINE__CHILDREN": "1", "GUILDHALL_PROCTORING__REVIEW__SETTLE_SECONDS": "1"}
    server = await start_in_thread(GuildhallProcess(tmp_path, environ))
    yield server
    server.stop()


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with filming(tmp_path, ("one_face", 12), ("two_faces", 5)) as browser:
        yield browser


async def arrive(context: BrowserContext, stage: ExamStage) -> Page:
    """Agreed, checked, photographed, and waiting to be let in."""
    context.set_default_timeout(PATIENCE_MS)
    page = await open_exam(context, stage)
    await page.get_by_test_id("optional").get_by_label("Pictures around a note").check()
    await page.get_by_test_id("use-camera").click()
    await expect(page.get_by_test_id("checks-go-on")).to_have_attribute("aria-disabled", "false", timeout=PATIENCE_MS)
    await page.get_by_test_id("checks-go-on").click()
    await photograph(page)
    await page.get_by_test_id("photos-go-on").click()
    await page.get_by_test_id("check-in-skip").click()
    await page.get_by_test_id("ask-admission").click()
    await expect(page.get_by_test_id("waiting-status")).to_contain_text("You are next")
    return page


async def open_wall(browser: Browser, hall: GuildhallProcess) -> Page:
    """Grace's."""
    context = await browser.new_context(base_url=hall.base_url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto((await asyncio.to_thread(hall.proctor))["url"])
    return page


async def let_in(wall: Page, exam: Page) -> None:
    arrival = wall.get_by_test_id("arrival")
    await arrival.wait_for()
    await look_at_photographs(arrival)
    await arrival.get_by_test_id("admit").click()
    await exam.get_by_test_id("begin").click()
    await exam.get_by_test_id("question").wait_for()


async def act(wall: Page, kind: str, reason: str) -> None:
    """On whoever is enlarged, once their case lets it be done; by keyboard, since what comes in moves buttons."""
    button = wall.get_by_test_id(f"act-{kind}")
    await expect(button).to_have_attribute("aria-disabled", "false", timeout=PATIENCE_MS)
    await button.press("Enter")
    await wall.get_by_test_id("action-reason").select_option(reason)
    await wall.get_by_test_id("ask-action").press("Enter")
    await expect(wall.get_by_test_id("action-form")).to_have_count(0)


async def wait_until_acknowledged(wall: Page, kind: str) -> None:
    moment = wall.locator(f"[data-testid=moment][data-kind={kind}]")
    await expect(moment).to_have_attribute("data-state", "acknowledged", timeout=PATIENCE_MS)


async def pause_talk_extend_and_go_on(wall: Page, exam: Page, stage: ExamStage) -> None:
    """Grace's page and Ada's page alone; the server is asked only what its clock says."""
    await wall.get_by_test_id("tile").filter(has_text="Ada").click()
    await act(wall, "pause", "technical_trouble")
    turn = exam.get_by_test_id("turn")
    await expect(turn).to_contain_text("paused your exam. The clock stands")
    stood_ms = stage.read()["clock"]["left_ms"]
    await wait_until_clock_stands(exam, stood_ms)
    await look(exam, "a pause")
    await exam.get_by_test_id("turn-read").press("Enter")
    await wait_until_acknowledged(wall, "pause")

    await wall.get_by_test_id("message").fill("Your picture froze. Is it all right now?")
    await wall.get_by_test_id("send-message").click()
    await expect(exam.get_by_test_id("unread")).to_have_text("1 new message")
    await exam.get_by_test_id("talk").click()
    await expect(exam.get_by_role("log")).to_contain_text("Your picture froze.")
    await exam.get_by_test_id("say-text").fill("Yes, it is.")
    await exam.keyboard.press("Enter")
    await expect(wall.locator("[data-testid=moment][data-kind=said]")).to_contain_text("Yes, it is.")
    await wait_until_acknowledged(wall, "message")

    await act(wall, "extend", "our_mistake")
    await expect(turn).to_contain_text("gave you 5 min more")
    await exam.get_by_test_id("turn-read").press("Enter")
    await wait_until_acknowledged(wall, "extend")
    assert stage.read()["clock"]["left_ms"] == stood_ms + EXTRA_MS
    await wait_until_clock_stands(exam, stood_ms + EXTRA_MS)

    await act(wall, "resume", "cleared_up")
    await expect(turn).to_contain_text("let your exam go on")
    await exam.get_by_test_id("turn-read").press("Enter")
    await wait_until_acknowledged(wall, "resume")
    assert await wait_until_clocks_agree(exam, stage) > stood_ms


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


async def see_photographs_and_pictures(page: Page) -> None:
    """The face from the check-in, never the document, and what was seen around the flag."""
    await page.get_by_test_id("photos").click()
    prints = page.get_by_test_id("photos-shown").locator("canvas")
    await expect(prints).to_have_count(1)
    await expect(prints).to_have_attribute("data-drawn", "true")
    film = page.get_by_test_id("flag").first.get_by_test_id("strip")
    await expect(film.locator("canvas")).to_have_attribute("data-drawn", "true")
    await expect(film).to_contain_text("While it was flagged")
    await film.get_by_role("slider").press("Home")
    await expect(film).to_contain_text("Before it was flagged")


async def see_pictures_on_the_wall(wall: Page) -> None:
    """While Ada still sits: of the second person, on her timeline."""
    incident = wall.locator("[data-testid=candidate-incident][data-rule=several_faces]").first
    await incident.get_by_test_id("show-strip").click()
    await expect(incident.get_by_test_id("strip").locator("canvas")).to_have_attribute("data-drawn", "true")


async def keep_report(page: Page) -> None:
    """As Dorothy downloads them: a pack that is as it was signed, with the pictures in it, and a PDF."""
    async with page.expect_download() as packed:
        await page.get_by_test_id("report-pack").click()
    checked = check_pack((await (await packed.value).path()).read_bytes())
    assert checked.faults == ()
    assert any(name.startswith("strips/") for name in checked.manifest["files"])
    async with page.expect_download() as printed:
        await page.get_by_test_id("report-pdf").click()
    assert (await (await printed.value).path()).read_bytes().startswith(b"%PDF-")


async def see_pictures_on_the_report(page: Page) -> None:
    """Only when she asks for them, since each look is written down."""
    await page.get_by_test_id("report-pictures").first.locator("summary").click()
    await expect(page.get_by_test_id("strip").first.locator("canvas")).to_have_attribute("data-drawn", "true")
    await look(page, "a report")


async def sit_again_on_the_page_that_stayed_open(exam: Page, hall: GuildhallProcess, stage: ExamStage) -> None:
    """Opened again, her exam asks for the camera once more, watches once more, and holds her first result meanwhile."""
    opened = {"reason": "A power cut.", "extra_seconds": 600}
    await asyncio.to_thread(hall.post, f"/v1/attempts/{stage.attempt_id}/reopen", opened, hall.bearer("admin"))
    assert hall.get("/v1/results/mine", hall.bearer("candidate"))["items"] == []
    await exam.get_by_test_id("use-camera").click()
    await exam.get_by_test_id("question").wait_for()
    await exam.get_by_test_id("verdict").wait_for()
    await expect(exam.get_by_test_id("submit-dialog")).to_have_count(0)


async def alan_upholds_and_that_is_not_enough(alan: Page) -> None:
    """He sees what was photographed and what was flagged, and no name."""
    await uphold_all(alan)
    flag = alan.get_by_test_id("flag").first
    await expect(flag).to_contain_text("A second person in the picture")
    await expect(flag.get_by_test_id("probability")).to_contain_text("Uncalibrated")
    await expect(flag.get_by_test_id("trace")).to_have_attribute("aria-label", FACES)
    await see_photographs_and_pictures(alan)
    assert "Ada" not in await alan.locator("main").inner_text()
    await look(alan, "a case")
    await penalise(alan)


async def katherine_does_not_learn_of_him_and_upholds_as_well(katherine: Page) -> None:
    await open_case(katherine)
    assert "leans in" not in await katherine.locator("main").inner_text()
    await katherine.get_by_role("link", name="All cases").click()
    await uphold_all(katherine)
    await penalise(katherine)


async def ada_reads_all_of_it_and_contests(ada: Page) -> None:
    await ada.get_by_test_id("to-rights").click()
    await expect(ada.get_by_test_id("own-case")).to_have_attribute("data-state", "decided")
    await expect(ada.get_by_test_id("own-verdict").first).to_contain_text("leans in from the right")
    await expect(ada.get_by_test_id("looks")).to_contain_text("Alan Turing")
    await expect(ada.get_by_test_id("strip").first.locator("canvas")).to_have_attribute("data-drawn", "true")
    await ada.get_by_text("What was measured").first.click()
    await expect(ada.get_by_test_id("trace").first).to_be_visible()
    await ada.get_by_test_id("photos").click()
    await expect(ada.get_by_role("img", name="Your identity document")).to_have_attribute("data-drawn", "true")
    await look(ada, "what was flagged")
    await ada.get_by_test_id("contest-words").fill("That was my sister with a cup of tea, for five seconds.")
    await ada.get_by_test_id("contest-send").click()
    await expect(ada.get_by_test_id("own-case")).to_have_attribute("data-state", "contested")


async def dorothy_overturns_it(dorothy: Page) -> None:
    await open_case(dorothy)
    await expect(dorothy.get_by_test_id("contest")).to_contain_text("a cup of tea")
    await dorothy.get_by_test_id("claim").click()
    await dorothy.get_by_test_id("answer-words").fill("Five seconds of tea. Believable, and nothing else was seen.")
    await look(dorothy, "an appeal")
    await dorothy.get_by_test_id("overturn").click()
    await expect(dorothy.get_by_test_id("standing")).to_contain_text("decided")


async def test_from_check_in_to_a_released_result(hall: GuildhallProcess, browser: Browser) -> None:
    stage = ExamStage.demo(hall)
    exam = await arrive(await browser.new_context(), stage)
    wall = await open_wall(browser, hall)
    await let_in(wall, exam)
    await pause_talk_extend_and_go_on(wall, exam, stage)
    await wait_for_second_person(hall)
    await see_pictures_on_the_wall(wall)
    await hand_in(exam)
    await wall.context.close()

    # Ada is told that people look; her result waits, though this exam releases results at once.
    ada = await enter(browser, hall, "ada", "/exams")
    to_rights = ada.get_by_test_id("to-rights")
    await expect(to_rights).to_have_attribute("data-state", "being_reviewed", timeout=PATIENCE_MS)  # by itself
    assert hall.get("/v1/results/mine", hall.bearer("candidate"))["items"] == []

    # Grace, who paused her, has judged already: the case is not for her.
    grace = await enter(browser, hall, "grace", "/reviews")
    await grace.get_by_test_id("nothing-to-review").wait_for()
    alan = await enter(browser, hall, "alan", "/reviews")
    await alan_upholds_and_that_is_not_enough(alan)
    assert hall.get(f"/v1/proctoring/rights/{stage.attempt_id}", hall.bearer("candidate"))["state"] == "being_reviewed"
    katherine = await enter(browser, hall, "admin", "/reviews")
    await katherine_does_not_learn_of_him_and_upholds_as_well(katherine)
    await ada_reads_all_of_it_and_contests(ada)

    # Neither of the two may answer; Dorothy does.
    for decider in (alan, katherine):
        await decider.goto(f"{hall.base_url}/reviews")
        await decider.get_by_test_id("nothing-to-review").wait_for()
    dorothy = await enter(browser, hall, "dorothy", "/reviews")
    await dorothy_overturns_it(dorothy)

    # Nothing is held against her, and her result is there.
    await ada.reload()
    await expect(ada.get_by_test_id("own-case")).to_have_attribute("data-state", "overturned")
    await expect(ada.get_by_test_id("own-standing")).to_contain_text("No penalty is left")
    await ada.goto(f"{hall.base_url}/exams")
    await expect(ada.get_by_test_id("result")).to_contain_text("assed", timeout=PATIENCE_MS)
    assert hall.get("/v1/results/mine", hall.bearer("candidate"))["items"][0]["state"] == "released"
    await dorothy.goto(f"{hall.base_url}/report#{stage.attempt_id}")
    await keep_report(dorothy)
    await see_pictures_on_the_report(dorothy)
    await sit_again_on_the_page_that_stayed_open(exam, hall, stage)


async def wait_for_second_person(hall: GuildhallProcess) -> None:
    """Until the wall has seen one come and go from now on: the film shows them for five seconds of seventeen.

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
