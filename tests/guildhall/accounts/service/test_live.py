import asyncio
from collections.abc import Awaitable, Callable

import pytest

from guildhall.accounts.model import PlatformRole, Session
from guildhall.accounts.rules.sessions import SessionEnded
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tokens import TokenExpired
from tests.guildhall.accounts.conftest import House


async def away(*_: object) -> None:
    raise StorageUnavailable("The database cannot be reached.")


async def test_an_access_token_lasts_ten_minutes(house: House) -> None:
    await house.sign_up()
    signed_in = await house.sign_in()
    house.clock.advance(601_000)
    with pytest.raises(TokenExpired):
        await house.principal(signed_in, is_read=True)


async def test_reads_go_on_for_a_minute_while_the_database_is_away_and_writes_do_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.sign_up()
    signed_in = await house.sign_in()
    await house.principal(signed_in)
    monkeypatch.setattr(house.store.sessions, "get", away)
    house.clock.advance(59_999)
    assert (await house.principal(signed_in, is_read=True)).id == signed_in.account.id
    with pytest.raises(StorageUnavailable):
        await house.principal(signed_in)
    house.clock.advance(1)
    with pytest.raises(StorageUnavailable):
        await house.principal(signed_in, is_read=True)


async def test_staff_are_looked_up_every_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    proctor = await house.staff("grace@example.org", PlatformRole.PROCTOR)
    await house.principal(proctor, is_read=True)
    monkeypatch.setattr(house.store.sessions, "get", away)
    with pytest.raises(StorageUnavailable):
        await house.principal(proctor, is_read=True)


async def test_a_revocation_in_another_process_is_believed_at_once(house: House) -> None:
    account = await house.sign_up()
    signed_in = await house.sign_in()
    other = house.another()
    await other.service.live.start()
    await other.principal(signed_in, is_read=True)
    await house.service.sessions.end(account.id, signed_in.session.id)
    with pytest.raises(SessionEnded):
        await other.principal(signed_in, is_read=True)
    await other.close()


async def test_a_revocation_while_the_session_is_being_read_is_not_remembered_wrongly(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.sign_up()
    signed_in = await house.sign_in()
    read: Callable[[str], Awaitable[Session | None]] = house.store.sessions.get
    has_read, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(session_id: str) -> Session | None:
        found = await read(session_id)
        has_read.set()
        await go_on.wait()
        return found

    with monkeypatch.context() as slow:
        slow.setattr(house.store.sessions, "get", slowly)
        reading = asyncio.ensure_future(house.principal(signed_in, is_read=True))
        await has_read.wait()
        slow.setattr(house.store.sessions, "get", read)
        await house.service.sessions.end(account.id, signed_in.session.id)
        go_on.set()
        await reading  # it came before the end
    with pytest.raises(SessionEnded):
        await house.principal(signed_in, is_read=True)


async def test_after_a_gap_in_the_bus_nothing_remembered_is_believed(house: House) -> None:
    await house.sign_up()
    signed_in = await house.sign_in()
    await house.principal(signed_in, is_read=True)
    session = signed_in.session
    await house.store.sessions.change(session.id, 0, lambda seen: seen.model_copy(update={"expires_at_ms": 0}))
    await house.principal(signed_in, is_read=True)
    house.service.live._forget_all()
    with pytest.raises(SessionEnded):
        await house.principal(signed_in, is_read=True)


@pytest.mark.parametrize("token", ["", "made up", "a.b.c"])
async def test_what_is_no_token_is_nobody(house: House, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await house.service.live.authenticate(token)


async def test_what_is_remembered_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guildhall.accounts.service.live.MAX_KEPT", 3)
    await house.sign_up()
    for _ in range(5):
        await house.principal(await house.sign_in())
    assert len(house.service.live._kept) == 3
