"""SQLite's two threads: one writes, in groups, and one reads, so that no read waits for the disk's fsync."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from guildhall.kit.storage.port import StorageError, StorageUnavailable

MAX_WAITING = 10_000
"""Jobs a thread may owe answers for. Overflow policy: refuse the newest, with StorageUnavailable."""
BUSY_TIMEOUT_MS = 10_000  # how long to wait while another process writes

Work = Callable[[sqlite3.Connection], Any]
_Outcome = tuple[Any, BaseException | None]


class _Job(NamedTuple):
    work: Work
    answer: asyncio.Future[Any]


class SqliteThread:
    """A connection and the thread that owns it, for reading. All calls come from the event loop that called `start`."""

    group_size = 32
    """How many waiting jobs are answered with one wake-up of the event loop."""
    durability = "pragma query_only = on"

    def __init__(self, name: str, path: Path) -> None:
        self._name = name
        self._path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop

    def start(self) -> None:
        """Raises sqlite3.Error where the file cannot be opened."""
        self._loop = asyncio.get_running_loop()
        connection = _connect(self._path)
        connection.execute(self.durability)
        self._thread = threading.Thread(target=self._serve, args=(connection,), name=self._name, daemon=True)
        self._thread.start()

    async def run(self, work: Work) -> Any:
        """The result of `work(connection)`; cancelling the caller does not undo work already handed over."""
        if self._thread is None:
            raise StorageUnavailable("The database is closed.")
        if self._waiting >= MAX_WAITING:
            raise StorageUnavailable(f"The database already has {MAX_WAITING} requests waiting; try again in a moment.")
        answer: asyncio.Future[Any] = self._loop.create_future()
        self._waiting += 1
        self._jobs.put(_Job(work, answer))
        return await answer

    async def close(self) -> None:
        """Answer what waits, then end the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    def _serve(self, connection: sqlite3.Connection) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                group, is_last = self._gather(job)
                outcomes = self._perform(connection, group)
                with contextlib.suppress(RuntimeError):  # the loop is closed, and with it all who asked
                    self._loop.call_soon_threadsafe(self._answer, group, outcomes)
                if is_last:
                    break
        finally:
            connection.close()

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        """What waits by now, and whether `close` came after it."""
        group = [first]
        while len(group) < self.group_size:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _perform(self, connection: sqlite3.Connection, group: list[_Job]) -> list[_Outcome]:
        return [_attempt(job.work, connection) for job in group]

    def _answer(self, group: list[_Job], outcomes: list[_Outcome]) -> None:
        self._waiting -= len(group)
        for job, (result, error) in zip(group, outcomes, strict=True):
            if job.answer.cancelled():
                continue
            if error is None:
                job.answer.set_result(result)
            else:
                job.answer.set_exception(error)


class SqliteWriter(SqliteThread):
    """All jobs that wait share one transaction and so one fsync; a savepoint each keeps one's failure its own.

    Answers leave only after the commit: what was acknowledged survives kill -9 and, with synchronous=FULL, power loss.
    """

    group_size = 256
    """Bounds how long one group holds the file's write lock: about 20 ms."""
    durability = "pragma synchronous = full"

    def _perform(self, connection: sqlite3.Connection, group: list[_Job]) -> list[_Outcome]:
        try:
            connection.execute("begin immediate")
            outcomes = [self._perform_one(connection, job) for job in group]
            connection.execute("commit")
        except sqlite3.Error as error:
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("rollback")
            failed = StorageUnavailable(f"The database did not take the write: {error}.")
            return [(None, failed)] * len(group)
        return outcomes

    def _perform_one(self, connection: sqlite3.Connection, job: _Job) -> _Outcome:
        connection.execute("savepoint job")
        outcome = _attempt(job.work, connection)
        if outcome[1] is not None:
            # A full disk may have ended the whole transaction; then this raises, and the whole group fails.
            connection.execute("rollback to job")
        connection.execute("release job")
        return outcome


def prepare(path: Path) -> None:
    """Make the file and turn on its write-ahead log, which stays on. Raises OSError and sqlite3.Error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(_connect(path)) as connection:
        connection.execute("pragma journal_mode = wal").fetchone()


def _connect(path: Path) -> sqlite3.Connection:
    # Opened in the event loop, so that failure is start's; used by one thread only.
    return sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=False)


def _attempt(work: Work, connection: sqlite3.Connection) -> _Outcome:
    try:
        return work(connection), None
    except StorageError as error:
        return None, error
    except sqlite3.Error as error:
        return None, StorageUnavailable(f"The database could not answer: {error}.")
    except Exception as error:  # noqa: BLE001 - it belongs to the caller who waits, not to this thread
        return None, error
