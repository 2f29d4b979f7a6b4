import asyncio

from tests.fakes.client import SocketClient
from tests.guildhall.kit.sockets.members import LIFETIME_SECONDS, Open, closed_for


def told(client: SocketClient, event: str) -> list[dict[str, object]]:
    return [message for name, message in client.told if name == event]


async def test_a_peer_is_told_once_that_its_token_is_about_to_expire_and_once_for_the_next(
    open_clubhouse: Open,
) -> None:
    house = await open_clubhouse(expiry_notice_seconds=60)
    ada = await house.connect()
    house.clock.advance((LIFETIME_SECONDS - 61) * 1000)
    await asyncio.sleep(0.06)
    assert told(ada, "token_expiring") == []
    house.clock.advance(1000)
    notice = await ada.hear(lambda event, _: event == "token_expiring")
    assert notice == {"expires_at_ms": house.clock.now_ms() + 60_000}
    await asyncio.sleep(0.06)
    renewed = await ada.call("renew_token", {"token": house.token()})
    assert told(ada, "token_expiring") == [notice]
    house.clock.advance((LIFETIME_SECONDS - 60) * 1000)
    await ada.hear(lambda event, message: event == "token_expiring" and message == renewed)
    await asyncio.sleep(0.06)
    assert told(ada, "token_expiring") == [notice, renewed]


async def test_a_peer_whose_token_expired_is_told_so_before_it_is_disconnected(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    house.clock.advance(LIFETIME_SECONDS * 1000)
    assert await closed_for(ada) == "token_expired"
    assert [event for event, _ in ada.told][-1] == "session_closed"


async def test_an_event_after_the_end_is_answered_and_then_the_peer_is_told_why_it_has_to_go(
    open_clubhouse: Open,
) -> None:
    house = await open_clubhouse(sweep_seconds=60)
    ada = await house.connect()
    house.clock.advance(LIFETIME_SECONDS * 1000)
    assert (await ada.call("who_am_i", {}))["problem"]["status"] == 401
    assert await closed_for(ada) == "token_expired"


async def test_a_server_that_closes_says_so(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    await house.sockets.close()
    assert await closed_for(ada) == "server_closes"
