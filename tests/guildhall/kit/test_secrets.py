import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from guildhall.kit.secrets import read_or_make_secret
from guildhall.kit.tokens import SECRET_BYTES_MIN

MAKER = """
import sys
from pathlib import Path
from guildhall.kit.secrets import read_or_make_secret

print("ready", flush=True)
sys.stdin.readline()
print(read_or_make_secret(None, Path(sys.argv[1])), flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "token-secret"


def test_a_secret_that_was_given_is_used_and_nothing_is_written(path: Path) -> None:
    assert read_or_make_secret("given", path) == "given"
    assert not path.parent.exists()


@pytest.mark.parametrize("given", [None, ""])
def test_a_secret_is_made_once_and_long_enough_and_only_its_owner_reads_it(path: Path, given: str | None) -> None:
    made = read_or_make_secret(given, path)
    assert len(made.encode()) >= SECRET_BYTES_MIN
    assert read_or_make_secret(given, path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_two_places_have_two_secrets(tmp_path: Path) -> None:
    assert read_or_make_secret(None, tmp_path / "a") != read_or_make_secret(None, tmp_path / "b")


def test_a_secret_written_by_hand_may_end_in_a_newline(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("written by hand\n")
    assert read_or_make_secret(None, path) == "written by hand"


def test_threads_that_start_together_agree_and_leave_nothing_lying_about(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, link = threading.Barrier(8), os.link

    def link_together(source: str, target: Path) -> None:
        together.wait(10)  # each has made its own by now; one link wins
        link(source, target)

    monkeypatch.setattr(os, "link", link_together)
    secrets: list[str] = []
    exists = type(path).exists
    monkeypatch.setattr(type(path), "exists", lambda self: self != path and exists(self))
    threads = [threading.Thread(target=lambda: secrets.append(read_or_make_secret(None, path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 8
    assert len(set(secrets)) == 1
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_processes_that_start_together_agree(path: Path) -> None:
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", MAKER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for maker in makers:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "ready\n"
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("go\n")
        maker.stdin.flush()
    secrets = {maker.communicate(timeout=20)[0].strip() for maker in makers}
    assert secrets == {path.read_text()}
