"""What people do in the pages of onboarding, opportunities and contracts; journeys put them one after another."""

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.journeys.axe import faults
from tests.journeys.exam_stage import hand_in as hand_exam_in
from tests.journeys.exam_stage import settle, wait_until_saved
from tests.journeys.guild_stage import SECONDS

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = cv2.imencode(".png", np.full((60, 90, 3), 200, np.uint8))[1].tobytes()
TITLE = "Chart the harbour"


async def fill_in(ada: Page, url: str, watched: str = "I do not agree") -> None:
    """Every step up to the exam by its form; `watched` answers for exams before a camera.

    What is wrong is told by field, and what was typed is there after a reload.
    """
    await ada.get_by_test_id("next-start").click()
    await ada.get_by_label("Your name").fill("Ada Lovelace")
    await ada.get_by_test_id("submit-step").click()
    await expect(ada.locator("#headline-wrong")).to_be_visible()
    assert await faults(ada) == []
    await ada.get_by_label("What you do, in one line").fill("Analyst of engines")
    await expect(ada.get_by_test_id("kept")).to_have_text("Kept.")
    await ada.goto(f"{url}/onboarding")
    await ada.get_by_test_id("next-step").click()
    await expect(ada.get_by_label("What you do, in one line")).to_have_value("Analyst of engines")
    await ada.get_by_label("Country you live in").select_option("GB")
    await ada.get_by_label("Time zone").select_option("Europe/London")
    await ada.get_by_label("Languages you work in").fill("English, French")
    await ada.get_by_test_id("submit-step").click()
    for title, answer in (
        ("Terms of work", "I have read it and agree"),
        ("How your data is used", "I have read it and agree"),
        ("Watched exams", watched),
    ):
        await ada.get_by_test_id("consent").filter(has_text=title).get_by_label(answer).check()
    await ada.get_by_test_id("submit-step").click()
    await ada.get_by_label("What", exact=True).fill("Analysis")
    await ada.get_by_test_id("submit-step").click()
    await put_up(ada, "passport.png", "image/png", PNG)
    await ada.get_by_test_id("check-device").click()


async def sign_and_hand_in(ada: Page) -> None:
    await ada.get_by_label("Sign with your name").fill("Ada Lovelace")
    await ada.get_by_label("I have read it and agree").check()
    await ada.get_by_test_id("submit-step").click()
    await hand_in(ada)


async def put_up(ada: Page, name: str, kind: str, body: bytes) -> None:
    await ada.get_by_label("Valid until").fill("2099-12-01")
    file = FilePayload(name=name, mimeType=kind, buffer=body)
    await ada.locator("#identity_document-file").set_input_files(files=[file])
    await ada.get_by_test_id("document").filter(has_text=name).wait_for()
    await ada.get_by_test_id("submit-step").click()


async def hand_in(ada: Page) -> None:
    await ada.get_by_test_id("next-submit").click()
    await expect(ada.get_by_test_id("state")).to_have_attribute("data-state", "submitted")
    await expect(ada.get_by_test_id("until")).to_contain_text("Promised until")


async def claim(reviewer: Page, url: str) -> None:
    await reviewer.goto(f"{url}/onboarding-reviews")
    await reviewer.get_by_test_id("case").get_by_role("link").click()
    await reviewer.get_by_test_id("claim").click()
    await reviewer.get_by_test_id("release").wait_for()


async def say_why(reviewer: Page, code: str, words: str) -> None:
    await reviewer.get_by_label("It", exact=True).select_option(code)
    await reviewer.get_by_label("In words").fill(words)
    await reviewer.get_by_test_id("give-reason").click()


async def look_before(reviewer: Page, carla: Page, url: str) -> None:
    """An administrator takes what waits, returns it with a reason, and has it published when it comes again."""
    posting = carla.get_by_test_id("posting")
    await expect(posting).to_have_attribute("data-state", "pending_review")
    await reviewer.goto(f"{url}/opportunity-reviews")
    await reviewer.get_by_test_id("waiting").get_by_role("link").click()
    await reviewer.get_by_test_id("claim").click()
    assert await faults(reviewer) == []
    await reviewer.get_by_test_id("return").click()
    await reviewer.get_by_label("Reason").fill("Say on what paper.")
    await reviewer.get_by_test_id("give-reason").click()
    await expect(carla.get_by_test_id("returned-for")).to_contain_text("Say on what paper.")  # by itself
    await carla.get_by_test_id("publish").click()
    await expect(reviewer.get_by_test_id("to-review")).to_have_attribute("data-state", "pending_review")
    await reviewer.get_by_test_id("claim").click()
    await reviewer.get_by_test_id("approve").click()


