"""Accounts in real browsers: signing up by mail, signing in, a second factor, and signing out everywhere."""

import asyncio
import json
import re
import secrets
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyotp
import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.fakes.server import GuildhallProcess, serving

pytestmark = pytest.mark.browser

PASSWORD = "a lake and a thunderstorm"
MANY = {"anonymous": "9999/minute", "principal": "9999/minute"}
RATES = json.dumps(dict.fromkeys(("read", "write", "auth", "signup"), MANY))
MAIL_SECONDS = 20


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuildhallProcess]:
    """One server for all: each journey is somebody else's. Without the limits that one machine's tests would meet."""
    environ = {"GUILDHALL_ENGINE__CHILDREN": "1", "GUILDHALL_HTTP__RATES": RATES}
    with serving(tmp_path_factory.mktemp("house"), environ) as server:
        yield server


@dataclass
class Person:
    """Somebody with a confirmed account, made over HTTP; `enter` signs them in with a browser of their own."""

    house: GuildhallProcess
    email: str

    @classmethod
    async def sign_up(cls, house: GuildhallProcess, email: str) -> "Person":
        # Another address each time: the house serves all of this file, and a journey may be walked again.
        email = f"{secrets.token_hex(3)}.{email}"
        wanted = {"email": email, "password": PASSWORD, "name": "Mary"}
        await asyncio.to_thread(house.post, "/v1/auth/sign-up", wanted)
        person = cls(house, email)
        await asyncio.to_thread(house.post, "/v1/auth/verify-email", {"token": await person.token_in_mail()})
        return person

    async def token_in_mail(self) -> str:
        until = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < until:
            for mail in await asyncio.to_thread(self._mails):
                if found := re.search(r"#token=(\S+)", mail["text"]):
                    return found[1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"No mail with a link reached {self.email}.")

    def _mails(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.house.base_url}/v1/demo/mails?address={quote(self.email)}") as response:
            items: list[dict[str, Any]] = json.load(response)["items"]
            return items

    async def enter(self, browser: Browser, path: str = "/account") -> Page:
        """Ask for a page, be sent to sign in, and come back to it."""
        page = await (await browser.new_context()).new_page()
        await page.goto(self.house.base_url + path)
        await self.give_password(page)
        await page.wait_for_url(f"{self.house.base_url}{path}")
        return page

    async def give_password(self, page: Page, password: str = PASSWORD) -> None:
        await page.get_by_label("E-mail address").fill(self.email)
        await page.get_by_label("Password", exact=True).fill(password)
        await page.get_by_test_id("sign-in").click()


