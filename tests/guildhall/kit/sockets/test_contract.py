"""What `wire`, `link` and `arrivals` touch inside python-socketio, engine.io and aiohttp: raise a pin, and this says
what has moved."""

import asyncio
import inspect
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import engineio
import pytest
import socketio
from aiohttp import WSMessage, WSMsgType, web
from aiohttp._websocket import reader
from aiohttp.base_protocol import BaseProtocol
from engineio import async_socket, packet, payload
from socketio.async_manager import AsyncManager

from guildhall.kit.sockets.arrivals import Arrivals
from guildhall.kit.sockets.link import Link
from guildhall.kit.sockets.polling import ENGINE_CLOSE, ENGINE_PING, PACKETS_SENT_MAX

PYPROJECT = Path(__file__).parents[4] / "pyproject.toml"
SIGNATURES = [
    (async_socket.AsyncSocket.close, "(self, wait=True, abort=False, reason=None)"),
    (async_socket.AsyncSocket.schedule_ping, "(self)"),
    (async_socket.AsyncSocket.poll, "(self)"),
    (async_socket.AsyncSocket.handle_get_request, "(self, environ)"),
    (async_socket.AsyncSocket.handle_post_request, "(self, environ)"),
    (async_socket.AsyncSocket._upgrade_websocket, "(self, environ)"),
    (engineio.AsyncServer._ok, "(self, packets=None, headers=None, jsonp_index=None)"),
    (engineio.AsyncServer._bad_request, "(self, message=None)"),
    (payload.Payload.encode, "(self, jsonp_index=None)"),
    (engineio.AsyncServer.start_background_task, "(self, target, *args, **kwargs)"),
    (engineio.AsyncServer._unauthorized, "(self, message=None)"),
    (socketio.AsyncServer._handle_connect, "(self, eio_sid, namespace, data)"),
    (socketio.AsyncServer._handle_disconnect, "(self, eio_sid, namespace, reason=None)"),
    (socketio.AsyncServer._handle_eio_connect, "(self, eio_sid, environ)"),
    (socketio.AsyncServer._handle_eio_disconnect, "(self, eio_sid, reason)"),
    (socketio.AsyncServer._engineio_server_class, "(self)"),
    (AsyncManager.sid_from_eio_sid, "(self, eio_sid, namespace)"),
    (AsyncManager.eio_sid_from_sid, "(self, sid, namespace)"),
    (AsyncManager.is_connected, "(self, sid, namespace)"),
]


@pytest.mark.parametrize("name", ["aiohttp", "python-socketio", "python-engineio"])
def test_what_is_installed_is_what_is_pinned(name: str) -> None:
    assert f"{name}=={version(name)}" in tomllib.loads(PYPROJECT.read_text())["project"]["dependencies"]


@pytest.mark.parametrize(("step", "signature"), SIGNATURES, ids=lambda each: getattr(each, "__qualname__", ""))
def test_a_step_of_the_library_is_called_as_it_was(step: Any, signature: str) -> None:
    assert str(inspect.signature(step)) == signature


def test_a_connections_queue_is_used_in_no_way_that_a_link_does_not_know() -> None:
    source = re.sub(
        r"    async def poll\(.*?(?=\n    async def )", "", inspect.getsource(async_socket), flags=re.DOTALL
    )
    used = set(re.findall(r"\.queue\.(\w+)", source))
    assert used == {"put", "join"}  # `poll` alone takes from it, and a link is never polled
    assert used <= set(dir(Link))


def test_the_driver_is_made_with_a_method_of_its_connection() -> None:
    source = inspect.getsource(async_socket.AsyncSocket._upgrade_websocket)
    assert "self.server._async['websocket'](" in source
    assert "self._websocket_handler, self.server)" in source
    assert "return await ws(environ)" in source


def test_a_ping_timeout_and_a_closing_packet_are_called_what_they_were() -> None:
    assert (packet.CLOSE, packet.PING) == (ENGINE_CLOSE, ENGINE_PING)
    assert {"PING_TIMEOUT", "TRANSPORT_CLOSE", "CLIENT_DISCONNECT"} <= set(dir(socketio.AsyncServer.reason))


def test_who_polls_is_answered_by_steps_that_a_session_may_have_of_its_own() -> None:
    """`Polling` puts its own in their place, and engine.io ends a session for which one raises an EngineIOError."""
    source = inspect.getsource(engineio.AsyncServer)
    assert "return self._ok(await s.poll(), headers=headers" in source
    assert "packets = await socket.handle_get_request(" in source
    assert "await socket.handle_post_request(environ)\n" in source
    assert source.count("except exceptions.EngineIOError:\n") == 2
    assert "encoded_payload += pkt.encode(b64=True)" in inspect.getsource(payload.Payload.encode)
    assert payload.Payload.max_decode_packets == PACKETS_SENT_MAX


def test_aiohttp_begins_to_read_a_websocket_in_the_steps_that_are_copied() -> None:
    assert [*inspect.signature(web.WebSocketResponse._post_start).parameters] == [
        "self",
        "request",
        "protocol",
        "writer",
    ]
    source = inspect.getsource(web.WebSocketResponse._post_start)
    steps = re.sub(r"\s+|#.*", "", source.partition("-> None:")[2])
    assert steps == (
        "self._ws_protocol=protocolself._writer=writerself._reset_heartbeat()loop=self._loopassertloopisnotNone"
        "self._reader=WebSocketDataQueue(request._protocol,DEFAULT_CHUNK_SIZE,loop=loop)"
        "self._parser=WebSocketReader(self._reader,self._max_msg_size,compress=bool(self._compress),"
        "decode_text=self._decode_text,)"
        "cb=Noneifself._heartbeatisNoneelseself._on_data_received"
        "request.protocol.set_parser(self._parser,data_received_cb=cb)request.protocol.keep_alive(False)"
    )


def _masked(first_byte: int, payload: bytes) -> bytes:
    return bytes((first_byte, 0x80 | len(payload), 0, 0, 0, 0)) + payload


async def test_aiohttps_parser_is_the_compiled_one_and_offers_messages_to_a_queue_of_ours() -> None:
    assert reader.WebSocketReader.__module__.endswith("reader_c")
    arrivals = Arrivals(BaseProtocol(asyncio.get_running_loop()), 1 << 16, loop=asyncio.get_running_loop())
    parser = reader.WebSocketReader(arrivals, 1_000, compress=False, decode_text=False)
    taken: list[tuple[bool, bytes]] = []

    def take(is_text: bool, data: bytes) -> object:
        taken.append((is_text, data))
        return "later" if data == b"wait" else None

    arrivals.take = take
    parser.feed_data(_masked(0x81, b"a") + _masked(0x02, b"b") + _masked(0x80, b"c") + _masked(0x81, b"wait"))
    assert taken == [(True, b"a"), (False, b"bc"), (True, b"wait")]
    assert arrivals.take is None
    parser.feed_data(_masked(0x81, b"behind it"))
    assert not arrivals.is_empty
    assert await arrivals.read() == WSMessage(WSMsgType.TEXT, "later", "")
    assert (await arrivals.read())[:2] == (WSMsgType.TEXT, b"behind it")
    assert arrivals.is_empty
