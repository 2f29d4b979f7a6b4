"""A Redis of one's own: Debian's redis-server on a free port, keeping nothing on disk.

    @pytest.fixture
    def redis() -> Iterator[RedisServer]:
        yield from run_redis()

`stop()` then `start()` is "Redis gone and back": the same port, and nothing of what it held.
"""

import shutil
import signal
from collections.abc import Iterator

import pytest

from tests.servers.process import ServerProcess, pick_free_port


class RedisServer:
    """Skips the test, with the reason, where there is no redis-server to start."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("redis-server is not installed (Debian: apt install redis-server)")
        self._program = program
        self._process = self._on_port(pick_free_port())

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._process.port}/0"

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        """Closes the connections politely."""
        self._process.stop()

    def kill(self) -> None:
        """kill -9: the connections are reset, as when a machine's process is shot."""
        self._process.kill()

    def freeze(self) -> None:
        """Connections stay open and nothing is answered, as when a machine swaps or a network swallows packets."""
        self._process.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.signal(signal.SIGCONT)

    def _on_port(self, port: int) -> ServerProcess:
        keep_nothing = ("--save", "", "--appendonly", "no")
        command = (self._program, "--bind", "127.0.0.1", "--port", str(port), *keep_nothing)
        return ServerProcess(command, port)


def run_redis() -> Iterator[RedisServer]:
    """The body of a fixture: a started server, ended when the test is over."""
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.kill()
