"""The child's main as a process of its own, spoken to over a bare socket pair."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from proctor_engine.channel import BlockingChannel, Kind, Message
from proctor_engine.detectors.scripted import Act, Script, paint
from proctor_engine.exchange import Question, pack_question, unpack_answer
from tests.proctor_engine.harness import scripted_settings
from tests.proctor_engine.recordings import encode

SETTINGS = scripted_settings(max_frame_bytes=200_000, niceness=3)


@dataclass
class Child:
    process: subprocess.Popen[bytes]
    channel: BlockingChannel
    own_end: socket.socket

    def ask(self, message: Message) -> Message | None:
        self.channel.send(message)
        return self.channel.receive()


def frame(job: int, jpeg: bytes) -> Message:
    return Message(Kind.FRAME, job, pack_question(Question(0, b"", jpeg)))


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """One for all tests that leave it alive."""
    with contextlib.contextmanager(start_child)() as started:
        yield started


@pytest.fixture
def mortal_child() -> Iterator[Child]:
    yield from start_child()


def start_child() -> Iterator[Child]:
    own_end, child_end = socket.socketpair()
    own_end.settimeout(60)
    command = [sys.executable, "-m", "proctor_engine.child", str(child_end.fileno())]
    with own_end, subprocess.Popen(command, pass_fds=(child_end.fileno(),)) as process:
        child_end.close()
        channel = BlockingChannel(own_end, 200_000)
        started = Child(process, channel, own_end)
        assert started.ask(Message(Kind.START, body=SETTINGS.model_dump_json().encode())) == Message(Kind.READY)
        yield started
        process.kill()


def test_a_frame_becomes_an_observation(child: Child) -> None:
    answer = child.ask(frame(5, encode(paint(Script(faces=2)))))
    assert answer is not None
    assert (answer.kind, answer.job) == (Kind.OBSERVED, 5)
    assert len(unpack_answer(answer.body).observation.faces) == 2


@pytest.mark.parametrize("bad", [b"", b"not a picture", encode(paint(Script()))[:-40]], ids=["empty", "text", "cut"])
def test_a_bad_picture_is_an_answer_and_the_next_frame_is_looked_at(child: Child, bad: bytes) -> None:
    answer = child.ask(frame(1, bad))
    assert answer is not None
    assert answer.kind is Kind.UNREADABLE
    assert answer.body.endswith(b".")
    after = child.ask(frame(2, encode(paint(Script()))))
    assert after is not None
    assert after.kind is Kind.OBSERVED


def test_a_fault_in_the_detector_is_an_answer_too(child: Child) -> None:
    answer = child.ask(frame(1, encode(paint(Script(act=Act.RAISE)))))
    assert answer == Message(Kind.FAILED, 1, b"RuntimeError: the script asks for a fault")
    assert child.ask(Message(Kind.PING)) == Message(Kind.PONG)


def test_it_answers_a_ping(child: Child) -> None:
    assert child.ask(Message(Kind.PING, 9)) == Message(Kind.PONG, 9)


def test_it_ends_when_told_to(mortal_child: Child) -> None:
    mortal_child.channel.send(Message(Kind.STOP))
    assert mortal_child.process.wait(timeout=30) == 0


def test_it_ends_when_nobody_is_there_any_more(mortal_child: Child) -> None:
    mortal_child.own_end.close()
    assert mortal_child.process.wait(timeout=30) == 0


def test_ctrl_c_is_not_its_business(child: Child) -> None:
    child.process.send_signal(signal.SIGINT)
    assert child.ask(Message(Kind.PING)) == Message(Kind.PONG)


def test_it_yields_to_the_event_loop_that_feeds_it(child: Child) -> None:
    assert os.getpriority(os.PRIO_PROCESS, child.process.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 3


HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")


@pytest.mark.skipif(not HUGE_PAGES.exists(), reason="this system has no huge pages for who asks")
def test_memory_for_models_and_pictures_is_asked_for_in_huge_pages() -> None:
    program = """
from proctor_engine.child import RESERVED_BYTES, _keep_pages

_keep_pages()
parts = open("/proc/self/smaps").read().split("VmFlags:")
sizes = [int(one.rsplit(" kB\\nKernelPageSize", 1)[0].rsplit(" ", 1)[1])
         for one, flags in zip(parts, parts[1:]) if " hg" in flags.splitlines()[0]]
assert sum(sizes) * 1024 >= RESERVED_BYTES - (4 << 20), sizes
"""
    subprocess.run([sys.executable, "-c", program], check=True)
