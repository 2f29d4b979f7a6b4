"""What the hostile try at the socket gate, each with its refusal."""

import asyncio
import json
from typing import Any

import aiohttp
import jwt
import pytest

from guildhall.kit.sockets.admission import TRYING
from guildhall.kit.sockets.intake import SPARE
from guildhall.kit.sockets.reception import CROWDING
from tests.guildhall.kit.sockets.members import AUDIENCE, Clubhouse, Known, Open
from tests.guildhall.kit.sockets.room import until

SECRET = "a secret of the test, long enough to sign with"
CLAIMS = {"account_id": "acc_1", "session_id": "ses_1", "role": "agent"}
REGISTERED = {"aud": AUDIENCE, "iat": 1, "exp": 4_000_000_000}


async def open_transport(http: aiohttp.ClientSession, house: Clubhouse) -> aiohttp.ClientWebSocketResponse:
    socket = await http.ws_connect(f"{house.url}socket.io/?EIO=4&transport=websocket")
    assert (await socket.receive_str())[0] == "0"
    return socket


async def answer_to(socket: aiohttp.ClientWebSocketResponse, auth: Any) -> dict[str, Any]:
    """What a transport is told that asks to be admitted."""
    await socket.send_str(f"40/members,{json.dumps(auth)}")
    while True:
        answer = await socket.receive_str()
        if answer.startswith(("40/members,", "44/members,")):
            told = json.loads(answer.partition(",")[2])
            assert isinstance(told, dict)
            return told


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    ("algorithm", "secret", "edit"),
    [
        ("none", "", {}),
        ("HS512", SECRET, {}),
        ("HS256", "another secret that is long enough too", {}),
        ("HS256", SECRET, {"aud": "guildhall/exam-room"}),
        ("HS256", SECRET, {"exp": 1}),
        ("HS256", SECRET, {"is_admin": True}),
    ],
    ids=["none", "HS512", "another secret", "another audience", "expired", "another claim"],
)
async def test_a_forged_token_makes_no_peer(
    open_clubhouse: Open, algorithm: str, secret: str, edit: dict[str, Any]
) -> None:
    token = jwt.encode({**REGISTERED, **CLAIMS, **edit}, secret, algorithm=algorithm)
    house = await open_clubhouse()
    async with aiohttp.ClientSession() as http:
        socket = await open_transport(http, house)
        refusal = await answer_to(socket, {"token": token})
        assert refusal["data"]["problem"]["status"] == 401
        # What is sent all the same is heard by nobody.
        await socket.send_str('42/members,1["who_am_i",{}]')
        told = await answer_to(socket, {"token": house.token()})
        assert set(told) == {"sid"}
    assert house.members.admitting == 1