async def test_somebody_signs_up_confirms_by_the_mail_and_signs_in(house: GuildhallProcess, browser: Browser) -> None:
    newcomer = Person(house, f"{secrets.token_hex(3)}.newcomer@example.org")
    page = await (await browser.new_context()).new_page()
    await page.goto(house.base_url)
    await page.get_by_role("navigation").get_by_role("link", name="Sign up").click()
    await page.get_by_label("Your name").fill("Mary")
    await page.get_by_label("E-mail address").fill(newcomer.email)
    await page.get_by_label("Password", exact=True).fill("short")
    await page.get_by_test_id("sign-up").click()
    await expect(page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#password-wrong")).to_contain_text("characters")

    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_test_id("sign-up").click()
    await page.get_by_test_id("open-mailbox").click()
    await page.get_by_test_id("mail").get_by_role("link").click(timeout=MAIL_SECONDS * 1000)
    await page.wait_for_url(f"{house.base_url}/verify-email")  # the token has left the address bar
    await page.get_by_test_id("confirm").click()
    await page.get_by_test_id("done").get_by_role("link", name="Sign in").click()

    await newcomer.give_password(page)
    await page.wait_for_url(f"{house.base_url}/home")
    await expect(page.get_by_test_id("waiting")).to_contain_text("Your onboarding")
    await page.get_by_role("link", name="Your account").click()
    await page.wait_for_url(f"{house.base_url}/account")
    await expect(page.get_by_test_id("email")).to_have_text(newcomer.email)
    await expect(page.get_by_test_id("session")).to_have_count(1)
    await expect(page.get_by_test_id("session")).to_contain_text("This one")


async def test_a_wrong_password_is_refused_in_words_and_the_right_one_leads_where_one_wanted_to_go(
    house: GuildhallProcess, browser: Browser
) -> None:
    mary = await Person.sign_up(house, "forgetful@example.org")
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{house.base_url}/account#sessions")
    await mary.give_password(page, "a lake and a drizzle")
    await expect(page.get_by_role("alert")).to_contain_text("do not sign in")
    assert "/sign-in" in page.url

    await mary.give_password(page)
    await page.wait_for_url(f"{house.base_url}/account#sessions")


async def test_a_second_factor_is_set_up_and_then_asked_for(house: GuildhallProcess, browser: Browser) -> None:
    mary = await Person.sign_up(house, "careful@example.org")
    page = await mary.enter(browser)
    await page.get_by_test_id("enrol").click()
    secret = await page.get_by_test_id("secret").inner_text()
    app = pyotp.TOTP(secret.replace(" ", ""))
    await page.get_by_label("The code it shows now").fill(app.now())
    await page.get_by_test_id("confirm-second-factor").click()
    codes = page.get_by_test_id("recovery-codes").locator("code")
    await expect(codes).to_have_count(10)
    recovery = await codes.all_inner_texts()
    await page.get_by_test_id("codes-kept").click()
    await expect(page.get_by_test_id("second-factor-on")).to_contain_text("10 recovery codes are left")
    await page.get_by_test_id("sign-out").click()

    await page.wait_for_url(f"{house.base_url}/sign-in")
    await mary.give_password(page)
    await page.get_by_label("Code", exact=True).fill("000000")
    await page.get_by_test_id("prove").click()
    await expect(page.get_by_role("alert")).to_contain_text("does not count")
    # The code of the step to come: that of the present one may have been used to set up, and counts once.
    await page.get_by_label("Code", exact=True).fill(app.at(int(time.time()) + 30))
    await page.get_by_test_id("prove").click()
    await page.wait_for_url(f"{house.base_url}/home")
    await page.get_by_role("link", name="Your account").click()
    await expect(page.get_by_test_id("second-factor-on")).to_be_visible()

    elsewhere = await (await browser.new_context()).new_page()
    await elsewhere.goto(f"{house.base_url}/sign-in")
    await mary.give_password(elsewhere)
    await elsewhere.get_by_role("button", name="Use a recovery code").click()
    await elsewhere.get_by_label("Recovery code").fill(recovery[0])
    await elsewhere.get_by_test_id("prove").click()
    await elsewhere.wait_for_url(f"{house.base_url}/home")
    await elsewhere.get_by_role("link", name="Your account").click()
    await expect(elsewhere.get_by_test_id("second-factor-on")).to_contain_text("9 recovery codes are left")


async def test_signing_out_everywhere_ends_the_other_browser_too(house: GuildhallProcess, browser: Browser) -> None:
    mary = await Person.sign_up(house, "leaving@example.org")
    here, there = await mary.enter(browser), await mary.enter(browser)
    await expect(there.get_by_test_id("session")).to_have_count(2)
    await here.get_by_test_id("sign-out-everywhere").click()
    await here.wait_for_url("**/sign-in")

    await there.reload()
    await there.wait_for_url("**/sign-in?next=%2Faccount")


async def test_one_device_is_signed_out_and_the_present_one_stays(house: GuildhallProcess, browser: Browser) -> None:
    mary = await Person.sign_up(house, "tidy@example.org")
    here, there = await mary.enter(browser), await mary.enter(browser)
    await here.reload()
    await expect(here.get_by_test_id("session")).to_have_count(2)
    await here.get_by_test_id("session").get_by_role("button").click()
    await expect(here.get_by_test_id("session")).to_have_count(1)

    await there.reload()
    await there.wait_for_url("**/sign-in?next=%2Faccount")


async def test_a_new_tab_of_somebody_signed_in_asks_for_nothing(house: GuildhallProcess, browser: Browser) -> None:
    page = await (await Person.sign_up(house, "tabs@example.org")).enter(browser)
    another = await page.context.new_page()
    await another.goto(f"{house.base_url}/account")
    await expect(another.get_by_test_id("session")).to_have_count(1)


async def test_what_wants_fresh_proof_asks_for_the_password_and_then_goes_on(
    house: GuildhallProcess, browser: Browser
) -> None:
    person = await Person.sign_up(house, "proven@example.org")
    page = await person.enter(browser)
    asked = 0

    async def as_if_stale(route: Route) -> None:
        """The server's first answer, as it would be five minutes from now; the proof is given to the real one."""
        nonlocal asked
        asked += 1
        if asked == 1:
            await route.fulfill(status=403, json={"code": "step-up-required", "detail": "Confirm that it is you."})
        else:
            await route.continue_()

    await page.route("**/v1/accounts/me/second-factor", as_if_stale)
    await page.get_by_test_id("enrol").click()
    dialog = page.get_by_test_id("step-up")
    await dialog.get_by_label("Your password").fill("not my password")
    await dialog.get_by_test_id("step-up-confirm").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("not the right password")
    await dialog.get_by_label("Your password").fill(PASSWORD)
    await dialog.get_by_test_id("step-up-confirm").click()
    await page.get_by_test_id("secret").wait_for()
    assert asked == 2
    await page.get_by_role("button", name="Not now").click()
    await take_along_leave_and_stay(page, person)
    await rest_and_come_back(page, person)


async def take_along_leave_and_stay(page: Page, person: Person) -> None:
    """One's data as a file, without secrets; the account's end is asked for, and taken back within its thirty days."""
    async with page.expect_download() as download:
        await page.get_by_test_id("export").click()
    saved = json.loads(await asyncio.to_thread((await (await download.value).path()).read_text))
    assert saved["account"]["email"] == person.email
    assert "password_hash" not in saved["account"]
    await page.get_by_test_id("erase").click()
    await page.get_by_role("button", name="Leave it").click()
    await page.get_by_test_id("erase").click()
    await page.get_by_test_id("confirm-act").click()
    await expect(page.get_by_test_id("erasure-pending")).to_contain_text("will be erased")
    await page.reload()
    await page.get_by_test_id("keep").click()
    await expect(page.get_by_test_id("erase")).to_be_visible()


async def rest_and_come_back(page: Page, person: Person) -> None:
    """The account rests at once; signing in sends a link, and only that wakes it."""
    await page.get_by_test_id("rest").click()
    await page.get_by_test_id("confirm-act").click()
    await page.wait_for_url(f"{person.house.base_url}/sign-in")
    await person.give_password(page)
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.goto(f"{person.house.base_url}/mailbox")
    await page.get_by_label("Mails to").fill(person.email)
    letter = page.get_by_test_id("mail").filter(has_text="To use it again open")
    async with asyncio.timeout(MAIL_SECONDS):
        while not await letter.count():
            await page.get_by_test_id("look").click()
            await page.wait_for_timeout(500)
    await letter.get_by_role("link").click()
    await page.get_by_test_id("confirm").click()
    await page.get_by_test_id("done").get_by_role("link", name="Sign in").click()
    await person.give_password(page)
    await page.wait_for_url(f"{person.house.base_url}/home")
    await page.get_by_role("link", name="Your account").click()
    await expect(page.get_by_test_id("email")).to_have_text(person.email)


async def test_a_forgotten_password_is_replaced_by_mail(house: GuildhallProcess, browser: Browser) -> None:
    mary = await Person.sign_up(house, "reset@example.org")
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{house.base_url}/sign-in")
    await page.get_by_role("link", name="Forgot your password?").click()
    await page.get_by_label("E-mail address").fill(mary.email)
    await page.get_by_test_id("ask-reset").click()
    await page.get_by_test_id("open-mailbox").click()
    letter = page.get_by_test_id("mail").filter(has_text="Choose a new password")
    await letter.get_by_role("link").click(timeout=MAIL_SECONDS * 1000)
    await page.get_by_label("New password").fill("a volcano without a summer")
    await page.get_by_test_id("choose-password").click()
    await page.get_by_test_id("done").get_by_role("link", name="Sign in").click()

    await mary.give_password(page, "a volcano without a summer")
    await page.wait_for_url(f"{house.base_url}/home")
    await page.get_by_role("link", name="Your account").click()
    await expect(page.get_by_test_id("email")).to_have_text(mary.email)
