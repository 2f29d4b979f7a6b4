"""Processes that are started again when they end, as systemd or a container runtime would do it."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import psutil

from tests.fakes.server import ROOT

MARK = "TEST_HOUSE"
"""In the environment of all that is started here, and so of all that these start: how `left_behind` knows them."""


class Kept:
    """One process and its successors. `is_ready` says whether it can do its work."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        log_path: Path,
        is_ready: Callable[[], Awaitable[bool]],
        restart_seconds: float,
    ) -> None:
        self.name = name
        self.log_path = log_path
        self.restart_seconds = restart_seconds
        self.starts = 0
        self._command = list(command)
        self._environ = {**os.environ, **environ}
        self._is_ready = is_ready
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """None while it is not there."""
        process = self._process
        return None if process is None or process.returncode is not None else process.pid

    async def start(self) -> None:
        await self._spawn()
        self._keeping = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def until_ready(self, seconds: float) -> None:
        """Raises with its own last words."""
        try:
            async with asyncio.timeout(seconds):
                while self.pid is None or not await self._is_ready():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise RuntimeError(f"{self.name} did not get ready:\n{self.log_path.read_text()[-4000:]}") from None

    def kill(self) -> list[psutil.Process]:
        """kill -9, of it alone; returns the children it had, which must end by themselves."""
        pid = self.pid
        if pid is None:
            return []
        children = psutil.Process(pid).children(recursive=True)
        os.kill(pid, signal.SIGKILL)
        return children

    async def stop(self, seconds: float = 20) -> int:
        """Ctrl-C, and its exit code; killed when it does not end."""
        self._stopping = True
        process = self._process
        if process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(seconds):
                await process.wait()
        except TimeoutError:
            process.kill()
        if self._keeping is not None:
            await self._keeping
        return await process.wait()

    async def _keep(self) -> None:
        while True:
            assert self._process is not None
            await self._process.wait()
            if self._stopping:
                return
            await asyncio.sleep(self.restart_seconds)
            if self._stopping:
                return
            await self._spawn()

    async def _spawn(self) -> None:
        self.starts += 1
        with self.log_path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env=self._environ,
                stdin=asyncio.subprocess.PIPE,  # held open: the test servers end with it, so with us
                stdout=log,
                stderr=log,
            )


def left_behind(mark: str) -> list[psutil.Process]:
    """Whatever still runs of the house with this mark."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


async def answers(port: int) -> bool:
    """Whether something listens there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
