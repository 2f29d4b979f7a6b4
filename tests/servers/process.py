"""A server that a test starts as a process of its own, on a port that nobody else has."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence

START_SECONDS = 30  # a Java server on a loaded two-core machine


def pick_free_port() -> int:
    """A port that was free a moment ago; whoever starts a server on it should try another one if it is gone."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class PrintingServer:
    """A server of ours: picks its port, prints its address and ends when its standard input does, so none is orphaned.

    `restart_command(port)` gives the command that brings it back to the address it had.
    """

    def __init__(self, command: Sequence[str], restart_command: Callable[[int], Sequence[str]] | None = None) -> None:
        self._command = list(command)
        self._restart_command = restart_command
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        if self.url and self._restart_command is not None:
            self._command = list(self._restart_command(int(self.url.rstrip("/").rpartition(":")[2])))
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._process = process
        assert process.stdout is not None
        self.url = process.stdout.readline().strip()
        if not self.url:
            self.kill()
            raise RuntimeError(f"{self._command[0]} ended before it printed its address.")

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()

    def freeze(self) -> None:
        """It answers nothing until `thaw`, as a machine does that was suspended."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)


class ServerProcess:
    """Starts a command and waits until its port answers; `stop` asks it to end, `kill` does not ask."""

    def __init__(self, command: Sequence[str], port: int) -> None:
        self._command = list(command)
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers() or self._process.poll() is not None:
            ended = self._process.poll()
            if ended is not None or time.monotonic() > deadline:
                self.kill()
                why = f"ended with {ended}" if ended is not None else f"does not answer after {START_SECONDS} s"
                raise RuntimeError(f"{self._command[0]} {why}.")
            time.sleep(0.02)

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def stop(self) -> None:
        self._end(kill=False)

    def signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()
