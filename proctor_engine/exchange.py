"""A frame and what its session's last frame left, to whoever examines it; what was seen and what to remember, back."""

import struct
from dataclasses import field

from proctor_engine.contract import Observation, Stages, pack_observation, unpack_observation
from proctor_engine.records import record

_QUESTION = struct.Struct("<qH")  # when the frame reached the server, bytes of memory
_ANSWER = struct.Struct("<H")  # bytes of memory
MOST_ADDED_BYTES = _QUESTION.size + Stages.PACKED.size + 0xFFFF  # to a picture or an observation


@record(frozen=True, slots=True)
class Question:
    """A frame for a child, and what its session's last frame left."""

    received_at_ms: int
    memory: bytes
    jpeg: bytes


@record(frozen=True, slots=True)
class Answer:
    """What a child makes of a frame, what to send along with the session's next, and where the time went."""

    memory: bytes
    observation: Observation
    stages: Stages = field(default=Stages())


def pack_question(question: Question) -> bytes:
    """The body of a `FRAME`."""
    head = _QUESTION.pack(question.received_at_ms, len(question.memory))
    return b"".join((head, question.memory, question.jpeg))


def unpack_question(body: bytes) -> Question:
    """Raise `struct.error` when the bytes are not those of a question."""
    received_at_ms, memory_bytes = _QUESTION.unpack_from(body)
    jpeg_at = _QUESTION.size + memory_bytes
    return Question(received_at_ms, body[_QUESTION.size : jpeg_at], body[jpeg_at:])


def pack_answer(answer: Answer) -> bytes:
    """The body of an `OBSERVED`."""
    head = _ANSWER.pack(len(answer.memory))
    return b"".join((head, answer.stages.pack(), answer.memory, pack_observation(answer.observation)))


def unpack_answer(body: bytes) -> Answer:
    """Raise `struct.error` when the bytes are not those of an answer."""
    (memory_bytes,) = _ANSWER.unpack_from(body)
    memory_at = _ANSWER.size + Stages.PACKED.size
    observation_at = memory_at + memory_bytes
    stages = Stages.unpack(body, _ANSWER.size)
    return Answer(body[memory_at:observation_at], unpack_observation(body[observation_at:]), stages)
