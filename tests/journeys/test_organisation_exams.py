"""An owner of two organisations authors, delivers, marks and releases for one of them, on the pages alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import faults
from tests.journeys.exam_stage import go_to, hand_in, settle, wait_until_saved
from tests.journeys.guild_stage import SECONDS, enter, found_guild, guild_environ

pytestmark = pytest.mark.browser
READ_CLOCK = """async () => {
  const pass = JSON.parse(sessionStorage.getItem("guildhall.pass"));
  const headers = { authorization: `Bearer ${pass.access_token}` };
  const ask = async (path) => (await fetch(`/v1${path}`, { headers })).json();
  const { invitations } = await ask("/exams/mine");
  return (await ask(`/attempts/${invitations.flatMap((one) => one.attempts).at(-1).id}`)).clock;
}"""


@pytest.fixture
async def guild(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await found_guild(tmp_path, candidates={})
    server = await start_in_thread(GuildhallProcess(tmp_path, guild_environ(tmp_path)))
    yield server
    server.stop()


async def check(page: Page, where: str) -> None:
    assert [f"{where}: {line}" for line in await faults(page)] == []


async def found_riggers(boss: Page) -> None:
    """A second organisation, made, opened to others and shown to be another than the first."""
    await expect(boss.get_by_test_id("organisations").get_by_role("listitem")).to_contain_text("Welders")
    await check(boss, "organisations")
    await boss.get_by_label("Its name").fill("Riggers & Söhne")
    await expect(boss.get_by_label("Its short name")).to_have_value("riggers-sohne")
    await boss.get_by_label("Its short name").fill("welders")
    await boss.get_by_test_id("found-organisation").click()
    await expect(boss.locator("#slug-wrong")).to_contain_text("taken")
    await boss.get_by_label("Its short name").fill("riggers")
    await boss.get_by_test_id("found-organisation").click()
    await boss.get_by_role("heading", name="Riggers & Söhne").wait_for()
    await boss.get_by_label("Invite by e-mail address").fill("otto@example.org")
    await boss.get_by_label("As", exact=True).select_option("manager")
    await boss.get_by_test_id("invite").click()
    await expect(boss.get_by_test_id("invitations")).to_contain_text("otto@example.org")
    await expect(boss.get_by_test_id("member")).to_have_attribute("data-role", "owner")
    await boss.get_by_label("Role of Boss").select_option("member")
    await expect(boss.get_by_test_id("failure").first).to_contain_text("last owner")
    await expect(boss.get_by_label("Role of Boss")).to_have_value("owner")
    await check(boss, "an organisation of one")
    await boss.get_by_label("Name", exact=True).fill("Riggers")
    await boss.get_by_test_id("rename-organisation").click()
    await boss.get_by_role("heading", name="Riggers", exact=True).wait_for()
    await boss.get_by_role("button", name="Withdraw").click()
    await expect(boss.get_by_test_id("invitations")).to_have_count(0)


async def write_questions(boss: Page) -> None:
    await boss.get_by_test_id("new-bank").click()
    await boss.get_by_label("Name of the bank").fill("Knots")
    await boss.get_by_label("For whom").select_option(label="Riggers")
    await check(boss, "a new bank, for whom")
    await boss.get_by_test_id("make-bank").click()
    await boss.get_by_role("heading", name="Knots").wait_for()
    await expect(boss.locator("main .eyebrow").first).to_contain_text("Riggers")
    await boss.get_by_test_id("new-item").select_option("single_choice")
    await boss.get_by_label("Name, for authors only").fill("Loop")
    await boss.get_by_label("Question", exact=True).fill("Which knot makes a loop that holds?")
    for number, knot in enumerate(("Bowline", "Granny", "Thief", "Slip"), 1):
        await boss.get_by_label(f"Choice {number}", exact=True).fill(knot)
    await boss.get_by_test_id("publish-item").click()
    await expect(boss.get_by_test_id("told")).to_contain_text("Published")
    await boss.get_by_role("link", name="Back to the bank").click()
    await boss.get_by_test_id("new-item").select_option("long_text")
    await boss.get_by_label("Name, for authors only").fill("Why")
    await boss.get_by_label("Question", exact=True).fill("Why does a granny slip?")
    await boss.get_by_label("Criterion 1", exact=True).fill("Names the turns")
    await boss.get_by_test_id("publish-item").click()
    await expect(boss.get_by_test_id("told")).to_contain_text("Published")


async def deliver(boss: Page) -> None:
    await boss.get_by_role("link", name="Exams").click()
    await boss.get_by_test_id("new-exam").click()
    await boss.get_by_label("Title of the exam").fill("Rigging")
    await boss.get_by_label("For whom").select_option(label="Riggers")
    await boss.get_by_test_id("make-exam").click()
    await boss.get_by_test_id("add-section").click()
    # The Welders' bank is in the other organisation: its questions are not for this exam.
    await expect(boss.get_by_label("from", exact=True).locator("option")).to_have_text(["Knots"])
    await boss.get_by_label("Draw this many").fill("2")
    await expect(boss.get_by_test_id("found-items")).to_have_text("2 published questions match.")
    await boss.get_by_test_id("publish-exam").click()
    await expect(boss.get_by_test_id("told")).to_contain_text("Published")
    await boss.get_by_test_id("deliver").click()
    await boss.get_by_label("Name and e-mail, one person a line").fill("Ada, ada@example.org")
    await boss.get_by_test_id("invite-list").click()
    await expect(boss.get_by_test_id("roster-report")).to_contain_text("1 person was invited")
    ada = boss.get_by_test_id("invitations").get_by_role("listitem").filter(has_text="Ada")
    await ada.get_by_role("button", name="Accommodate").click()
    await ada.get_by_label("Minutes of breaks, in all").fill("5")
    await ada.get_by_role("button", name="Save").click()
    await expect(ada).to_contain_text("Saved")
    await boss.get_by_role("link", name="Deliveries").first.click()
    await expect(boss.get_by_test_id("deliveries").get_by_role("listitem").filter(has_text="Rigging")).to_contain_text(
        "Riggers"
    )
    await check(boss, "deliveries of two organisations")


async def clock_of(ada: Page) -> dict[str, Any]:
    """What the server says of Ada's time."""
    clock: dict[str, Any] = await ada.evaluate(READ_CLOCK)
    return clock


