import asyncio
import io
from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest
import socketio

from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets import SocketServer, SocketSettings
from tests.guildhall.kit.sockets.room import LIFETIME_MS, Room, Said, Say, Serve, Served, until


async def refused(served: Served, auth: Any) -> dict[str, Any]:
    """What a client that is refused is told."""
    client = served.client()
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.join(served.url, auth)
    await until(lambda: client.refusals)
    refusal = client.refusals[0]
    assert isinstance(refusal, dict)
    return refusal


async def test_a_peer_is_welcomed_before_anything_else(serve: Serve) -> None:
    served = await serve()
    ada = await served.connect("ada")
    assert ada.told == [{"text": "welcome ada", "picture": None}]
    assert served.sockets.peers == 1


@pytest.mark.parametrize(
    "auth", [None, {}, {"token": ""}, {"token": 5}, {"token": None}, {"other": "x"}, "token", ["token"]]
)
async def test_a_caller_without_a_token_is_told_why_it_is_refused(serve: Serve, auth: Any) -> None:
    served = await serve()
    refusal = await refused(served, auth)
    assert refusal["message"] == "No token was sent."
    assert refusal["data"]["problem"]["status"] == 401
    assert served.sockets.peers == 0


async def test_a_crash_while_admitting_refuses_and_tells_nothing(serve: Serve, logged: io.StringIO) -> None:
    refusal = await refused(await serve(), {"token": "crash"})
    assert refusal["data"]["problem"]["status"] == 500
    assert "secret" not in str(refusal)
    assert "the secret is in this text" in logged.getvalue()


async def test_admitting_that_takes_too_long_is_given_up(serve: Serve) -> None:
    refusal = await refused(await serve(SocketSettings(admission_seconds=0.05)), {"token": "slow"})
    assert refusal["data"]["problem"]["status"] == 503


@pytest.mark.parametrize("path", ["/", "/elsewhere"])
async def test_a_namespace_that_nobody_serves_admits_nobody(serve: Serve, path: str) -> None:
    served = await serve()
    client = served.client()
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.io.connect(served.url, auth={"token": "ada"}, namespaces=[path], transports=["websocket"])


async def open_socket(http: aiohttp.ClientSession, served: Served, *packets: str) -> aiohttp.ClientWebSocketResponse:
    """A connection without the library: the first message is Engine.IO's, then the packets' answers come."""
    socket = await http.ws_connect(f"{served.url}socket.io/?EIO=4&transport=websocket")
    assert (await socket.receive_str())[0] == "0"
    for packet in packets:
        await socket.send_str(packet)
    return socket


async def is_closed(socket: aiohttp.ClientWebSocketResponse) -> bool:
    async with asyncio.timeout(5):
        while not socket.closed:
            await socket.receive()
    return True


@pytest.mark.parametrize("packets", [[], ["40/room,"], ['40/room,{"token":""}'], ["40/elsewhere,"], ["40"]])
async def test_a_transport_that_nobody_is_admitted_on_is_cut_off(serve: Serve, packets: list[str]) -> None:
    served = await serve()
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served, *packets)
        served.clock.advance(4_999)
        await asyncio.sleep(0.1)
        assert not socket.closed
        served.clock.advance(1)
        assert await is_closed(socket)


async def test_a_caller_whose_transport_goes_while_it_is_being_admitted_never_becomes_a_peer(serve: Serve) -> None:
    served = await serve()
    served.room.doors[0] = asyncio.Event()
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served, '40/room,{"token":"held"}')
        await until(lambda: served.room.handshakes)
        served.clock.advance(5_000)
        assert await is_closed(socket)
        served.room.doors[0].set()
        await asyncio.sleep(0.05)
    bob = await served.connect("bob")
    assert await bob.call("say", {"text": "x"}) == {"text": "x"}
    assert served.sockets.peers == 1
    assert [peer.claims.name for peer in served.room.peers] == ["bob"]
    # The library took the cancelled `admit` for a yes, and would keep the caller for ever.
    assert len(served.sockets._wire.manager.rooms["/room"][None]) == 1


async def test_a_handshake_that_failed_is_forgotten_like_a_transport_that_nobody_is_on(
    serve: Serve, logged: io.StringIO
) -> None:
    served = await serve()
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    url = f"{served.url}socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        assert answer.status == 400
        served.clock.advance(5_000)
        await until(lambda: "bare_transport_dropped" in logged.getvalue())
        await asyncio.sleep(0.1)
    assert logged.getvalue().count("bare_transport_dropped") == 1


async def test_a_message_without_an_event_can_only_be_a_reply(serve: Serve) -> None:
    served = await serve()
    await served.connect()
    with pytest.raises(ValueError, match="Say names no event"):
        await served.room.peers[0].send(Say(text="x"))


