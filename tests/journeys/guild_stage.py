"""A guild before its server starts: people with accounts and roles, an exam with an essay, and what was handed in."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from guildhall.accounts.model import OrganisationRole
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.kit.mail.mailbox import DevelopmentMailbox
from tests.fakes.server import GuildhallProcess
from tests.guildhall.assessments.hall import Hall, chosen, items, written

SECONDS = 60_000  # of patience, in ms: other tests share the machine
PASSWORD = "seven lanterns over the quay"
STAFF = {
    "boss": OrganisationRole.OWNER,
    "mary": OrganisationRole.MEMBER,
    "otto": OrganisationRole.MEMBER,
    "rosa": OrganisationRole.MEMBER,
}
CANDIDATES: Mapping[str, tuple[str, str]] = {
    "ada": ("b", "A weld cools from its edge to its middle, so it shrinks there last and cracks there first."),
    "bob": ("a", "Because it is hot."),
}

ORDERED: Mapping[str, dict[str, Any]] = {
    "q2": {"kind": "ordered", "order": ["c", "a", "b"]},
    "q3": {"kind": "matched", "pairs": {"x": "c", "y": "a"}},
}
"""From everybody: the right order, and pairs that are both wrong until their key is corrected."""


def settings_of(folder: Path) -> dict[str, Any]:
    """The same files as `GuildhallProcess(folder)` opens."""
    return {
        "storage": {"sqlite_path": folder / "guildhall.sqlite3"},
        "security": {"token_secret_path": folder / "token-secret"},
        "blobs": {"folder": folder / "blobs"},
    }


def guild_environ(folder: Path) -> dict[str, str]:
    """For the server over what `found_guild` made: no camera is needed, and nobody is slowed down."""
    many = {"anonymous": "9999/minute", "principal": "9999/minute"}
    return {
        "GUILDHALL_ENGINE__DETECTOR": "scripted",
        "GUILDHALL_ENGINE__CHILDREN": "1",
        "GUILDHALL_HTTP__RATES": json.dumps(dict.fromkeys(("read", "write", "auth", "sign_in", "refresh"), many)),
        "GUILDHALL_BLOBS__FOLDER": str(folder / "blobs"),
    }


async def enter(browser: Browser, guild: GuildhallProcess, name: str, path: str) -> Page:
    """Somebody of the guild, signed in, at this page."""
    context = await browser.new_context()
    context.set_default_timeout(SECONDS)
    page = await context.new_page()
    await page.goto(f"{guild.base_url}/sign-in?next={path}")
    await page.get_by_label("E-mail address").fill(f"{name}@example.org")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_test_id("sign-in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    if not page.url.endswith(path):
        await page.goto(f"{guild.base_url}{path}")
    return page


async def own_browser(browser: Browser, kept: str = "", **options: Any) -> BrowserContext:
    """Somebody's; they signed in before where `kept` is their pass, as a page keeps it."""
    context = await browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(SECONDS)
    if kept:
        await context.add_init_script(f"sessionStorage.setItem('guildhall.pass', JSON.stringify({kept}))")
    return context


class GuildHall(Hall):
    """The hall of the tests, over the real database and with accounts that can sign in."""

    def __init__(self, backbone: Backbone, folder: Path, organisation_id: str, accounts: Mapping[str, str]) -> None:
        self.organisation_id = organisation_id
        self._accounts = accounts
        super().__init__(backbone.storage, backbone.clock, folder, backbone.secret)  # type: ignore[arg-type]

    def account_of(self, name: str) -> str:
        return self._accounts[name]


async def found_guild(folder: Path, candidates: Mapping[str, tuple[str, str]] = CANDIDATES, **plan: Any) -> None:
    """A guild with an owner and three markers; candidates who chose `b` are right about the first question."""
    backbone = Backbone(Config.model_validate(settings_of(folder)))
    async with backbone.running():
        accounts = {name: await _sign_up(backbone, name) for name in (*STAFF, "ada", "bob")}
        guild = await backbone.accounts.organisations.create(accounts["boss"], "Welders", "welders")
        for name, role in STAFF.items():
            if name == "boss":
                continue
            address = f"{name}@example.org"
            await backbone.accounts.organisations.invite(accounts["boss"], guild.id, address, role)
            token = await _link(backbone, address, "invitation")
            await backbone.accounts.organisations.accept(token, account_id=accounts[name])
        known = {**accounts, **{name: f"usr_{name}" for name in candidates if name not in accounts}}
        hall = GuildHall(backbone, folder, guild.id, known)
        await hall.open_exam(
            items("single_choice", "long_text", "ordering", "matching"),
            **{
                "marking": {"markers": 2, "tolerance_percent": 10},
                "release": "by_hand",
                "feedback": "keys",
                "credential_title": "Welder",
                "credential_level": "B2",
                "credential_months": 24,
                **plan,
            },
        )
        for name, (choice, essay) in candidates.items():
            await hall.hand_in(name, {"q0": chosen(choice), "q1": written(essay), **ORDERED})


async def _sign_up(backbone: Backbone, name: str) -> str:
    address = f"{name}@example.org"
    await backbone.accounts.wishes.sign_up(address, PASSWORD, name.title())
    verified = await backbone.accounts.credentials.verify_email(await _link(backbone, address, "verify_email"))
    return verified.account.id


async def _link(backbone: Backbone, address: str, kind: str) -> str:
    mailbox = backbone.mailer
    assert isinstance(mailbox, DevelopmentMailbox)
    for _ in range(100):
        await backbone.accounts.wishes.drain()
        await backbone.outbox.deliver_due()
        for kept in await mailbox.newest(address, 5):
            found = re.search(r"#token=(\S+)", kept.mail.text)
            if kept.mail.kind == kind and found is not None:
                return found[1]
        await asyncio.sleep(0.05)
    raise AssertionError(f"no {kind} mail to {address}")
