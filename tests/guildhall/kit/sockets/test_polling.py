"""Sessions that poll, and those that go on over a websocket: what holds of websockets holds of them."""

import asyncio
import base64
import io
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web

from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets import SocketServer, SocketSettings, polling
from guildhall.kit.sockets.intake import SPARE
from guildhall.kit.sockets.payloads import PACKETS_READ_MAX
from guildhall.kit.sockets.polling import PACKETS_SENT_MAX
from tests.guildhall.kit.sockets.members import Open
from tests.guildhall.kit.sockets.room import Client, Number, Room, Said, Serve, Served, until

JOIN = '40/room,{"token":"ada"}'
RS = "\x1e"


def quiet(**settings: Any) -> SocketSettings:
    """Nobody is told that its token expires, as the room's do within the minute."""
    return SocketSettings.model_validate({"sweep_seconds": 0.02, "expiry_notice_seconds": 0, **settings})


class Poller:
    """A session by hand: each request is one of the test's own."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = f"{url}socket.io/?EIO=4&transport=polling"
        self.sid = ""

    @property
    def session_url(self) -> str:
        return f"{self.url}&sid={self.sid}"

    async def open(self, **headers: str) -> dict[str, Any]:
        async with self.http.get(self.url, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            told: dict[str, Any] = json.loads((await answer.text())[1:])
        self.sid = told["sid"]
        return told

    async def post(self, *packets: str) -> int:
        async with self.http.post(self.session_url, data=io.BytesIO(RS.join(packets).encode())) as answer:
            return answer.status

    async def poll(self) -> list[str]:
        async with self.http.get(self.session_url) as answer:
            return (await answer.text()).split(RS) if answer.status == 200 else [f"status {answer.status}"]

    async def poll_until(self, start: str) -> list[str]:
        heard: list[str] = []
        async with asyncio.timeout(5):
            while not any(each.startswith(start) for each in heard):
                heard += await self.poll()
        return heard

    async def websocket(self) -> aiohttp.ClientWebSocketResponse:
        return await self.http.ws_connect(self.session_url.replace("=polling", "=websocket"))


@asynccontextmanager
async def poller(url: str, *, join: bool = True) -> AsyncIterator[Poller]:
    async with aiohttp.ClientSession() as http:
        made = Poller(http, url)
        await made.open()
        if join:
            assert await made.post(JOIN) == 200
            await made.poll_until('42/room,["said"')
        yield made


async def joined(served: Served, *transports: str) -> Client:
    """The library's own client; with no transports named it begins by polling and upgrades."""
    client = served.client()
    options = {"transports": list(transports)} if transports else {}
    await client.io.connect(served.url, auth={"token": "ada"}, namespaces=["/room"], **options)
    await until(lambda: client.told)
    return client


async def left_nothing(served: Served) -> None:
    wire, connections = served.sockets._connections._wire, served.sockets._connections
    await until(lambda: not (wire._links or wire.eio.sockets or wire.eio.pings))
    kept = [connections._connections, connections._addresses._places, connections._admission._tries]
    assert not any([*kept, wire.environ, connections._rooms])


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


async def test_nothing_is_lost_doubled_or_reordered_across_an_upgrade(serve: Serve) -> None:
    served = await serve(quiet())
    sent = 0
    heard: list[str] = []

    def announce(count: int) -> None:
        nonlocal sent
        for _ in range(count):
            picture = b"x" * (sent * 7 % 100) if sent % 3 == 0 else None
            served.sockets.announce("/room", "everybody", Said(text=str(sent), picture=picture))
            sent += 1

    def read(packets: list[str]) -> None:
        heard.extend(json.loads(each[each.index("[") :])[1]["text"] for each in packets if '"said"' in each)

    async with poller(served.url) as ada:
        announce(30)
        read(await ada.poll())
        waiting = asyncio.create_task(ada.poll())
        upgrade = await ada.websocket()
        await upgrade.send_str("2probe")
        announce(15)
        assert await upgrade.receive_str() == "3probe"
        read(await waiting)
        announce(10)
        assert await ada.post('42/room,1["say",{"text":"posted"}]') == 200
        for _ in range(3):  # what is not for now is a noop, and it polls on
            read(await ada.poll())
        announce(40)  # waits for whichever comes
        await upgrade.send_str("5")
        announce(20)
        await upgrade.send_str('42/room,2["say",{"text":"sent"}]')
        rest: list[str] = []
        while not rest or not rest[-1].startswith("43/room,2"):
            message = await upgrade.receive(timeout=5)
            rest += [message.data] if message.type is aiohttp.WSMsgType.TEXT else []
        read(rest)
        assert await ada.poll() == ["status 400"]
        assert await ada.post("3") == 400
        await upgrade.close()
    assert heard == [str(number) for number in range(sent)]
    await left_nothing(served)


