import asyncio
import subprocess
from pathlib import Path

import aiohttp
import uvloop

from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets import SocketSettings
from tests.guildhall.kit.sockets.room import Serve, Served, until


async def test_closing_parts_with_everybody_and_leaves_neither_task_nor_connection(serve: Serve) -> None:
    before = asyncio.all_tasks()
    served = await serve()
    ada, bob = await served.connect("ada"), await served.connect("bob")
    served.room.doors[1] = asyncio.Event()
    await ada.emit("wait", {"number": 1})
    await until(lambda: served.room.happened == ["begin 1"])
    async with aiohttp.ClientSession() as http:
        bare = await http.ws_connect(f"{served.url}socket.io/?EIO=4&transport=websocket")
        closing = asyncio.create_task(served.sockets.close())
        await until(lambda: ada.disconnects and bob.disconnects)
        served.room.doors[1].set()
        await closing
        async with asyncio.timeout(5):
            while not bare.closed:
                await bare.receive()
    assert sorted(served.room.happened) == ["begin 1", "end 1", "part ada: server closes", "part bob: server closes"]
    await served.close()
    await until(lambda: asyncio.all_tasks() <= before)


async def test_closing_twice_is_closing_once(serve: Serve) -> None:
    served = await serve()
    await served.connect()
    await served.sockets.close()
    await served.sockets.close()
    assert served.room.happened == ["part ada: server closes"]


async def test_the_application_closes_its_sockets_when_it_shuts_down(serve: Serve) -> None:
    served = await serve()
    ada = await served.connect()
    await served.http.close()
    await until(lambda: ada.disconnects)
    assert served.room.happened == ["part ada: server closes"]


def test_everything_works_on_uvloop() -> None:
    async def talk(served: Served) -> tuple[str, object, list[str]]:
        await served.http.start_server()
        ada = await served.connect()
        answer = await ada.call("picture", {"number": 1, "jpeg": b"x" * 90_000})
        async with aiohttp.ClientSession() as http, asyncio.timeout(5):
            bare = await http.ws_connect(f"{served.url}socket.io/?EIO=4&transport=websocket")
            served.clock.advance(100_000)
            while not bare.closed:
                await bare.receive()
        await until(lambda: ada.disconnects)
        return type(asyncio.get_running_loop()).__module__, answer, served.room.happened

    async def talk_and_close() -> tuple[str, object, list[str]]:
        served = Served(ManualClock(), SocketSettings(sweep_seconds=0.02))
        try:
            return await talk(served)
        finally:
            await served.close()

    assert uvloop.run(talk_and_close()) == ("uvloop", {"number": 90_000}, ["part ada: token expired"])


def test_nothing_outside_this_package_imports_the_library() -> None:
    root = Path(__file__).parents[4] / "platform"
    found = subprocess.run(
        ["grep", "-rlE", r"^\s*(import|from) (socketio|engineio)", "--include=*.py", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [Path(path).name for path in found.stdout.split()] == ["wire.py"]