async def test_a_role_in_the_body_is_refused_and_one_in_auth_is_not_looked_at(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    problem = (await ada.call("who_am_i", {"role": "admin"}))["problem"]
    assert (problem["status"], problem["fields"]) == (422, {"role": "is not expected here"})
    renewed = (await ada.call("renew_token", {"token": house.token(), "role": "admin"}))["problem"]
    assert renewed["status"] == 422
    assert Known.model_validate(await ada.call("who_am_i", {})).role == "agent"
    async with aiohttp.ClientSession() as http:
        socket = await open_transport(http, house)
        await answer_to(socket, {"token": house.token("ses_2"), "role": "admin", "claims": {"role": "admin"}})
        await socket.send_str('42/members,1["who_am_i",{}]')
        answer = await socket.receive_str()
    assert '"role":"agent"' in answer


async def test_guessing_tokens_over_one_transport_is_limited(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    async with aiohttp.ClientSession() as http:
        socket = await open_transport(http, house)
        told = [await answer_to(socket, {"token": f"guess {number}"}) for number in range(TRYING.burst + 5)]
        statuses = [refusal["data"]["problem"]["status"] for refusal in told]
        assert statuses == [401] * TRYING.burst + [429] * 5
        # A good token has to wait as well, and is let in after that.
        assert (await answer_to(socket, {"token": house.token()}))["data"]["problem"]["retry_after_ms"] == 1000
        house.clock.advance(1000)
        assert set(await answer_to(socket, {"token": house.token()})) == {"sid"}


async def test_coming_and_going_over_one_transport_is_limited(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    async with aiohttp.ClientSession() as http:
        socket = await open_transport(http, house)
        for _ in range(TRYING.burst):
            assert set(await answer_to(socket, {"token": house.token()})) == {"sid"}
            await socket.send_str("41/members,")
        assert (await answer_to(socket, {"token": house.token()}))["data"]["problem"]["status"] == 429
    assert house.members.admitting == TRYING.burst


async def test_connections_that_are_torn_down_halfway_leave_no_place_taken(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_per_address=20)
    async with aiohttp.ClientSession() as http:
        for number in range(60):
            socket = await open_transport(http, house)
            if number % 3:
                await socket.send_str(f"40/members,{json.dumps({'token': house.token()})}")
            if number % 3 == 2:
                await socket.receive_str()
            connection = socket._conn
            assert connection is not None
            assert connection.transport is not None
            connection.transport.abort()
            await until(lambda: not house.sockets._connections._addresses._places)
    await until(lambda: house.sockets.peers == 0)
    assert not house.sockets._connections._addresses._open
    assert not house.sockets._connections._subjects._peers
    assert not house.sockets._connections._admission._tries


async def test_a_handshake_that_failed_gives_its_place_back(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_per_address=1)
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    url = f"{house.url}socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http:
        async with http.get(url, headers=headers) as answer:
            assert answer.status == 400
        async with http.get(url, headers=headers) as answer:
            assert answer.status == 429
        house.clock.advance(5_000)
        await until(lambda: not house.sockets._connections._addresses._places)
        await house.connect()


@pytest.mark.parametrize(
    "packet",
    ["3", "6", "43/members,1[]", "40/nowhere,", "41/elsewhere,", '42/nowhere,["who_am_i",{}]'],
    ids=["pong", "noop", "acknowledgement", "unknown namespace", "disconnect", "event of a namespace not joined"],
)
async def test_packets_that_say_nothing_are_counted(open_clubhouse: Open, packet: str) -> None:
    house = await open_clubhouse()
    async with aiohttp.ClientSession() as http:
        socket = await open_transport(http, house)
        await answer_to(socket, {"token": house.token()})
        await until(lambda: house.sockets.peers == 1)
        for _ in range(SPARE.burst - 1):  # one was spent on being admitted
            await socket.send_str(packet)
        await socket.send_str('42/members,1["who_am_i",{}]')
        while not (await socket.receive_str()).startswith("43/members,1"):
            pass
        await socket.send_str(packet)
        await until(lambda: house.sockets.peers == 0)


async def test_events_that_find_no_room_to_wait_end_the_connection_in_the_end(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_waiting=1)
    bob = await house.connect(house.token("ses_2"))
    async with aiohttp.ClientSession() as http:
        socket = await open_transport(http, house)
        await answer_to(socket, {"token": house.token()})
        house.members.busy.clear()
        for number in range(CROWDING.burst + 3):
            await socket.send_str(f'42/members,{number}["wait",{{}}]')
        await until(lambda: house.members.parted == [] and house.sockets.peers == 1)
        house.members.busy.set()
        assert Known.model_validate(await bob.call("who_am_i", {})).account_id == "acc_1"
    assert bob.connected


async def test_a_request_that_asks_for_no_websocket_is_refused_at_once(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    url = f"{house.url}socket.io/?EIO=4&transport=websocket"
    headers = {"Connection": "close", "Upgrade": "websocket"}
    async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
        assert answer.status == 422
        assert (await answer.json())["type"] == "invalid"
    assert not house.sockets._connections._addresses._places


async def test_a_connection_that_has_gone_leaves_no_task_that_sleeps_until_its_next_ping(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    async with aiohttp.ClientSession() as http:
        for _ in range(20):
            socket = await open_transport(http, house)
            await answer_to(socket, {"token": house.token()})
            await socket.close()

    def pings() -> int:
        names = [getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()]
        return names.count("AsyncSocket._send_ping")

    await until(lambda: pings() == 0)


async def test_a_flood_of_nonsense_harms_nobody_else(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_refusals=20)
    bob = await house.connect(house.token("ses_2"))
    async with aiohttp.ClientSession() as http:
        socket = await open_transport(http, house)
        await answer_to(socket, {"token": house.token()})
        for number in range(500):
            await socket.send_str(f'42/members,{number}["nothing",{{}}]')
        assert Known.model_validate(await bob.call("who_am_i", {})).account_id == "acc_1"
        await until(lambda: house.members.parted == ["ses_1: too many refusals"])
    assert bob.connected