async def test_a_message_may_begin_by_polling_and_end_on_the_websocket(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        placeholder = '{"number":1,"parts":{},"jpeg":{"_placeholder":true,"num":0}}'
        assert await ada.post(f'451-/room,7["picture",{placeholder}]') == 200
        upgrade = await ada.websocket()
        await upgrade.send_str("2probe")
        assert await upgrade.receive_str() == "3probe"
        await upgrade.send_str("5")
        await upgrade.send_bytes(b"x" * 1_000)
        assert await upgrade.receive_str() == '43/room,7[{"number":1000}]'


async def test_an_answer_to_what_was_posted_comes_over_the_websocket_when_that_is_there(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        assert await ada.post('42/room,7["later",{"number":1}]') == 200
        await until(lambda: 1 in served.room.gates)
        upgrade = await ada.websocket()
        await upgrade.send_str("2probe")
        assert await upgrade.receive_str() == "3probe"
        await upgrade.send_str("5")
        await until(lambda: served.sockets._connections._wire.eio.transport(ada.sid) == "websocket")
        served.room.gates[1].set_result(Number(number=1))
        assert await upgrade.receive_str() == '43/room,7[{"number":1}]'


@pytest.mark.parametrize("said", [[], ["5"], ["2probe", "2probe"], ["40"], ["2probe"]], ids=str)
async def test_an_upgrade_that_fails_leaves_the_session_polling(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    monkeypatch.setattr(polling, "UPGRADE_SECONDS", 0.3)
    served = await serve(quiet())
    async with poller(served.url) as ada:
        upgrade = await ada.websocket()
        with pytest.raises(aiohttp.WSServerHandshakeError):  # one at a time
            await ada.websocket()
        for each in said:
            await upgrade.send_str(each)
        async with asyncio.timeout(5):
            while not upgrade.closed:
                await upgrade.receive()
        assert await ada.post('42/room,7["say",{"text":"here"}]') == 200
        assert (await ada.poll_until("43/room,7"))[-1].startswith('43/room,7[{"text":"here"')
        assert served.sockets.peers == 1


@pytest.mark.parametrize("announced", ["reliable", "pings"])
async def test_who_stops_polling_is_cut_off_and_nothing_of_it_is_kept(
    serve: Serve, logged: io.StringIO, announced: str
) -> None:
    served = await serve(
        SocketSettings(
            expiry_notice_seconds=0, max_unsent_bytes=1_000_000, ping_interval_seconds=1, ping_timeout_seconds=30
        )
    )
    async with poller(served.url) as ada:
        link = served.sockets._connections._wire._links[ada.sid]
        if announced == "reliable":
            sent = 0
            while served.sockets.peers and sent < 100:
                sent += 1
                served.sockets.announce("/room", "everybody", Said(text="x", picture=b"x" * 100_000))
                await asyncio.sleep(0)
                assert link._pending_bytes <= 1_000_000  # type: ignore[attr-defined]
            assert sent < 15
        else:
            async with asyncio.timeout(20):
                while served.sockets.peers:  # it pings back without having been asked
                    await ada.post("3")
                    await asyncio.sleep(0.1)
        assert ("slow_reader_cut_off" if announced == "reliable" else "stopped_polling") in logged.getvalue()
        await left_nothing(served)
        assert not link._pending  # type: ignore[attr-defined]
        assert await ada.poll() == ["status 400"]


async def test_who_polls_without_reading_is_cut_off(serve: Serve, logged: io.StringIO) -> None:
    served = await serve(quiet(max_unsent_bytes=16_000_000))
    async with poller(served.url) as ada:
        link: Any = served.sockets._connections._wire._links[ada.sid]
        served.sockets.announce("/room", "everybody", Said(text="x", picture=b"x" * 12_000_000))
        slow = socket.create_connection((served.http.host, served.http.port or 0))
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        with slow:
            slow.sendall(f"GET /socket.io/?EIO=4&transport=polling&sid={ada.sid} HTTP/1.1\r\nHost: y\r\n\r\n".encode())
            await until(lambda: not link._pending)
            await until(link._last_answered.get_write_buffer_size)
            assert await ada.poll() == ["status 400"]
        assert "polls before it has read" in logged.getvalue()
    await left_nothing(served)


async def test_polling_twice_at_once_ends_a_session(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        first = asyncio.create_task(ada.poll())
        await until(lambda: served.sockets._connections._wire._links[ada.sid]._poll)  # type: ignore[attr-defined]
        assert await ada.poll() == ["status 400"]
        assert await first == ["1"]
    await left_nothing(served)


@pytest.mark.parametrize("cancelled", [True, False])
async def test_a_poll_whose_connection_broke_may_be_asked_again_and_loses_nothing(cancelled: bool) -> None:
    """Whether or not aiohttp cancels the handler of a client that has gone: a test's server does, ours does not."""
    sockets = SocketServer(quiet(), ManualClock())
    sockets.add(Room(ManualClock()))
    app = web.Application()
    sockets.attach(app)
    runner = web.AppRunner(app, handler_cancellation=cancelled)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with poller(f"http://127.0.0.1:{runner.addresses[0][1]}/") as ada:
            link: Any = sockets._connections._wire._links[ada.sid]
            for _ in range(3):
                lost = asyncio.create_task(ada.poll())
                await until(lambda: link._poll)
                lost.cancel()
                await until(lambda: polling._is_gone(link._poller))
                sockets.announce("/room", "everybody", Said(text="heard"))
                assert '"heard"' in (await ada.poll())[0]
    finally:
        await runner.cleanup()


async def test_posting_twice_at_once_ends_a_session(serve: Serve) -> None:
    served = await serve(quiet())
    door = served.room.doors[0] = asyncio.Event()
    async with poller(served.url, join=False) as ada:
        first = asyncio.create_task(ada.post('40/room,{"token":"held"}'))
        await until(lambda: served.room.handshakes)
        assert await ada.post("3") == 400
        door.set()
        await first
    await left_nothing(served)


@pytest.mark.parametrize(
    "packets",
    [
        ["hello"],
        [""],
        ["4"],
        ["3", "", "3"],
        ["b!!!not base64"],
        ["bAAA"],
        ["bAAAA"],
        ["2probe"],
        ["5"],
        ["0{}"],
        ["d=42"],
        ["42/room,7{not json"],
        ["42/room," + "[" * 100_000],
        ["450-/room,[]", "bAAAA"],
        ['451-/room,["picture",{"jpeg":{"_placeholder":true,"num":7}}]', "bAAAA"],
        ['451-/room,["picture",{}]', "42/room,[]"],
        ['42/room,["say",{"text":"' + "x" * 1_000_000 + '"}]'],
        ["x" * 2_000_000],
        [""] * 100_000,
        ["3"] * PACKETS_READ_MAX + ["3"],
        ["3"] * (SPARE.burst + 1),
    ],
    ids=lambda packets: f"{str(packets[-1])[:20]} {len(packets)}",
)
async def test_a_payload_that_cannot_be_taken_ends_its_own_session_and_no_other(
    serve: Serve, packets: list[str]
) -> None:
    served = await serve(quiet())
    bob = await served.connect("bob")
    async with poller(served.url) as ada:
        assert await ada.post(*packets) == 400
        assert served.sockets.peers == 1
        assert await ada.post("3") == 400
        assert await ada.poll() == ["status 400"]
    assert await bob.call("say", {"text": "here"}) == {"text": "here"}


async def test_a_body_that_is_cut_short_is_not_taken_in_part(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        packet = b'42/room,["say",{"text":"half"}]\x1e'
        head = (
            f"POST /socket.io/?EIO=4&transport=polling&sid={ada.sid} HTTP/1.1\r\nHost: yard\r\nContent-Length: 900\r\n"
        )
        _, writer = await asyncio.open_connection(served.http.host, served.http.port)
        writer.write(head.encode() + b"\r\n" + packet)
        await writer.drain()
        writer.close()
        await until(lambda: served.sockets.peers == 0)
    assert not any("half" in each for each in served.room.happened)
    await left_nothing(served)


async def test_a_body_comes_whole_however_it_is_sent(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        picture = base64.b64encode(b"x" * 90_000)
        head = b'451-/room,7["picture",{"number":1,"parts":{},"jpeg":{"_placeholder":true,"num":0}}]\x1eb'

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(whole), 7_000):
                yield whole[start : start + 7_000]
                await asyncio.sleep(0)

        whole = head + picture
        async with ada.http.post(ada.session_url, data=pieces()) as answer:
            assert answer.status == 200
        assert (await ada.poll_until("43/room,7"))[-1] == '43/room,7[{"number":90000}]'


async def test_events_in_one_payload_are_heard_in_their_order_and_limited(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        assert await ada.post(*(f'42/room,{n}["seldom",{{"number":{n}}}]' for n in range(4))) == 200
        assert await ada.post(*(f'42/room,{n}["say",{{"text":"{n}"}}]' for n in range(4, 24))) == 200
        heard = await ada.poll_until("43/room,23")
    assert served.room.happened == [f"say {n}" for n in range(4, 24)]
    answers = {int(each.partition("[")[0].removeprefix("43/room,")): each for each in heard}
    assert [number for number, each in answers.items() if '"status":429' in each] == [2, 3]
    assert sorted(answers) == list(range(24))


async def test_an_answer_holds_no_more_packets_than_the_librarys_client_takes(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        for number in range(50):
            served.sockets.announce("/room", "everybody", Said(text=str(number), picture=b"x"))
        polls = [await ada.poll() for _ in range(7)]
    assert [len(each) for each in polls] == [PACKETS_SENT_MAX] * 6 + [100 - 6 * PACKETS_SENT_MAX]


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
