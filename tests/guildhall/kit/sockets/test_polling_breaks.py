"""Sessions that poll too little, too much or over a broken connection: each is cut off alone, or loses nothing."""

import asyncio
import io
import socket
from typing import Any

import pytest
from aiohttp import web

from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets import SocketServer, SocketSettings, polling
from tests.guildhall.kit.sockets.poller import left_nothing, poller, quiet
from tests.guildhall.kit.sockets.room import Room, Said, Serve, until


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
