"""The real product as a process of its own, on a free port, with its data in a temporary folder."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.fakes.replays import check_folder

ROOT = Path(__file__).parents[2]
READY_SECONDS = 180  # a machine that others load takes a minute for what takes 4 s


# Below what systems give to those who ask for any port (32768 on Linux). A port from there, closed again so that a
# server may have it, went to another worker's server once: `/readyz` was answered by a stranger, who then went away.
PORTS = range(20_000, 32_000)
PORT_SHARES = 16
_given: set[int] = set()  # a house of several servers asks for all its ports before any of them listens


def free_port() -> int:
    """Of this worker's own share of `PORTS`, so that two that run side by side never choose the same."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = PORTS[worker % PORT_SHARES :: PORT_SHARES]
    while True:
        if len(_given) > len(share) // 2:
            _given.clear()
        port = random.choice(share)
        with socket.socket() as probe, contextlib.suppress(OSError):
            if port not in _given:
                probe.bind(("127.0.0.1", port))
                _given.add(port)
                return port


class GuildhallProcess:
    """`python -m guildhall` (or another role); `stop` ends it as Ctrl-C would, `kill` as a power cut would."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None, role: str = "all") -> None:
        self.port = free_port()
        self._folder, self._role = folder, role
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder / f"guildhall-{self.port}.log"
        self.environ = {
            **os.environ,
            "GUILDHALL_HTTP__PORT": str(self.port),
            "GUILDHALL_STORAGE__SQLITE_PATH": str(folder / "guildhall.sqlite3"),
            "GUILDHALL_SECURITY__TOKEN_SECRET_PATH": str(folder / "token-secret"),
            "GUILDHALL_HTTP__RATES": json.dumps({"write": {"anonymous": "9999/minute", "principal": "9999/minute"}}),
            "GUILDHALL_LOGS__LEVEL": "WARNING",
            "GUILDHALL_FAQ__DEMO": "false",  # a training costs seconds of CPU, and few tests ask it anything
            **(environ or {}),
        }
        self._command = [sys.executable, "-m", "guildhall", role]
        self.process: subprocess.Popen[bytes] | None = None
        self._opened: dict[str, dict[str, Any]] = {}

    def start(self) -> "GuildhallProcess":
        """Return when the engine can look at frames; raises with the server's own words when it cannot."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(self._command, cwd=ROOT, env=self.environ, stdout=log, stderr=log)
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.base_url}/readyz", timeout=2):
                if self.process.poll() is None:
                    return self
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"Guildhall did not get ready:\n{self.log_path.read_text()[-4000:]}")

    def post(self, path: str, body: Mapping[str, Any], bearer: str | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        request = urllib.request.Request(self.base_url + path, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    def get(self, path: str, bearer: str) -> dict[str, Any]:
        request = urllib.request.Request(self.base_url + path, headers={"Authorization": f"Bearer {bearer}"})
        with urllib.request.urlopen(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    def candidate(self, name: str) -> dict[str, Any]:
        """A seat in the demo exam: session_id, token and url."""
        return self.post("/v1/proctoring/demo-seats", {"name": name}, self.bearer("candidate"))

    def proctor(self) -> dict[str, Any]:
        return self.post("/v1/proctoring/demo-walls", {}, self.bearer("proctor"))

    def bearer(self, role: str) -> str:
        """The access token of one of the demo's people; one sign-in serves many seats while its token lasts."""
        opened = self._opened.get(role)
        if opened is None or opened["access_expires_at_ms"] < time.time() * 1000 + 30_000:
            opened = self._opened[role] = self.post("/v1/demo/sign-ins", {"as": role})
        return str(opened["access_token"])

    def stop(self) -> int:
        """Ctrl-C; its exit code. Kills it when it does not end by itself."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        code = self.process.wait()
        if self._role == "all":  # alone with its files: what its sessions came to is what their logs lead to
            assert (unequal := check_folder(self._folder, self.environ)) == [], unequal
        return code

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def serving(folder: Path, environ: Mapping[str, str] | None = None, role: str = "all") -> Iterator[GuildhallProcess]:
    server = GuildhallProcess(folder, environ, role)
    try:
        yield server.start()
    finally:
        server.stop()
    undeclared = [line for line in server.log_path.read_text().splitlines() if "problem_undeclared" in line]
    assert not undeclared, f"Name it in the operation's `problems`: {undeclared[0]}"


async def start_in_thread(server: GuildhallProcess) -> GuildhallProcess:
    """For tests on an event loop: starting waits, and waiting must not stop the loop."""
    return await asyncio.to_thread(server.start)
