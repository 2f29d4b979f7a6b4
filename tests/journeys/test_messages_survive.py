"""The short form of `make chaos-chat`: real processes, killed for real. How long it goes on is a setting there."""

import json
import subprocess
import sys

import pytest

from tests.fakes.server import ROOT
from tests.servers.build import CannotBuild
from tests.servers.mongo import lasting_command
from tests.servers.redis import RedisServer

LIMIT_SECONDS = 280


@pytest.mark.servers
@pytest.mark.parametrize("storage", ["sqlite", "mongo"])
def test_no_message_is_lost_doubled_or_out_of_order_on_either_side(
    storage: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    RedisServer()  # skips where there is none
    if storage == "mongo":
        try:
            lasting_command(tmp_path_factory.mktemp("asked") / "database")
        except CannotBuild as reason:
            pytest.skip(f"no MongoDB server that can be killed: {reason}")
    command = [sys.executable, "-m", "tests.journeys.chaos_chat", "--messages", "120", "--conversations", "3"]
    command += ["--replies", "6", "--storage", storage, "--kill-every", "4", "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads(done.stdout.splitlines()[-1])["rounds"][0]
    assert (figures["lost"], figures["doubled"], figures["reordered"], figures["faults"]) == (0, 0, 0, 0)
    assert figures["acknowledged"] == figures["stored"] == figures["messages"] == 120
    assert figures["cuts"] > 20
    replies = figures["replies"]
    assert replies["whole"] + replies["truncated"] + replies["handed_on"] == replies["asked"] == 6
    assert (replies["unmarked"], replies["unanswered"], replies["doubled"]) == (0, 0, 0)