async def is_timer_right(ada: Page) -> bool:
    """To the second; the page draws it twice a second, a laden one later."""
    earlier = (await clock_of(ada))["left_ms"]
    shown = int(await ada.get_by_test_id("timer").get_attribute("data-left-ms") or -1)
    return bool((await clock_of(ada))["left_ms"] - 1000 <= shown <= earlier + 1000)


async def take_a_break(ada: Page) -> None:
    """The clock stands for exactly as long as the break, on the page as on the server."""
    before = await clock_of(ada)
    await ada.get_by_test_id("take-break").click()
    await ada.get_by_test_id("on-break").wait_for()
    await check(ada, "on a break")
    standing = await clock_of(ada)
    await ada.get_by_test_id("end-break").click()
    await ada.get_by_test_id("question").wait_for()
    await expect(ada.get_by_test_id("given-banner")).to_contain_text("you took a break")
    after = await clock_of(ada)
    assert after["deadline_ms"] - before["deadline_ms"] == after["credits"][-1]["credited_ms"] > 0
    assert standing["left_ms"] == after["deadline_ms"] - after["credits"][-1]["ended_at_ms"]
    async with asyncio.timeout(SECONDS / 1000):
        while not await is_timer_right(ada):
            await asyncio.sleep(0.1)
    await check(ada, "time given back")


async def sit(ada: Page) -> None:
    await ada.get_by_test_id("invitation").filter(has_text="Rigging").get_by_test_id("enter").click()
    await settle(ada)
    for place in range(2):
        await go_to(ada, place)
        if await ada.get_by_label("Bowline").count():
            await ada.get_by_label("Bowline").check()
        else:
            await ada.locator(".answer textarea").fill("Its turns lie the same way.")
    await wait_until_saved(ada)
    await take_a_break(ada)
    await hand_in(ada)


async def test_an_owner_of_two_organisations_has_an_exam_sat_marked_and_released(
    guild: GuildhallProcess, browser: Browser
) -> None:
    boss = await enter(browser, guild, "boss", "/organisations")
    await found_riggers(boss)
    await boss.goto(f"{guild.base_url}/authoring")
    await expect(boss.get_by_test_id("banks").get_by_role("listitem").filter(has_text="Bank")).to_contain_text(
        "Welders"
    )
    await write_questions(boss)
    await deliver(boss)

    mary = await enter(browser, guild, "mary", "/authoring")
    await mary.get_by_test_id("no-owner").wait_for()
    await expect(mary.get_by_test_id("new-bank")).to_have_count(0)
    await check(mary, "authoring by somebody who may not")

    await sit(await enter(browser, guild, "ada", "/exams"))

    await mary.goto(f"{guild.base_url}/marking")
    await mary.get_by_test_id("nothing-to-mark").wait_for()
    await boss.goto(f"{guild.base_url}/marking")
    await expect(boss.get_by_test_id("question-to-mark")).to_contain_text("Riggers", timeout=SECONDS)
    await check(boss, "a queue of two organisations")
    await boss.get_by_role("link", name="Mark", exact=False).filter(has_text="granny").click()
    await boss.get_by_test_id("criterion").get_by_role("textbox").fill("1")
    await boss.get_by_test_id("finish").click()
    await boss.get_by_test_id("nothing-left").wait_for()

    await boss.goto(f"{guild.base_url}/results")
    line = boss.get_by_test_id("delivery").filter(has_text="Rigging")
    await expect(line).to_contain_text("Riggers")
    await check(boss, "results of two organisations")
    await line.get_by_role("link", name="Open").click()
    result = boss.get_by_test_id("result").filter(has_text="Ada")
    await expect(result).to_have_attribute("data-pass", "true", timeout=SECONDS)
    await expect(result).to_have_attribute("data-state", "released", timeout=SECONDS)
    await leave_and_close(mary, boss, guild)


async def leave_and_close(mary: Page, boss: Page, guild: GuildhallProcess) -> None:
    """A member leaves by themselves; whoever is the only one closes it, and what was certified stays."""
    await mary.goto(f"{guild.base_url}/organisations")
    await mary.get_by_role("link", name="Welders").click()
    await mary.get_by_role("button", name="Leave", exact=False).click()
    await mary.get_by_test_id("confirm-act").click()
    await expect(mary.get_by_role("link", name="Welders")).to_have_count(0, timeout=SECONDS)
    await boss.goto(f"{guild.base_url}/organisations")
    await boss.get_by_role("link", name="Riggers").click()
    await boss.get_by_test_id("close-organisation").click()
    await boss.get_by_test_id("confirm-act").click()
    await expect(boss.get_by_role("link", name="Riggers")).to_have_count(0, timeout=SECONDS)
    await expect(boss.get_by_role("link", name="Welders")).to_have_count(1)
