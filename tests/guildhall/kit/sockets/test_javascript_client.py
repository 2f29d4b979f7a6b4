"""What the unmodified JavaScript client sees, over real TCP: the checks are in check.mjs, one run for all of them."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.benchmarks.sockets import node
from tests.guildhall.kit.sockets.yard import ROOT, yard

CHECKS = Path(__file__).with_name("check.mjs")
NAMES = re.findall(r'^  async "(.+)"\(\)', CHECKS.read_text(), flags=re.MULTILINE)


def test_the_javascript_client_sees_what_it_should(tmp_path: Path) -> None:
    if (node_path := node()) is None:
        pytest.skip("Node, or node_modules/socket.io, is not here")
    with yard(tmp_path, ping_interval_seconds=1, ping_timeout_seconds=3) as server:
        command = [node_path, str(CHECKS), str(server.port)]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)
        errors = server.errors()
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {each["name"]: each["fault"] for each in told} == dict.fromkeys(NAMES)
    assert (errors, ran.stderr, ran.returncode) == ([], "", 0)
