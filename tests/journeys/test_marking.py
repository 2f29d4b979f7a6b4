"""Two markers disagree, a third reconciles; a result is released, certified, and lost again with a corrected key."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.axe import faults
from tests.journeys.guild_stage import SECONDS, enter, found_guild, guild_environ

pytestmark = pytest.mark.browser


@pytest.fixture
async def guild(tmp_path: Path) -> AsyncIterator[GuildhallProcess]:
    await found_guild(tmp_path)
    server = await start_in_thread(GuildhallProcess(tmp_path, guild_environ(tmp_path)))
    yield server
    server.stop()


async def check(page: Page, where: str) -> None:
    """Nothing that axe-core finds, in light and dark, wide and at 360 px."""
    assert [f"{where}: {line}" for line in await faults(page)] == []


async def mark_all(page: Page, points: str) -> None:
    """Every answer of the one question, by the keyboard alone."""
    await page.get_by_role("link", name="Mark").first.click()
    for _ in range(2):
        row = page.get_by_test_id("criterion").get_by_role("textbox")
        await row.focus()
        await page.keyboard.press(points)
        await expect(page.get_by_test_id("saving")).to_have_attribute("data-state", "clean", timeout=SECONDS)
        before = await page.get_by_test_id("mark").get_attribute("data-mark")
        await page.keyboard.press("Control+Enter")
        await page.wait_for_function(
            "before => document.querySelector('[data-testid=mark]')?.dataset.mark !== before", arg=before
        )
    await page.get_by_test_id("nothing-left").wait_for()


async def release_all(boss: Page) -> Locator:
    """Ada's line, once it says that she has passed."""
    await boss.get_by_role("link", name="Open").click()
    await boss.get_by_test_id("release-all").click()
    ada = boss.get_by_test_id("result").filter(has_text="Ada")
    await expect(ada).to_have_attribute("data-state", "released", timeout=SECONDS)
    await expect(ada).to_have_attribute("data-pass", "true")
    return ada


async def correct_key(boss: Page, ada: Locator) -> None:
    """The first question's right choice was another: tried on everybody, and then applied."""
    item = boss.get_by_test_id("item").filter(has_text="Which?")
    await item.get_by_test_id("correct-key").click()
    await boss.get_by_label("two").uncheck()
    await boss.get_by_label("one").check()
    await boss.get_by_test_id("try-key").click()
    preview = boss.get_by_test_id("preview")
    await expect(preview).to_have_attribute("data-to-fail", "1", timeout=SECONDS)
    await expect(preview).to_have_attribute("data-to-pass", "1")
    await check(boss, "results and figures")
    await expect(ada).to_have_attribute("data-pass", "true")  # nothing is changed yet
    await boss.get_by_label("Why the key was wrong").fill("The rod is 3 mm thick.")
    await boss.get_by_test_id("apply-key").click()
    await boss.get_by_test_id("regrade-applied").wait_for()
    await expect(ada).to_have_attribute("data-pass", "false", timeout=SECONDS)


async def correct_pairs_and_try_an_order(boss: Page, ada: Locator) -> None:
    """The pairs' key was wrong, and with the right one Ada passes after all; of another order we only look."""
    await boss.get_by_role("link", name="Everybody").click()
    pairs = boss.get_by_test_id("item").filter(has_text="What belongs together?")
    await pairs.get_by_test_id("correct-key").click()
    await boss.get_by_label("left one").select_option("three")
    await boss.get_by_label("left two").select_option("one")
    await boss.get_by_test_id("try-key").click()
    await expect(boss.get_by_test_id("preview")).to_have_attribute("data-to-pass", "1", timeout=SECONDS)
    await boss.get_by_label("Why the key was wrong").fill("The table was turned round.")
    await boss.get_by_test_id("apply-key").click()
    await expect(ada).to_have_attribute("data-pass", "true", timeout=SECONDS)

    order = boss.get_by_test_id("item").filter(has_text="In which order?")
    await order.get_by_test_id("correct-key").click()
    await boss.get_by_role("button", name="Move down: three").click()
    await expect(boss.get_by_test_id("key-part").first).to_contain_text("one")
    await boss.get_by_test_id("try-key").click()
    await expect(boss.get_by_test_id("preview")).to_have_attribute("data-to-fail", "1", timeout=SECONDS)
    await check(boss, "another order, tried")
    await boss.get_by_role("button", name="Leave the key as it is").click()
    await expect(ada).to_have_attribute("data-pass", "true")


