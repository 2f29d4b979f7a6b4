"""The short form of `make chaos-exam`: real processes, killed for real. How long it goes on is a setting there."""

import json
import subprocess
import sys

import pytest

from tests.fakes.server import ROOT

LIMIT_SECONDS = 280


@pytest.mark.servers
def test_no_receipted_answer_is_lost_and_no_time_is_taken_when_the_server_is_killed() -> None:
    command = [sys.executable, "-m", "tests.journeys.chaos_exam", "--answers", "240", "--candidates", "8"]
    # A runner that many tests share beats late; how exactly time is credited is the long form's to say.
    command += ["--kill-every", "4", "--pace", "0.3", "--slack-ms", "4000", "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["faults"] == 0
    assert figures["receipted"] == figures["answers"] >= 240
    assert figures["kills"] >= 1
