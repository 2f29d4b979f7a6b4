"""However a parent ends, its children end with it: proved on real process trees."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

PARENT = """
import asyncio, sys
from proctor_engine.contract import Frame
from proctor_engine.detectors.scripted import Act, Script, paint
from proctor_engine.pool import Pool
from proctor_engine.settings import EngineSettings
import simplejpeg

async def main():
    pool = Pool(EngineSettings(detector="scripted", children=2, frame_deadline_seconds=600, stop_ask_seconds=0.2))
    await pool.start()
    try:
        while pool.health().ready < 2:
            await asyncio.sleep(0.01)
        if sys.argv[1] == "busy":
            hang = simplejpeg.encode_jpeg(paint(Script(act=Act.HANG)))
            for number in range(4):
                pool.offer(Frame(f"session {number}", 1, 0, 0, hang))
            await asyncio.sleep(0.2)
        print(*pool.process_ids(), flush=True)
        await asyncio.sleep(600)
    finally:
        await pool.close()

if sys.argv[2] == "uvloop":
    import uvloop
    uvloop.run(main())
else:
    asyncio.run(main())
"""


@contextlib.contextmanager
def a_parent(occupation: str, loop_name: str) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    command = [sys.executable, "-c", PARENT, occupation, loop_name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        try:
            assert len(children) == 2
            yield parent, children
        finally:
            for process_id in (parent.pid, *children):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process_id, signal.SIGKILL)


def are_gone(children: list[int], seconds: float = 20) -> bool:
    """Ended, and reaped by whoever inherited them; a zombie runs no more."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(
            psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE for child in children
        ):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("ending", "occupation", "loop_name"),
    [
        (signal.SIGINT, "busy", "asyncio"),
        (signal.SIGINT, "idle", "uvloop"),
        (signal.SIGTERM, "busy", "uvloop"),  # nobody handles it: the parent dies without a word
        (signal.SIGKILL, "busy", "asyncio"),
        (signal.SIGKILL, "idle", "uvloop"),
    ],
)
def test_no_child_outlives_its_parent(ending: signal.Signals, occupation: str, loop_name: str) -> None:
    with a_parent(occupation, loop_name) as (parent, children):
        parent.send_signal(ending)
        parent.wait(timeout=30)
        assert are_gone(children)
