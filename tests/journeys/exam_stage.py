"""An exam to sit in a browser, and what the server has stored of it: journeys assert on that, not on the page."""

import json
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, expect

from guildhall.assessments.model.exams import Delivery, ExamPlan, Pool
from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.assessments.store import AssessmentsStore
from guildhall.kit.clock import SystemClock
from guildhall.kit.storage import StorageSettings, open_storage
from tests.fakes.server import GuildhallProcess
from tests.guildhall.assessments.written import CONTENTS, exam_version, item_version, section

SAVED_SECONDS = 30
DAY_MS = 86_400_000
SECTIONS = (("choices", "Choices", ("single_choice", "multiple_choice", "matching", "ordering")),)
WRITING = ("writing", "In your own words", ("numeric", "short_text", "long_text", "code", "file_upload"))


async def set_exam(sqlite_path: Path, **plan: Any) -> None:
    """Set the exam that the demo's candidate sits, with a question of each kind; before the server starts."""
    storage = open_storage(StorageSettings(sqlite_path=sqlite_path))
    await storage.start()
    try:
        store = AssessmentsStore(storage)
        await store.ensure()
        now_ms = SystemClock().now_ms()
        versions = [item_version(number, kind) for number, kind in enumerate(CONTENTS, 1)]
        for version in versions:
            await store.item_versions.add(version)
        parts = (*SECTIONS, WRITING)
        exam = exam_version(
            [
                Pool(
                    section_id=section_id,
                    count=len(kinds),
                    version_ids=tuple(one.id for one in versions if one.content.question.kind in kinds),
                )
                for section_id, _, kinds in parts
            ],
            [section(section_id, title=title, instructions=f"About {title}.") for section_id, title, _ in parts],
        )
        await store.exam_versions.add(
            exam.model_copy(
                update={"plan": ExamPlan.model_validate({**exam.plan.model_dump(), "instructions": "Think.", **plan})}
            )
        )
        await store.deliveries.add(
            Delivery(
                id=DEMO_DELIVERY_ID,
                created_at_ms=now_ms,
                exam_version_id=exam.id,
                organisation_id="",
                title=exam.plan.title,
                opens_at_ms=now_ms,
                closes_at_ms=now_ms + DAY_MS,
            )
        )
    finally:
        await storage.close()