async def look_closely(boss: Page, ada: Locator) -> None:
    """All of one result: the answers with their keys and marks, who decided, and how it came to stand."""
    await ada.get_by_role("link", name="Open").click()
    answers = boss.get_by_test_id("answered")
    await expect(answers.filter(has_text="Which?")).to_contain_text("Right: two")
    await expect(boss.get_by_test_id("decided")).to_contain_text("by Boss")
    marks = answers.get_by_test_id("staff-mark")
    for name in ("Mary", "Otto"):
        await expect(marks.filter(has_text=name)).to_have_count(1)
    await expect(marks.filter(has_text="Reconciling, Rosa")).to_contain_text("Say which heat.")
    await check(boss, "one candidate's result")
    await boss.get_by_role("link", name="Everybody").click()


async def revoke(boss: Page, name: str) -> None:
    """What certified a pass ends by hand, with a reason; the result stays released."""
    await boss.get_by_test_id("result").filter(has_text=name).get_by_role("link", name="Open").click()
    await boss.get_by_test_id("revoke").click()
    await boss.get_by_label("Reason").fill("Another sat in the seat.")
    await check(boss, "revoking a credential")
    await boss.get_by_test_id("give-reason").click()
    await expect(boss.get_by_test_id("revoke")).to_have_count(0)
    await expect(boss.get_by_test_id("candidate-result")).to_have_attribute("data-state", "released")


async def test_a_mark_a_dispute_a_credential_and_a_key_that_was_wrong(
    guild: GuildhallProcess, browser: Browser, tmp_path: Path
) -> None:
    mary = await enter(browser, guild, "mary", "/marking")
    await mark_all(mary, "0")
    assert "Ada" not in await mary.content()
    otto = await enter(browser, guild, "otto", "/marking")
    await mark_all(otto, "f")
    # Both are final and far apart: neither of them may settle it.
    await mary.reload()
    await mary.get_by_test_id("nothing-left").wait_for()

    rosa = await enter(browser, guild, "rosa", "/marking")
    await rosa.get_by_role("link", name="Mark").first.click()
    await expect(rosa.get_by_test_id("mark")).to_have_attribute("data-role", "reconciling", timeout=SECONDS)
    assert {"0", "1"} <= set((await rosa.get_by_test_id("others").inner_text()).split())
    await check(rosa, "an answer to reconcile")
    await rosa.get_by_role("link", name="All questions").click()
    await rosa.get_by_test_id("question-to-mark").wait_for()
    await check(rosa, "the marking queue")
    await rosa.get_by_role("link", name="Go on").click()
    for _ in range(2):
        before = await rosa.get_by_test_id("mark").get_attribute("data-mark")
        await rosa.get_by_test_id("criterion").get_by_role("textbox").fill("0.1")
        await rosa.get_by_label("Comment").fill("Say which heat.")
        await rosa.get_by_test_id("finish").click()
        await rosa.wait_for_function(
            "before => document.querySelector('[data-testid=mark]')?.dataset.mark !== before", arg=before
        )
    await rosa.get_by_test_id("nothing-left").wait_for()

    boss = await enter(browser, guild, "boss", "/results")
    ada = await release_all(boss)
    own = await enter(browser, guild, "ada", "/exams")
    await own.get_by_test_id("show-result").click()
    shown = own.get_by_test_id("own-result")
    assert "Say which heat." in await shown.inner_text()
    await check(own, "a candidate's own result")
    credential = await shown.get_by_role("link", name="Your credential").get_attribute("href")
    anybody = await (await browser.new_context()).new_page()
    await anybody.goto(f"{guild.base_url}{credential}")
    await expect(anybody.get_by_test_id("credential")).to_have_attribute("data-standing", "valid", timeout=SECONDS)
    await check(anybody, "a credential")
    assert "Ada" in await anybody.get_by_test_id("credential").inner_text()

    await look_closely(boss, ada)
    await correct_key(boss, ada)
    await anybody.reload()
    await expect(anybody.get_by_test_id("credential")).to_have_attribute("data-standing", "revoked", timeout=SECONDS)
    await revoke(boss, "Bob")
    await correct_pairs_and_try_an_order(boss, ada)
