"""What `wire` and `link` touch inside python-socketio and engine.io: raise a pin, and this says what has moved."""

import inspect
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import engineio
import pytest
import socketio
from engineio import async_socket, packet
from socketio.async_manager import AsyncManager

from guildhall.kit.sockets.link import ENGINE_CLOSE, Link

PYPROJECT = Path(__file__).parents[4] / "pyproject.toml"
SIGNATURES = [
    (async_socket.AsyncSocket.close, "(self, wait=True, abort=False, reason=None)"),
    (async_socket.AsyncSocket.schedule_ping, "(self)"),
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
    assert packet.CLOSE == ENGINE_CLOSE
    assert {"PING_TIMEOUT", "TRANSPORT_CLOSE", "CLIENT_DISCONNECT"} <= set(dir(socketio.AsyncServer.reason))
