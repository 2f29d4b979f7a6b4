import os
import signal
import subprocess
import sys
from collections.abc import Iterator
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


def test_a_worker_that_begins_before_its_database_says_so_and_waits_for_it(tmp_path: Path) -> None:
    database = wire_server()
    database.start()
    database.kill()
    environment = environ(tmp_path, MONGO_URL=database.url)
    with subprocess.Popen(
        COMMAND, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            told = ""
            while "storage_awaited" not in told:
                told += process.stdout.readline()
            database.start()
            while "worker_ready" not in told:
                told += process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            told += process.communicate(timeout=30)[0]
        finally:
            process.kill()
            database.kill()
    assert process.returncode == 0
    assert "MongoDB does not answer" in told
    assert "Traceback" not in told


def test_a_worker_that_waits_for_its_database_can_be_told_to_stop(tmp_path: Path) -> None:
    environment = environ(tmp_path, MONGO_URL="mongodb://127.0.0.1:9/")
    with subprocess.Popen(
        COMMAND, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            told = ""
            while "storage_awaited" not in told:
                told += process.stdout.readline()
            process.send_signal(signal.SIGINT)
            told += process.communicate(timeout=30)[0]
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Traceback" not in told


def test_a_worker_whose_file_cannot_be_used_says_so_in_words(tmp_path: Path) -> None:
    (tmp_path / "guildhall.sqlite3").mkdir()
    ended = subprocess.run(
        COMMAND, cwd=tmp_path, env=environ(tmp_path), capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 1
    assert "The worker cannot use its database" in ended.stderr
    assert "Traceback" not in ended.stderr
