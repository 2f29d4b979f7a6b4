import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.kit.sockets import SocketSettings
from tests.guildhall.kit.sockets.room import Said, Serve, until

JOIN = '40/room,{"token":"ada"}'
HERE = '42/room,7["say",{"text":"here"}]'


async def open_socket(http: aiohttp.ClientSession, url: str, **options: Any) -> Any:
    return await http.ws_connect(f"{url}socket.io/?EIO=4&transport=websocket", **options)


def readers() -> int:
    """Tasks of the web server that read a connection: one for each that is open.

    Not all tasks are counted: the stock client makes and ends one for each packet that it waits for, so that how many
    there are depends on the moment. This test timed out on a loaded machine for that.
    """
    coroutines = [task.get_coro() for task in asyncio.all_tasks()]
    return sum(getattr(each, "__qualname__", "") == "RequestHandler.start" for each in coroutines)


async def is_closed(socket: Any) -> bool:
    async with asyncio.timeout(5):
        while not socket.closed:
            await socket.receive()
    return True


async def test_no_compression_is_negotiated_though_the_client_offers_it(serve: Serve) -> None:
    served = await serve()
    async with aiohttp.ClientSession() as http:
        assert (await open_socket(http, served.url, compress=15)).compress == 0


async def test_the_stock_library_would_have_negotiated_it() -> None:
    app = web.Application()
    stock = socketio.AsyncServer(async_mode="aiohttp")
    stock.attach(app)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        socket = await open_socket(http, str(server.make_url("/")), compress=15)
        assert socket.compress == 15
        await socket.close()
    await stock.shutdown()


@pytest.mark.parametrize(
    ("origin", "allowed", "answer"),
    [
        ("http://{host}", (), 101),
        ("https://{host}", (), 101),
        ("http://elsewhere.example", (), 400),
        ("http://{host}.elsewhere.example", (), 400),
        ("null", (), 400),
        ("https://exams.example", ("https://exams.example",), 101),
        ("http://exams.example", ("https://exams.example",), 400),
        ("https://exams.example.org", ("https://exams.example",), 400),
    ],
)
async def test_only_our_own_pages_and_named_origins_may_connect(
    serve: Serve, origin: str, allowed: tuple[str, ...], answer: int
) -> None:
    served = await serve(SocketSettings(allowed_origins=allowed))
    headers = {"Origin": origin.format(host=f"{served.http.host}:{served.http.port}")}
    async with aiohttp.ClientSession() as http:
        if answer == 101:
            await (await open_socket(http, served.url, headers=headers)).close()
            return
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await open_socket(http, served.url, headers=headers)
    assert refused.value.status == answer


async def test_any_name_the_server_is_reached_by_is_its_own(serve: Serve) -> None:
    served = await serve()
    headers = {"Origin": "http://exams.local:8080", "Host": "exams.local:8080"}
    async with aiohttp.ClientSession() as http:
        await (await open_socket(http, served.url, headers=headers)).close()


async def test_an_owner_may_switch_polling_off(serve: Serve) -> None:
    served = await serve(SocketSettings(transports=("websocket",)))
    async with aiohttp.ClientSession() as http:
        for query in ("EIO=4&transport=polling", "EIO=4"):
            async with http.get(f"{served.url}socket.io/?{query}") as answer:
                assert answer.status == 400
    await served.connect("ada")


@pytest.mark.parametrize(
    "packets",
    [
        ["hello"],
        [""],
        ["4"],
        ["4[" + "[" * 5000],
        ["b!!!not base64"],
        ["2probe"],
        ["9"],
        ["4\N{FULLWIDTH DIGIT NINE}"],
        ["42/room,7{not json"],
        ["42/room," + "[" * 100_000],
        ['42/room,["say",' + "9" * 5000 + "]"],
        ["4" + "7"],
        ['451000-/room,["picture",{}]'],
        ['450-/room,["picture",{}]', b"unexpected"],
        ['451-/room,["picture",{"jpeg":{"_placeholder":true,"num":7}}]', b"jpeg"],
        ['451-/room,["picture",{"jpeg":{"_placeholder":true,"num":"x"}}]', b"jpeg"],
        [b"binary out of nowhere"],
    ],
    ids=lambda packets: str(packets[-1])[:20],
)
async def test_a_packet_that_cannot_be_parsed_ends_its_own_connection_and_no_other(
    serve: Serve, packets: list[str | bytes]
) -> None:
    served = await serve()
    bob = await served.connect("bob")
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served.url)
        await socket.send_str(JOIN)
        await until(lambda: served.sockets.peers == 2)
        assert readers() == 2
        for packet in packets:
            await (socket.send_str(packet) if isinstance(packet, str) else socket.send_bytes(packet))
        assert await is_closed(socket)
    await until(lambda: served.sockets.peers == 1)
    await until(lambda: len(served.room.happened) == 1)
    assert await bob.call("say", {"text": "here"}) == {"text": "here"}
    await until(lambda: readers() == 1)


