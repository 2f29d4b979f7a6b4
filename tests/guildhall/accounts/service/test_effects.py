"""Killed between any two steps, what was decided is carried out once: by the next verb's process, or by the job."""

from contextlib import suppress

import pytest

from guildhall.accounts.jobs import tidy
from guildhall.accounts.lifecycle import SessionState
from guildhall.accounts.model import EndReason
from guildhall.accounts.rules.sessions import SessionEnded, begin_epoch
from tests.guildhall.accounts.conftest import PASSWORD, House


class Killed(BaseException):
    """What no `except Exception` stops, as a SIGKILL is not."""


class Assassin:
    """Lets the storage be written to so many times, and kills at the next one."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.writes_left = 10**9
        store = house.store
        for collection in (
            store.accounts._collection,
            store.sessions._collection,
            store.flows._collection,
            store.organisations._collection,
            store._wishes,
            store._tallies,
            house.audit._log._collection,
            house.outbox._collection,
        ):
            for name in ("insert", "update_if", "upsert", "delete"):
                self._watch(collection, name, monkeypatch)

    def _watch(self, collection: object, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(collection, name)

        async def watched(*args: object, **kwargs: object) -> object:
            if self.writes_left <= 0:
                raise Killed
            self.writes_left -= 1
            return await original(*args, **kwargs)

        monkeypatch.setattr(collection, name, watched)


STEPS = range(1, 14)


async def settled(house: House) -> None:
    """Another process comes and does what the dead one left behind."""
    house.clock.advance(11_000)
    other = house.another()
    await tidy(other.service)
    await tidy(other.service)
    await other.close()


@pytest.mark.parametrize("writes", STEPS)
async def test_a_password_change_killed_anywhere_happens_wholly_or_not_at_all(
    house: House, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    account = await house.sign_up()
    thief, owner = await house.sign_in(), await house.sign_in()
    mails_before = len(await house.mails("ada@example.org"))
    with monkeypatch.context() as patch:
        assassin = Assassin(house, patch)
        assassin.writes_left = writes
        with suppress(Killed):
            await house.service.credentials.change_password(
                account.id, owner.session.id, PASSWORD, "nine ropes under the bridge"
            )
    changed = (await house.account(account.id)).password_hash != account.password_hash
    if changed:  # at once, before anybody has followed it up
        with pytest.raises(SessionEnded):
            await house.principal(thief)
        with pytest.raises(SessionEnded):
            await house.service.sessions.refresh(thief.refresh_token)
    assert (await house.principal(owner)).id == account.id
    await settled(house)
    assert (await house.account(account.id)).pending == {}
    assert (await house.actions()).count("accounts.change_password") == int(changed)
    assert len(await house.mails("ada@example.org")) == mails_before + int(changed)
    assert (thief.session.id in house.revoked) is changed
    ended = await house.store.sessions.get(thief.session.id)
    assert ended is not None
    assert ended.end_reason is (EndReason.PASSWORD_CHANGE if changed else None)


@pytest.mark.parametrize("writes", range(1, 10))
async def test_a_sign_up_killed_anywhere_makes_one_account_and_one_mail(
    house: House, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    with monkeypatch.context() as patch:
        assassin = Assassin(house, patch)
        assassin.writes_left = writes
        await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
        tasks = list(house.service.wishes._tasks._tasks)
        for task in tasks:
            with suppress(Killed):
                await task
    await settled(house)
    mails = await house.mails("ada@example.org")
    assert [mail.kind for mail in mails] == ["verify_email"]
    assert (await house.actions()).count("accounts.sign_up") == 1
    await house.service.credentials.verify_email(await house.link("ada@example.org", "verify_email"))
    assert await house.store.wishes_before(house.clock.now_ms(), 10) == []


@pytest.mark.parametrize("writes", range(1, 9))
async def test_leaving_an_organisation_killed_anywhere_leaves_no_role_behind(
    house: House, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    ada = await house.sign_up()
    organisation = await house.service.organisations.create(ada.id, "Engines", "engines")
    with monkeypatch.context() as patch:
        assassin = Assassin(house, patch)
        assassin.writes_left = writes
        with suppress(Killed):
            await house.service.organisations.close(ada.id, organisation.id)
    await settled(house)
    kept = await house.store.organisations.get(organisation.id)
    assert kept is not None
    assert ((await house.account(ada.id)).organisations == {}) is (kept.closed_at_ms is not None)
    assert kept.pending == {}


async def test_carrying_out_the_same_effects_again_doubles_nothing(house: House) -> None:
    account = await house.sign_up()
    await house.sign_in()
    seen = begin_epoch(await house.account(account.id), EndReason.ADMIN, house.clock.now_ms())
    notice = house.service.context.letters.security_notice(account, "Something.", house.clock.now_ms())
    decided = seen.then({**seen.pending, "mail_once": notice})
    stored = await house.store.accounts.replace(await house.account(account.id), decided, house.clock.now_ms())
    assert stored is not None
    for _ in range(3):
        await house.service.context.effects.carry_out(house.store.accounts, stored)
    assert len([mail for mail in await house.mails("ada@example.org") if "Something." in mail.text]) == 1
    after = await house.account(account.id)
    assert (after.pending, after.pending_count) == ({}, 0)


async def test_everybody_is_signed_out_however_many_sign_ins_came_and_went_since(house: House) -> None:
    account = await house.sign_up()
    oldest = (await house.sign_in()).session
    for number in range(250):
        ended = {"id": f"ses_{number}", "created_at_ms": oldest.created_at_ms + 1, "state": SessionState.REVOKED}
        await house.store.sessions.add(oldest.model_copy(update=ended))
    await house.service.sessions.end_all(account.id)
    kept = await house.store.sessions.get(oldest.id)
    assert kept is not None
    assert kept.state is SessionState.REVOKED
    assert oldest.id in house.revoked
