"""A child's whole life: `python -m proctor_engine.child FD`, where FD is its end of a socket pair.

It ends when it is told to, when that socket closes, and (by the kernel's hand) when its parent dies.
"""

import ctypes
import faulthandler
import gc
import os
import signal
import socket
import sys

import cv2

from proctor_engine.channel import BlockingChannel, Kind, Message
from proctor_engine.contract import UnreadableFrame
from proctor_engine.detectors.base import Detector, load_detector
from proctor_engine.exchange import MOST_ADDED_BYTES, pack_answer, unpack_question
from proctor_engine.pipeline import examine
from proctor_engine.settings import EngineSettings

# Settings are a few hundred bytes of JSON; frames have their own limit, known once settings have arrived.
MAX_START_BYTES = 64_000
PR_SET_PDEATHSIG = 1  # linux/prctl.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h
MADV_HUGEPAGE = 14  # asm-generic/mman-common.h
HUGE_PAGE_BYTES = 2 << 20
GARBAGE_OBJECTS = 70_000  # made and not given back before cycles are looked for; Python's own is 700
RESERVED_BYTES = 48 << 20  # all models, warm, and a picture take about 40 MB; below M_MMAP_THRESHOLD


def main() -> None:
    """Answer frames until told to stop or until nobody is there to ask."""
    _bind_to_parent()
    _quieten_libraries()
    connected = socket.socket(fileno=int(sys.argv[1]))
    start = BlockingChannel(connected, MAX_START_BYTES).receive()
    if start is None or start.kind is not Kind.START:
        return
    settings = EngineSettings.model_validate_json(start.body)
    os.nice(settings.niceness)
    _keep_pages()
    cv2.setNumThreads(1)  # one child a core: threads inside it would only fight the next child
    detector = load_detector(settings)
    _leave_garbage()
    channel = BlockingChannel(connected, settings.max_frame_bytes + MOST_ADDED_BYTES)
    try:
        channel.send(Message(Kind.READY))
        while (message := channel.receive()) is not None and message.kind is not Kind.STOP:
            channel.send(_answer(message, detector, settings.max_picture_px))
    except OSError:  # the parent hung up while an answer was on its way
        return


def _answer(message: Message, detector: Detector, max_picture_px: int) -> Message:
    if message.kind is Kind.PING:
        return Message(Kind.PONG, message.job)
    try:
        answer = examine(unpack_question(message.body), detector, max_picture_px)
    except UnreadableFrame as unreadable:
        return Message(Kind.UNREADABLE, message.job, unreadable.reason.encode())
    except Exception as failure:  # noqa: BLE001 - a detector's fault is one frame's outcome, not the child's end
        return Message(Kind.FAILED, message.job, f"{type(failure).__name__}: {failure}"[:1_000].encode())
    return Message(Kind.OBSERVED, message.job, pack_answer(answer))


def _bind_to_parent() -> None:
    """Ctrl-C is the parent's business; a parent killed outright takes a child with it even in mid-picture."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _quieten_libraries() -> None:
    """Leave descriptor 2 to Python: MediaPipe and TensorFlow Lite write to it before reading any option of theirs."""
    own = os.fdopen(os.dup(2), "w", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = own
    faulthandler.enable(own)


def _leave_garbage() -> None:
    """Look for cycles among a frame's objects a hundredth as often, and never again among those of the models.

    A frame makes some hundred objects and no cycle of them (a test says so), so a look finds nothing and only drives
    the models' numbers out of the caches. Called once these are loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)


def _keep_pages() -> None:
    """Let malloc keep a picture's memory: returning it costs 419 page faults and 0.8 ms a frame in decoding.

    What models and pictures will take is reserved ahead and asked for in pages of 2 MB, where the system has them for
    who asks (Linux's `transparent_hugepage`): a frame then takes about 5 % less. What nobody touches costs nothing.
    """
    libc = ctypes.CDLL(None)
    libc.mallopt(M_MMAP_THRESHOLD, 64 << 20)
    libc.mallopt(M_TRIM_THRESHOLD, 512 << 20)
    libc.sbrk.restype = libc.malloc.restype = ctypes.c_void_p
    heap_ended = libc.sbrk(0)
    libc.free(ctypes.c_void_p(libc.malloc(ctypes.c_size_t(RESERVED_BYTES))))
    begin = -(-heap_ended // HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES
    if (reserved := libc.sbrk(0) - begin) > 0:
        libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(reserved), MADV_HUGEPAGE)


if __name__ == "__main__":
    main()