async def test_a_transport_whose_last_peer_left_is_cut_off_and_one_with_a_peer_stays(serve: Serve) -> None:
    served = await serve()
    async with aiohttp.ClientSession() as http:
        leaving = await open_socket(http, served, '40/room,{"token":"ada"}', "41/room,")
        staying = await open_socket(http, served, '40/room,{"token":"bob"}')
        await until(lambda: [word for word in served.room.happened if word.startswith("part ada")])
        await until(lambda: [peer for peer in served.room.peers if peer.claims.name == "bob"])
        served.clock.advance(10_000)
        assert await is_closed(leaving)
        await staying.send_str('42/room,7["say",{"text":"here"}]')
        while not (answer := await staying.receive_str()).startswith("43"):
            pass
        assert answer == '43/room,7[{"text":"here"}]'


async def test_an_idle_peer_is_disconnected_when_its_token_expires(serve: Serve) -> None:
    served = await serve()
    ada = await served.connect("ada")
    served.clock.advance(LIFETIME_MS // 2)
    bob = await served.connect("bob")
    served.clock.advance(LIFETIME_MS // 2)
    await until(lambda: ada.disconnects)
    await until(lambda: served.room.happened == ["part ada: token expired"])
    assert await bob.call("say", {"text": "still here"}) == {"text": "still here"}


async def test_an_announcement_reaches_the_peers_of_its_room_and_no_other(serve: Serve) -> None:
    served = await serve()
    ada, bob, eve = [await served.connect(name) for name in ("ada", "bob", "eve")]
    for peer in served.room.peers[:2]:
        peer.join("two")
    for number in range(5):
        served.sockets.announce("/room", "two", Said(text=str(number), picture=b"\xff\x00"))
    served.sockets.announce("/room", "nobody", Said(text="lost"))
    served.sockets.announce("/elsewhere", "two", Said(text="lost"))
    served.sockets.announce("/room", "everybody", Said(text="end"))
    for client in (ada, bob, eve):
        await until(lambda client=client: client.told[-1]["text"] == "end")  # type: ignore[misc]
    assert [said["text"] for said in ada.told[1:]] == ["0", "1", "2", "3", "4", "end"]
    assert ada.told[1]["picture"] == b"\xff\x00"
    assert bob.told[1:] == ada.told[1:]
    assert [said["text"] for said in eve.told[1:]] == ["end"]


async def test_who_leaves_a_room_or_the_server_is_told_nothing_more(serve: Serve) -> None:
    served = await serve()
    ada, bob = await served.connect("ada"), await served.connect("bob")
    served.room.peers[0].leave("everybody")
    served.room.peers[0].leave("never joined")
    served.sockets.announce("/room", "everybody", Said(text="1"))
    await until(lambda: len(bob.told) == 2)
    assert await ada.call("say", {"text": "x"}) == {"text": "x"}
    assert len(ada.told) == 1
    gone = served.room.peers[1]
    await gone.disconnect("enough")
    served.sockets.announce("/room", "everybody", Said(text="2"))
    await gone.send(Said(text="3"))
    gone.join("two")
    gone.leave("two")
    await gone.disconnect("again")
    await until(lambda: bob.disconnects)
    await until(lambda: served.room.happened == ["say x", "part bob: enough"])
    assert len(bob.told) == 2


@pytest.mark.parametrize(
    ("trusted", "address"),
    [((), "127.0.0.1"), ((ip_network("127.0.0.0/8"),), "203.0.113.7")],
    ids=["nobody", "loopback"],
)
async def test_the_address_is_the_callers_own_and_a_header_counts_only_from_a_trusted_proxy(
    serve: Serve, trusted: tuple[Any, ...], address: str
) -> None:
    served = await serve(SocketSettings(trusted_proxies=trusted))
    await served.connect("ada", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Test": "seen"})
    (handshake,) = served.room.handshakes
    assert handshake.address == served.room.peers[0].address == address
    assert handshake.headers["x-test"] == "seen"


async def test_joining_a_namespace_twice_over_one_connection_changes_nothing(serve: Serve) -> None:
    served = await serve()
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served, '40/room,{"token":"ada"}', '40/room,{"token":"bob"}')
        await socket.send_str('42/room,7["say",{"text":"here"}]')
        while not (await socket.receive_str()).startswith("43"):
            pass
    assert [peer.claims.name for peer in served.room.peers] == ["ada"]


def test_one_path_has_one_namespace() -> None:
    clock = ManualClock()
    sockets = SocketServer(SocketSettings(), clock)
    sockets.add(Room(clock))
    with pytest.raises(ValueError, match="There is a namespace at /room already"):
        sockets.add(Room(clock))
