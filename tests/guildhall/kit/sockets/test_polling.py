"""Sessions that poll: what holds of websockets holds of them."""

import asyncio
import json

import aiohttp
import pytest
import socketio

from tests.guildhall.kit.sockets.members import Open
from tests.guildhall.kit.sockets.poller import Poller, joined, left_nothing, poller, quiet
from tests.guildhall.kit.sockets.room import Said, Serve, until


@pytest.mark.parametrize(("transports", "at_last"), [((), "websocket"), (("polling",), "polling")])
async def test_the_librarys_own_client_connects_and_is_heard_in_order(
    serve: Serve, transports: tuple[str, ...], at_last: str
) -> None:
    served = await serve(quiet())
    ada = await joined(served, *transports)
    assert ada.io.transport() == at_last
    answers = await asyncio.gather(*(ada.call("say", {"text": str(number)}) for number in range(12)))
    assert [answer["text"] for answer in answers] == [str(number) for number in range(12)]
    assert await ada.call("picture", {"number": 1, "parts": {"a": b"\x00\xff"}, "jpeg": b"x" * 50_000}) == {
        "number": 50_002
    }
    for number in range(40):
        picture = bytes([number]) * (number * 2_000) if number % 2 else None
        served.sockets.announce("/room", "everybody", Said(text=str(number), picture=picture))
    await until(lambda: len(ada.told) == 41)
    assert [said["text"] for said in ada.told[1:]] == [str(number) for number in range(40)]
    assert all(said["picture"] == bytes([n]) * (n * 2_000) for n, said in enumerate(ada.told[1:]) if n % 2)
    await ada.io.disconnect()
    await left_nothing(served)


async def test_a_session_that_polls_is_told_what_it_may_do(serve: Serve) -> None:
    served = await serve(quiet(max_message_bytes=50_000))
    async with aiohttp.ClientSession() as http:
        told = await Poller(http, served.url).open()
    assert (told["upgrades"], told["maxPayload"]) == (["websocket"], 50_000)


async def test_where_there_are_no_websockets_none_is_offered_or_taken(serve: Serve) -> None:
    served = await serve(quiet(transports=("polling",)))
    async with poller(served.url) as ada:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await ada.websocket()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await ada.http.ws_connect(ada.session_url)
        assert await ada.post('42/room,7["say",{"text":"here"}]') == 200
        assert (await ada.poll_until("43/room,7"))[-1] == '43/room,7[{"text":"here"}]'


@pytest.mark.parametrize(
    ("origin", "allowed", "answer"),
    [
        ("http://{host}", (), 200),
        ("http://elsewhere.example", (), 400),
        ("null", (), 400),
        ("https://exams.example", ("https://exams.example",), 200),
    ],
)
async def test_only_our_own_pages_and_named_origins_may_poll(
    serve: Serve, origin: str, allowed: tuple[str, ...], answer: int
) -> None:
    served = await serve(quiet(allowed_origins=allowed))
    origin = origin.format(host=f"{served.http.host}:{served.http.port}")
    async with poller(served.url, join=False) as ada:
        for method, url, data in (("GET", ada.url, None), ("POST", ada.session_url, "3"), ("OPTIONS", ada.url, None)):
            async with ada.http.request(method, url, data=data, headers={"Origin": origin}) as told:
                assert told.status == answer
                assert told.headers.get("Access-Control-Allow-Origin") == (origin if answer == 200 else None)


async def test_an_answer_is_kept_by_no_cache_and_never_compressed(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        served.sockets.announce("/room", "everybody", Said(text="x" * 5_000))
        async with ada.http.get(ada.session_url, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Content-Encoding" not in answer.headers


async def test_jsonp_is_refused(serve: Serve) -> None:
    served = await serve(quiet())
    async with aiohttp.ClientSession() as http, http.get(f"{served.url}socket.io/?EIO=4&transport=polling&j=0") as told:
        assert told.status == 422


async def test_a_session_that_joins_nothing_is_dropped(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_per_address=1)
    async with poller(house.url, join=False) as ada:
        async with ada.http.get(ada.url) as answer:
            assert answer.status == 429
        waiting = asyncio.create_task(ada.poll())
        await until(lambda: house.sockets._connections._wire._links[ada.sid]._poll)  # type: ignore[attr-defined]
        house.clock.advance(5_000)
        assert await waiting == ["1"]
        await until(lambda: not house.sockets._connections._addresses._places)
        await house.connect()


@pytest.mark.parametrize("ended", ["expired", "revoked", "replaced", "server_closes"])
async def test_the_ends_of_a_peer_are_told_to_one_that_polls(open_clubhouse: Open, ended: str) -> None:
    house = await open_clubhouse(max_per_subject=1)
    async with poller(house.url, join=False) as ada:
        assert await ada.post(f"40/members,{json.dumps({'token': house.token()})}") == 200
        await ada.poll_until("40/members,")
        waiting = asyncio.create_task(ada.poll_until("41/members,"))
        await until(lambda: house.sockets._connections._wire._links[ada.sid]._poll)  # type: ignore[attr-defined]
        match ended:
            case "expired":
                house.clock.advance(601_000)
            case "revoked":
                assert await house.sockets.revoke(["ses_1"]) == 1
            case "replaced":
                await house.connect()
            case _:
                await house.sockets.close()
        heard = await waiting
    told = [each for each in heard if "session_closed" in each]
    assert len(told) == 1, heard
    assert {"expired": "token_expired"}.get(ended, ended) in told[0]
    await until(lambda: house.members.parted)


async def test_a_dead_poller_is_noticed(serve: Serve) -> None:
    served = await serve(quiet(ping_interval_seconds=1, ping_timeout_seconds=0.5))
    async with poller(served.url):
        await until(lambda: served.sockets.peers == 0)
    await left_nothing(served)


async def test_a_server_that_stops_opens_no_further_session(serve: Serve) -> None:
    served = await serve(quiet())
    await served.sockets.close()
    async with aiohttp.ClientSession() as http, http.get(f"{served.url}socket.io/?EIO=4&transport=polling") as told:
        assert told.status == 503
    with pytest.raises(socketio.exceptions.ConnectionError):
        await joined(served, "websocket")
