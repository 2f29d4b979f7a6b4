"""The MongoDB-compatible servers the contracts run against, each started once per test worker, when first asked for."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.build import CannotBuild, ferretdb, mongo_java_server
from tests.servers.process import PrintingServer

WIRE = Path(__file__).with_name("wire.py")
MONGO_SERVERS = ("wire", "ferretdb", "java", "mongod")


def wire_server() -> PrintingServer:
    """A wire-protocol server of one's own, for tests that kill it; `start` after `kill` keeps the address."""
    command = (sys.executable, str(WIRE))
    return PrintingServer(command, lambda port: (*command, str(port)))


def lasting_server(file: Path) -> PrintingServer:
    """A mongo-java-server that keeps what it acknowledged in `file`: killed and started again, it goes on there.

    Raises `CannotBuild` where there is no Java or Maven.
    """
    command = lasting_command(file)
    return PrintingServer(command, lambda port: (*command, str(port)))


def lasting_command(file: Path) -> tuple[str, ...]:
    """What starts such a server; a port may follow. Raises `CannotBuild`."""
    return (*mongo_java_server(), str(file))


class MongoServers:
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._started: dict[str, PrintingServer] = {}

    def url(self, name: str) -> str:
        """Of the server, running; skips the test, with the reason, where it cannot be had."""
        if name == "mongod":
            url = os.environ.get("MONGO_TEST_URL")
            if not url:
                pytest.skip("MONGO_TEST_URL does not name a MongoDB")
            return url
        if name not in self._started:
            server = self._make(name)
            server.start()
            self._started[name] = server
        return self._started[name].url

    def close(self) -> None:
        for server in self._started.values():
            server.kill()

    def _make(self, name: str) -> PrintingServer:
        if name == "wire":
            return wire_server()
        try:
            return PrintingServer([*ferretdb(), self._folder] if name == "ferretdb" else mongo_java_server())
        except CannotBuild as reason:
            pytest.skip(f"no {name} server: {reason}")


def run_mongo_servers() -> Iterator[MongoServers]:
    """The body of a session fixture."""
    with tempfile.TemporaryDirectory(prefix="guildhall-ferretdb-", ignore_cleanup_errors=True) as folder:
        servers = MongoServers(folder)
        try:
            yield servers
        finally:
            servers.close()