@dataclass
class ExamStage:
    """One attempt of the demo's candidate."""

    server: GuildhallProcess
    attempt_id: str
    url: str

    @classmethod
    def demo(cls, server: GuildhallProcess, name: str = "Ada") -> "ExamStage":
        seat = server.candidate(name)
        return cls(server, seat["attempt_id"], seat["url"])

    @property
    def plain_url(self) -> str:
        """The way in of an exam that nobody watches: without the seat's token."""
        return f"/exam-room#exam={self.url.partition('exam=')[2]}"

    def read(self, path: str = "") -> dict[str, Any]:
        """What HTTP says of the attempt; `/receipt` is the document that the verify command takes."""
        request = urllib.request.Request(
            f"{self.server.base_url}/v1/attempts/{self.attempt_id}{path}",
            headers={"Authorization": f"Bearer {self.server.bearer('candidate')}"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    @property
    def slots(self) -> list[dict[str, Any]]:
        return list(self.read()["slots"])

    def slot_of(self, kind: str) -> int:
        """The place of the first question of a kind, from 0."""
        return next(place for place, slot in enumerate(self.slots) if slot["question"]["kind"] == kind)

    def stored(self) -> dict[str, Any]:
        """By slot, the response in force according to the receipt's log."""
        bodies = [entry["body"] for entry in self.read("/receipt")["entries"]]
        answers = [body["answer"] for body in bodies if body.get("answer") and body["in_force"]]
        return {answer["slot_id"]: answer["response"] for answer in answers}

    def stored_texts(self, slot_id: str) -> list[str]:
        """Every text that was ever stored for a slot, in order."""
        bodies = [entry["body"] for entry in self.read("/receipt")["entries"]]
        answers = [body["answer"] for body in bodies if body.get("answer")]
        return [answer["response"]["text"] for answer in answers if answer["slot_id"] == slot_id and answer["response"]]

    def wait_for_state(self, state: str, seconds: float) -> dict[str, Any]:
        until = time.monotonic() + seconds
        while (attempt := self.read())["state"] != state:
            assert time.monotonic() < until, f"{attempt['state']} after {seconds} s"
            time.sleep(0.5)
        return attempt


async def open_exam(context: BrowserContext, stage: ExamStage) -> Page:
    page = await context.new_page()
    await page.goto(stage.server.base_url + stage.url)
    return page


async def pass_the_camera(page: Page) -> None:
    """Through the briefing and past the check-in, into the exam."""
    await page.get_by_test_id("use-camera").click()
    await (
        page.get_by_test_id("check-in-skip")
        .or_(page.get_by_test_id("begin"))
        .or_(page.get_by_test_id("question"))
        .first.wait_for()
    )
    if await page.get_by_test_id("check-in-skip").count():
        await page.get_by_test_id("check-in-skip").click()


async def sit_down(context: BrowserContext, stage: ExamStage) -> Page:
    """Open the exam and begin it, or come back into it."""
    page = await open_exam(context, stage)
    await settle(page)
    return page


async def settle(page: Page) -> None:
    """From wherever an opened page stands to the first question."""
    ways_in = page.get_by_test_id("use-camera").or_(page.get_by_test_id("begin")).or_(page.get_by_test_id("question"))
    await ways_in.first.wait_for()
    if await page.get_by_test_id("use-camera").count():
        await pass_the_camera(page)
        await page.get_by_test_id("begin").or_(page.get_by_test_id("question")).first.wait_for()
    if await page.get_by_test_id("begin").count():
        await expect(page.get_by_test_id("begin-reason")).to_have_text("The clock starts when you press it.")
        await page.get_by_test_id("begin").click()
    # A page that is opened again may show the question it remembers before it asks for the camera.
    heard = page.locator(".seat[data-is-from-memory=false]").get_by_test_id("question")
    await heard.or_(page.get_by_test_id("use-camera")).first.wait_for()
    if await page.get_by_test_id("use-camera").count():
        await pass_the_camera(page)
    await page.get_by_test_id("question").wait_for()


async def go_to(page: Page, place: int) -> None:
    await page.get_by_test_id("overview").get_by_role("button", name=f"Question {place + 1}:").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"Question {place + 1} of")


async def wait_until_saved(page: Page, seconds: float = SAVED_SECONDS) -> None:
    """Until the page has a receipt for everything it was told."""
    await expect(page.get_by_test_id("summary")).to_have_attribute("data-unsaved", "0", timeout=seconds * 1000)


async def hand_in(page: Page) -> None:
    await page.get_by_test_id("submit").click()
    await page.get_by_test_id("submit-confirm").click()
    await page.get_by_test_id("after").wait_for()


async def left_ms(page: Page) -> int:
    return int(await page.get_by_test_id("timer").get_attribute("data-left-ms") or -1)


async def wait_until_clocks_agree(page: Page, stage: ExamStage) -> int:
    """To the second: the page's reading lies between two of the server's; what is left now.

    The page draws its timer twice a second, a laden one later: then it is read again.
    """
    until = time.monotonic() + SAVED_SECONDS
    while True:
        before = stage.read()["clock"]["left_ms"]
        shown = await left_ms(page)
        after = stage.read()["clock"]["left_ms"]
        if after - 1000 <= shown <= before + 1000:
            return int(after)
        assert time.monotonic() < until, f"the page says {shown} ms, the server {after} to {before}"
        await page.wait_for_timeout(500)


async def wait_until_clock_stands(page: Page, left: int) -> None:
    """To the millisecond, as the server's does."""
    await expect(page.get_by_test_id("timer")).to_have_attribute(
        "data-left-ms", str(left), timeout=SAVED_SECONDS * 1000
    )