async def post(carla: Page, url: str, reviewer: Page | None = None, exam: str = "") -> None:
    """What is wrong is told by field; a draft is seen by nobody until it is published. `exam` is a pass to ask for."""
    await carla.goto(f"{url}/hiring")
    await carla.get_by_test_id("post").click()
    await carla.get_by_label("Title").fill("X")
    await carla.get_by_label("What is to be done").fill("Its depths and its lights, on one sheet.")
    await carla.get_by_label("Pay, from").fill("1000")
    await carla.get_by_label("To", exact=True).fill("1500")
    await carla.get_by_label("Positions").fill("2")
    await carla.get_by_label("Skills").fill("Cartography, Python")
    await carla.get_by_label("Questions to whoever applies").fill("Have you drawn charts before?")
    if exam:
        await carla.get_by_label(exam).check()
    await carla.get_by_test_id("keep-posting").click()
    await expect(carla.locator("[id='posting.title-wrong']")).to_be_visible()
    assert await faults(carla) == []
    await carla.get_by_label("Title").fill(TITLE)
    await carla.get_by_test_id("keep-posting").click()
    await expect(carla.get_by_test_id("posting")).to_have_attribute("data-state", "draft")
    await carla.get_by_test_id("publish").click()
    if reviewer is not None:
        await look_before(reviewer, carla, url)
    await expect(carla.get_by_test_id("posting")).to_have_attribute("data-state", "published")


async def apply(agent: Page, url: str, cover: str, becomes: str = "submitted") -> None:
    await agent.goto(f"{url}/opportunities")
    await agent.get_by_label("Skill", exact=True).fill("python")
    await agent.get_by_test_id("search").click()
    await agent.get_by_role("link", name=TITLE).click()
    await agent.get_by_label("Why you").fill(cover)
    await agent.get_by_label("What you ask for").fill("1200")
    await agent.get_by_test_id("apply").click()
    await expect(agent.get_by_test_id("failure").first).to_be_visible()  # the question is not answered
    await agent.get_by_label("Have you drawn charts before?").fill("Twelve of them.")
    await agent.get_by_test_id("apply").click()
    await expect(agent.get_by_test_id("mine")).to_have_attribute("data-state", becomes)


async def pass_the_exam(agent: Page) -> None:
    """From the application that waits for it to the exam, through it, and back to the same page."""
    waiting = agent.url
    await agent.get_by_test_id("to-exam").click()
    await agent.get_by_test_id("invitation").get_by_test_id("enter").click()
    await settle(agent)
    await agent.get_by_label("two", exact=True).check()
    await wait_until_saved(agent)
    await hand_exam_in(agent)
    await agent.goto(waiting)


async def interview(client: Page, card: Locator, agent: Page) -> None:
    """The client says when, and the two talk where they are."""
    await card.get_by_test_id("invite").click()
    await client.get_by_label("When").fill("2020-01-15T10:00")
    await client.get_by_label("A word with it").fill("Half an hour.")
    await client.get_by_test_id("send-invitation").click()
    await expect(client.locator("#at_ms-wrong")).to_contain_text("yet to come")
    await client.get_by_label("When").fill(f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT10:00}")
    await client.get_by_test_id("send-invitation").click()
    await expect(card).to_have_attribute("data-state", "interview")
    mine = agent.get_by_test_id("mine")
    await expect(mine.get_by_test_id("interview")).to_contain_text("Half an hour.")
    for page, part, words in ((client, card, "Where did you learn it?"), (agent, mine, "At sea.")):
        await part.get_by_test_id("ask").click()
        await part.get_by_label("Write a message").fill(words)
        await page.keyboard.press("Enter")
    await expect(mine.get_by_test_id("talk")).to_contain_text("Where did you learn it?")
    await expect(card.get_by_test_id("talk")).to_contain_text("At sea.")


async def stands(page: Page, key: str, state: str) -> None:
    milestone = page.locator(f'[data-testid=milestone][data-key="{key}"]')
    await expect(milestone).to_have_attribute("data-state", state, timeout=SECONDS)


async def give_reason(page: Page, act: str, words: str) -> None:
    await page.get_by_test_id(act).click()
    await page.get_by_label("Reason").fill(words)
    await page.get_by_test_id("give-reason").click()


async def fund(client: Page) -> None:
    """Nothing is paid in yet: the room says what is missing, a card pays it in, and it is held before work begins."""
    await client.get_by_test_id("pay").wait_for()
    room = client.url
    await client.get_by_test_id("act-fund").click()
    await client.get_by_test_id("confirm-act").click()
    await expect(client.get_by_test_id("refusal")).to_contain_text("Not enough is paid in")
    await client.get_by_test_id("pay-in-first").click()
    await client.get_by_label("Amount").fill("10000")
    await client.get_by_test_id("pay-in").click()
    await expect(client.get_by_test_id("balance-client_balance")).to_contain_text("10,000")
    assert await faults(client) == []
    await client.goto(room)
    await client.get_by_test_id("act-fund").click()
    await client.get_by_test_id("confirm-act").click()
    await stands(client, "m1", "funded")
    await expect(client.get_by_test_id("pay")).to_contain_text("held by this house")
