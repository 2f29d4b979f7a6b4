"""The short form of `make chaos-ledger`, so that it is known to work when somebody needs it."""

import json
import subprocess
import sys


def test_money_is_whole_after_its_processes_were_killed() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.soaks.ledger", "--minutes", "0.08", "--storage", "sqlite", "--seed", "7"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["kills"] > 0
    assert told["faults"] == 0
