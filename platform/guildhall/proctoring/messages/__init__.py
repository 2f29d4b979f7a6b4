"""What crosses the two proctoring sockets, both ways. The pages' `messages.ts` mirrors this file."""

import struct
from typing import Annotated, ClassVar, Literal

import orjson
from pydantic import Field

from guildhall.kit.sockets import Message
from guildhall.proctoring.lifecycle import CheckInState, Standing
from guildhall.proctoring.model import Coaching, Entry, Incident, Signal, StepName

FrameNumber = Annotated[int, Field(ge=0, le=2**53)]
Milliseconds = Annotated[int, Field(ge=0, le=2**53)]
SessionId = Annotated[str, Field(min_length=1, max_length=64)]


class FrameSent(Message):
    """Candidate -> server: one picture. Answered by a `Verdict` when it has been judged."""

    number: FrameNumber
    captured_at_ms: Milliseconds
    jpeg: bytes


class CameraNamed(Message):
    """Candidate -> server, after connecting and whenever another camera is opened: what the browser calls it."""

    label: Annotated[str, Field(max_length=200)]


class CheckInAsked(Message):
    """Candidate -> server: begin the check-in (again), pass over a step, go on to the exam, or do without it."""

    action: Literal["start", "next_step", "accept", "skip"]


class SignalTold(Message):
    """How well one thing can be read of this person; `on` is whether it is used."""

    signals: tuple[Signal, ...]
    on: bool
    quality: float
    title: str
    text: str


class CheckInTold(Message):
    """Server -> candidate: where the check-in stands. The page shows this and decides nothing."""

    state: CheckInState
    step: StepName | None
    place: int
    steps: int
    target: tuple[float, float] | None
    instruction: str
    hint: str | None
    progress: float
    runs_left: int
    signals: tuple[SignalTold, ...]


class Verdict(Message):
    number: int
    verdict: Literal["judged", "skipped", "unexamined"]
    reason: str | None
    next_interval_ms: int
    next_width_px: int
    """That the next picture may have; smaller and coarser while nothing happens."""
    next_height_px: int
    next_quality: float
    faces: int | None
    coaching: Coaching | None
    check_in: CheckInTold | None  # while it runs, and until its result is accepted


class Finish(Message):
    """Candidate -> server: I am done."""


class Finished(Message):
    state: Standing


class SessionWelcome(Message):
    """Server -> candidate, right after connecting: everything the exam room needs to start."""

    event: ClassVar[str] = "session"

    session_id: str
    exam_title: str
    candidate_name: str
    state: Standing
    frame_interval_ms: int
    max_frame_bytes: int
    frame_width_px: int
    frame_height_px: int
    jpeg_quality: float
    server_time_ms: int
    recorded: tuple[str, ...]
    check_in: CheckInTold


class TakenOver(Message):
    """Server -> candidate: the session goes on in another tab or on another device."""

    event: ClassVar[str] = "taken_over"


class Card(Message):
    """One candidate as a proctor sees them in the grid."""

    event: ClassVar[str] = "candidate"

    session_id: str
    candidate_name: str
    state: Standing
    faces: int | None
    since_ms: int
    check_in: CheckInState
    quality: float | None  # of looking away, 0..1; None: nothing is known of the person yet
    signals_off: tuple[Signal, ...]


class Watch(Message):
    """Proctor -> server: show me this exam from entry `after` on."""

    after: FrameNumber


class Wall(Message):
    exam_id: str
    exam_title: str
    candidates: tuple[Card, ...]
    entries: tuple[Entry, ...]
    head: int
    open: tuple[Incident, ...]
    server_time_ms: int
    frame_interval_ms: int  # while the engine has room for everybody


class Sync(Message):
    after: FrameNumber


class Synced(Message):
    entries: tuple[Entry, ...]
    head: int


class Focus(Message):
    session_id: SessionId | None


class Seen(Message):
    """Proctor -> server: this tile is on the screen, send me the next one."""

    session_id: SessionId
    number: FrameNumber


class Done(Message):
    """An answer with nothing to tell."""


class EntryAdded(Message):
    """Server -> proctor: a hint. A reader that misses one finds it by its number."""

    event: ClassVar[str] = "entry"

    number: int
    at_ms: int
    kind: str
    incident: Incident


class Head(Message):
    """Server -> proctor, every few seconds: the newest number, so that silence is noticed."""

    event: ClassVar[str] = "head"

    head: int


class Tile(Message):
    """Server -> proctor: one candidate's newest frame."""

    event: ClassVar[str] = "tile"
    newest_of: ClassVar[str] = "session_id"

    session_id: str
    number: int
    captured_at_ms: int
    received_at_ms: int
    faces: int | None
    frames_per_second: float | None = None  # at which this candidate is judged just now
    frames_asked: float | None = None  # a second, of their page: fewer while nothing happens
    boxes: tuple[tuple[float, float, float, float], ...]
    jpeg: bytes


_TILE_HEAD = struct.Struct("<I")
_TOLD = tuple(name for name in Tile.model_fields if name != "jpeg")


def pack_tile(tile: Tile) -> bytes:
    """A tile for the bus: the length of its JSON, the JSON, then the picture as it came."""
    told = orjson.dumps({name: getattr(tile, name) for name in _TOLD})
    return b"".join((_TILE_HEAD.pack(len(told)), told, tile.jpeg))


def unpack_tile(packed: bytes) -> Tile:
    (length,) = _TILE_HEAD.unpack_from(packed)
    jpeg_at = _TILE_HEAD.size + length
    told = orjson.loads(packed[_TILE_HEAD.size : jpeg_at])
    return Tile.model_validate({**told, "jpeg": packed[jpeg_at:]})
