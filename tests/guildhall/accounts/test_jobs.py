import asyncio

import pytest

from guildhall.accounts.jobs import KEEP_ENDED_SESSIONS_MS, tidy, tidy_for_ever
from guildhall.accounts.lifecycle import AccountState, SessionState
from guildhall.accounts.model import Session
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.storage.versioned import TooBusy
from tests.guildhall.accounts.conftest import PASSWORD, House

DAY_MS = 86_400_000


async def test_a_sign_up_nobody_confirmed_lapses_after_a_week_and_frees_its_address(house: House) -> None:
    await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
    await house.mails("ada@example.org")
    house.clock.advance(7 * DAY_MS - 1)
    await tidy(house.service)
    assert await house.store.account_with_email("ada@example.org") is not None
    house.clock.advance(1)
    await tidy(house.service)
    assert await house.store.account_with_email("ada@example.org") is None
    assert (await house.sign_up()).state is AccountState.ACTIVE


async def test_a_session_whose_time_is_over_expires_tells_its_sockets_and_is_forgotten_later(house: House) -> None:
    await house.sign_up()
    session_id = (await house.sign_in()).session.id
    house.clock.advance(60 * DAY_MS)
    await tidy(house.service)
    expired = await house.store.sessions.get(session_id)
    assert expired is not None
    assert (expired.state, house.revoked) == (SessionState.EXPIRED, [session_id])
    house.clock.advance(KEEP_ENDED_SESSIONS_MS)
    await tidy(house.service)
    assert await house.store.sessions.get(session_id) is None


async def test_a_former_address_is_forgotten_when_it_cannot_be_taken_back_any_more(house: House) -> None:
    account = await house.sign_up()
    await house.service.wishes.change_email(account.id, "new@example.org")
    await house.service.credentials.confirm_email(await house.link("new@example.org", "change_email"))
    await tidy(house.service)
    assert (await house.account(account.id)).former_email == "ada@example.org"
    house.clock.advance(3 * DAY_MS)
    await tidy(house.service)
    assert (await house.account(account.id)).former_email == ""
    await house.sign_up()


async def test_flows_and_counters_are_forgotten(house: House) -> None:
    await house.sign_up()
    await house.protect(await house.sign_in())
    await house.ask_for_code()
    house.clock.advance(DAY_MS)
    await tidy(house.service)
    assert await house.store.flows.find({}, limit=5) == []
    assert await house.store._tallies.count() == 0


async def test_a_document_whose_effect_cannot_be_carried_out_stops_no_other(house: House) -> None:
    for to in ("nonsense", "bob@example.org"):
        account = await house.sign_up(f"{to[0]}@example.org", "Somebody")
        notice = house.service.context.letters.notice(account, "Subject", "Text.", house.clock.now_ms())
        effect = notice.model_copy(update={"details": {**notice.details, "to": to}})
        seen = await house.account(account.id)
        await house.store.accounts.replace(seen, seen.then({"mail_x": effect}), 0)
    await tidy(house.service)
    assert [mail.kind for mail in await house.mails("bob@example.org")] == ["notice"]
    assert len(await house.store.accounts.with_pending(5)) == 1


async def test_the_job_outlives_a_database_that_is_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = asyncio.Event()

    async def away(*_: object) -> None:
        tried.set()
        raise StorageUnavailable("The database cannot be reached.")

    monkeypatch.setattr(house.store.accounts, "with_pending", away)
    job = asyncio.ensure_future(tidy_for_ever(house.service))
    await tried.wait()
    await asyncio.sleep(0)
    assert not job.done()
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)


async def test_a_sign_up_nobody_confirmed_leaves_no_document(house: House) -> None:
    await house.service.wishes.sign_up("ada@example.org", PASSWORD, "Ada")
    await house.mails("ada@example.org")
    house.clock.advance(7 * DAY_MS)
    await tidy(house.service)
    assert await house.store.accounts.find({}, limit=5) == []


async def test_a_session_that_another_worker_deleted_stops_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.sign_up()
    gone, left = await house.sign_in(), await house.sign_in()
    house.clock.advance(60 * DAY_MS)
    over = await house.store.sessions_over(house.clock.now_ms())
    await house.store.sessions.delete({"_id": gone.session.id})

    async def as_it_was(_: int) -> list[Session]:
        return sorted(over, key=lambda session: session.id != gone.session.id)

    monkeypatch.setattr(house.store, "sessions_over", as_it_was)
    await tidy(house.service)
    (kept,) = await house.store.sessions_of(account.id)
    assert (kept.id, kept.state) == (left.session.id, SessionState.EXPIRED)


@pytest.mark.parametrize("failure", [TooBusy("usr_1"), RuntimeError("a defect")])
async def test_the_job_outlives_whatever_one_pass_of_it_meets(
    house: House, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    tried = asyncio.Event()

    async def fail(*_: object) -> None:
        tried.set()
        raise failure

    monkeypatch.setattr(house.store, "accounts_done_changing", fail)
    job = asyncio.ensure_future(tidy_for_ever(house.service))
    await tried.wait()
    await asyncio.sleep(0)
    assert not job.done()
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
