import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.mongo import wire_server

COMMAND = [sys.executable, "-m", "workers"]


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "GUILDHALL_STORAGE__SQLITE_PATH": str(folder / "guildhall.sqlite3"),
        "GUILDHALL_LOGS__FORMAT": "json",
        **more,
    }


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        COMMAND, cwd=tmp_path, env=environ(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_says_when_it_is_ready_and_stops_when_asked(
    worker: subprocess.Popen[str], stop: signal.Signals
) -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        if "worker_ready" in line:
            break
    worker.send_signal(stop)
    told, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert "Traceback" not in told


def test_a_worker_that_cannot_use_its_configuration_says_why_and_does_not_start(tmp_path: Path) -> None:
    wrong = environ(tmp_path, GUILDHALL_PROCTORING__LEASE_SECONDS="soon")
    ended = subprocess.run(COMMAND, cwd=tmp_path, env=wrong, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "`proctoring.lease_seconds` must be a number" in ended.stderr
    assert "Traceback" not in ended.stderr


@contextmanager
def waiting_worker(folder: Path, mongo_url: str) -> Iterator[subprocess.Popen[str]]:
    """A worker whose database is not there, as soon as it has said so; killed after a minute, whatever it does."""
    environment = environ(folder, GUILDHALL_STORAGE__MONGO_URL=mongo_url)
    with subprocess.Popen(
        COMMAND, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        end = threading.Timer(60, process.kill)
        end.start()
        try:
            assert "MongoDB does not answer" in read_until(process, "storage_awaited")
            yield process
        finally:
            end.cancel()
            process.kill()


def read_until(process: subprocess.Popen[str], mark: str) -> str:
    """The line of its log with the mark."""
    assert process.stdout is not None
    line = next((line for line in process.stdout if mark in line or "Traceback" in line), "")
    assert mark in line
    return line


def test_a_worker_that_begins_before_its_database_waits_for_it(tmp_path: Path) -> None:
    database = wire_server()
    database.start()
    database.kill()
    try:
        with waiting_worker(tmp_path, database.url) as process:
            database.start()
            read_until(process, "worker_ready")
            process.send_signal(signal.SIGTERM)
            told, _ = process.communicate()
            assert (process.returncode, "Traceback" in told) == (0, False)
    finally:
        database.kill()


def test_a_worker_that_waits_for_its_database_can_be_told_to_stop(tmp_path: Path) -> None:
    with waiting_worker(tmp_path, "mongodb://127.0.0.1:9/") as process:
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate()
        assert (process.returncode, "Traceback" in told) == (0, False)


def test_a_worker_whose_file_cannot_be_used_says_so_in_words(tmp_path: Path) -> None:
    (tmp_path / "guildhall.sqlite3").mkdir()
    ended = subprocess.run(
        COMMAND, cwd=tmp_path, env=environ(tmp_path), capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 1
    assert "The worker cannot use its database" in ended.stderr
    assert "Traceback" not in ended.stderr
