"""An author in a real browser: a bank, three questions, an exam, its preview, and Ada invited to it."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from guildhall.accounts.demo import DEMO_PASSWORD, DEMO_TOTP_SECRET
from tests.fakes.server import GuildhallProcess, serving
from tests.guildhall.assessments.routes.test_banks import png
from tests.journeys.axe import faults

pytestmark = pytest.mark.browser

SLOW_MS = 30_000


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuildhallProcess]:
    with serving(tmp_path_factory.mktemp("house"), {"GUILDHALL_ENGINE__CHILDREN": "1"}) as server:
        yield server


async def katherine(browser: Browser, house: GuildhallProcess) -> Page:
    """Signed in as the demo's administrator, at the author's desk."""
    page = await (await browser.new_context(viewport={"width": 1200, "height": 900})).new_page()
    page.set_default_timeout(SLOW_MS)
    await page.goto(f"{house.base_url}/authoring")
    await page.get_by_label("E-mail").fill("admin@guildhall.example")
    await page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("[name=code]").fill(pyotp.TOTP(DEMO_TOTP_SECRET).now())
    await page.get_by_test_id("code-step").get_by_role("button").first.click()
    await expect(page.get_by_role("heading", name="Question banks")).to_be_visible()
    return page


async def begin_item(page: Page, kind: str, name: str, question: str) -> None:
    await page.get_by_test_id("new-item").select_option(kind)
    await page.get_by_label("Name, for authors only").fill(name)
    await page.get_by_label("Question", exact=True).fill(question)


async def publish_item(page: Page) -> None:
    await page.get_by_test_id("publish-item").click()
    await expect(page.get_by_test_id("told")).to_contain_text("Published")
    await page.get_by_text("Who changed what").click()
    await expect(page.get_by_test_id("change").first).to_contain_text("Katherine Johnson published it as version 1")
    await page.get_by_role("link", name="Back to the bank").click()


async def test_an_author_makes_an_exam_and_invites_ada(browser: Browser, house: GuildhallProcess) -> None:
    page = await katherine(browser, house)
    await write_questions(page)
    await plan_exam(page)
    await invite_ada(page)
    await set_policy(page)


async def write_questions(page: Page) -> None:
    await page.get_by_test_id("new-bank").click()
    await page.get_by_label("Name of the bank").fill("Rivers")
    await page.get_by_test_id("make-bank").click()
    await expect(page.get_by_role("heading", name="Rivers")).to_be_visible()

    # A choice; its preview follows, and what is missing is told beside the field.
    await begin_item(page, "single_choice", "Turin", "Which river flows through Turin?")
    preview = page.get_by_label("As a candidate sees it")
    await expect(preview).to_contain_text("Which river flows through Turin?")
    await page.get_by_label("Choice 1", exact=True).fill("Po")
    await page.get_by_label("Choice 2", exact=True).fill("Po")
    await page.get_by_label("Choice 3", exact=True).fill("Rhine")
    await page.get_by_label("Choice 4", exact=True).fill("Elbe")
    await expect(page.get_by_text("reads the same")).to_be_visible()
    await page.get_by_role("button", name="Remove choice 2").click()
    await page.get_by_test_id("undo").get_by_role("button", name="Undo").click()
    await page.get_by_label("Choice 2", exact=True).fill("Tiber")
    await expect(page.get_by_text("reads the same")).to_be_hidden()
    await page.get_by_label("Add a picture to choice 1").set_input_files(
        {"name": "po.png", "mimeType": "image/png", "buffer": png()}
    )
    await page.get_by_label("What the picture of choice 1 shows").fill("A river under arcades")
    await expect(preview.get_by_role("img", name="A river under arcades")).to_be_visible()
    assert await faults(page) == []
    await publish_item(page)

    await begin_item(page, "numeric", "Length", "How long is the Po, in kilometres?")
    await page.get_by_label("Right number").fill("652")
    await page.get_by_label("Tolerance to either side").fill("10")
    # Nothing is lost with the tab: the browser has kept it.
    page.on("dialog", lambda dialog: dialog.accept())
    await page.reload()
    await page.get_by_test_id("found").get_by_role("button", name="Use them").click()
    await expect(page.get_by_label("Right number")).to_have_value("652")
    await publish_item(page)

    await begin_item(page, "ordering", "Downstream", "Order these towns down the Po.")
    for number, town in enumerate(("Turin", "Piacenza", "Cremona"), 1):
        await page.get_by_label(f"Part {number}", exact=True).fill(town)
    await publish_item(page)
    await expect(page.get_by_test_id("items").get_by_role("listitem")).to_have_count(3)
    assert await faults(page) == []


async def plan_exam(page: Page) -> None:
    """An exam that draws two of the three."""
    await page.get_by_role("link", name="Exams").click()
    await page.get_by_test_id("new-exam").click()
    await page.get_by_label("Title of the exam").fill("Down the Po")
    await page.get_by_test_id("make-exam").click()
    await page.get_by_test_id("add-section").click()
    await page.get_by_label("from", exact=True).select_option(label="Rivers")
    await expect(page.get_by_test_id("found-items")).to_have_text("3 published questions match.")
    await page.get_by_label("Draw this many").fill("9")
    await expect(page.get_by_text("only 3 items that are published match")).to_be_visible()
    await page.get_by_label("Draw this many").fill("2")
    await page.get_by_test_id("publish-exam").click()
    await expect(page.get_by_test_id("told")).to_contain_text("Published")
    await page.get_by_test_id("preview").click()
    await expect(page.get_by_test_id("form").locator("> li")).to_have_count(2)
    assert await faults(page) == []


async def invite_ada(page: Page) -> None:
    """By a pasted list; the line that names nobody is told."""
    await page.get_by_test_id("deliver").click()
    await expect(page.get_by_text("Nobody is invited yet.")).to_be_visible()
    await page.get_by_label("Name and e-mail, one person a line").fill("Ada Lovelace, ada@guildhall.example\nnobody")
    await page.get_by_test_id("invite-list").click()
    await expect(page.get_by_test_id("roster-report")).to_contain_text("1 person was invited")
    await expect(page.get_by_test_id("roster-report")).to_contain_text("Line 2")
    ada = page.get_by_test_id("invitations").get_by_role("listitem").filter(has_text="Ada Lovelace")
    await ada.get_by_role("button", name=re.compile("Accommodate")).click()
    await ada.get_by_label("Percent more time").fill("25")
    await ada.get_by_role("button", name="Save").click()
    await expect(ada).to_contain_text("25 % more time")
    assert await faults(page) == []


async def set_policy(page: Page) -> None:
    """Of the demo's watched exam: candidates are asked for pictures around a note, and may say no."""
    await page.get_by_role("link", name="Deliveries").first.click()
    await page.get_by_role("link", name="Guild basics", exact=True).click()
    state, meaning = page.get_by_test_id("policy-state"), page.get_by_test_id("policy-meaning")
    await expect(state).to_contain_text("asked what is usual")
    await page.get_by_test_id("policy-signals").locator("summary").click()
    pictures = page.get_by_label("Pictures around a note")
    await pictures.select_option("optional")
    await expect(meaning).to_contain_text("They may say no, and sit it all the same, to: “Pictures around a note”.")
    await page.get_by_label("Days until").fill("30")
    assert await faults(page) == []
    await page.get_by_test_id("save-policy").click()
    await expect(page.get_by_test_id("policy-told")).to_contain_text("Saved.")
    await page.reload()
    await expect(state).to_contain_text("settings of its own")
    await page.get_by_test_id("policy-signals").locator("summary").click()
    await expect(pictures).to_have_value("optional")
    await expect(meaning).to_contain_text("30 days after the end")