@pytest.mark.parametrize("data", ["[]", '{"a":1}', "[5,{}]", '"say"', ""])
async def test_an_event_without_a_name_is_answered_that_it_needs_one(serve: Serve, data: str) -> None:
    served = await serve()
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served.url)
        for sent in (JOIN, f"42/room,7{data}"):
            await socket.send_str(sent)
        while not (answer := await socket.receive_str()).startswith("43"):
            pass
    assert json.loads(answer.removeprefix("43/room,7"))[0]["problem"]["status"] == 422


async def test_events_for_a_namespace_one_has_not_joined_are_not_heard(serve: Serve) -> None:
    served = await serve()
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served.url)
        await socket.send_str(HERE)
        await socket.send_str('43/room,7[{"text":"an acknowledgement of nothing"}]')
        await socket.send_str(JOIN)
        await until(lambda: served.sockets.peers == 1)
        assert not socket.closed
    assert served.room.happened == []


async def test_what_arrives_while_something_is_waited_for_keeps_its_place(serve: Serve) -> None:
    served = await serve()
    door = served.room.doors[0] = asyncio.Event()
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served.url)
        await socket.send_str('40/room,{"token":"held"}')
        for number in range(30):  # some in the read that brings the first, some after it
            await socket.send_str(f'42/room,{number}["say",{{"text":"{number}"}}]')
            if number == 15:
                await until(lambda: served.room.handshakes)
        door.set()
        answered: list[str] = []
        while len(answered) < 30:
            if (answer := await socket.receive_str()).startswith("43"):
                answered.append(json.loads(answer[answer.index("[") :])[0]["text"])
    assert answered == [str(number) for number in range(30)]


@pytest.mark.parametrize("whole", [True, False])
async def test_a_message_larger_than_the_server_takes_ends_that_connection_alone(serve: Serve, whole: bool) -> None:
    served = await serve(SocketSettings(max_message_bytes=50_000))
    ada, bob = await served.connect("ada"), await served.connect("bob")
    parts = {} if whole else {str(number): b"x" * 20_000 for number in range(3)}
    await ada.emit("picture", {"number": 1, "parts": parts, "jpeg": b"x" * (60_000 if whole else 10)})
    await until(lambda: ada.disconnects)
    await until(lambda: served.sockets.peers == 1)
    assert await bob.call("say", {"text": "here"}) == {"text": "here"}


async def test_a_reader_that_does_not_read_is_cut_off_and_the_others_hear_everything(
    serve: Serve, logged: io.StringIO
) -> None:
    served = await serve(SocketSettings(max_unsent_bytes=1_000_000))
    bob = await served.connect("bob")
    async with aiohttp.ClientSession() as http:
        socket = await open_socket(http, served.url)
        await socket.send_str(JOIN)
        await until(lambda: served.sockets.peers == 2)
        # From here on nobody reads this socket: aiohttp takes no more bytes from it after some messages.
        sent = 0
        while served.sockets.peers == 2 and sent < 2_000:
            sent += 1
            served.sockets.announce("/room", "everybody", Said(text=str(sent), picture=b"x" * 100_000))
            await until(lambda: bob.told[-1]["text"] == str(sent))  # noqa: B023
    assert served.sockets.peers == 1
    assert "slow_reader_cut_off" in logged.getvalue()
    assert [said["text"] for said in bob.told[1:]] == [str(number + 1) for number in range(sent)]
