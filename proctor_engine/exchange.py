"""A frame and what its session's last frame left, to whoever examines it; what was seen and what to remember, back."""

import struct
from dataclasses import dataclass

from proctor_engine.contract import Observation, pack_observation, unpack_observation

_QUESTION = struct.Struct("<qH")  # when the frame reached the server, bytes of memory
_ANSWER = struct.Struct("<H")  # bytes of memory
MOST_ADDED_BYTES = _QUESTION.size + 0xFFFF  # to a picture or an observation


@dataclass(frozen=True, slots=True)
class Question:
    """A frame for a child, and what its session's last frame left."""

    received_at_ms: int
    memory: bytes
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a child makes of a frame, and what to send along with the session's next."""

    memory: bytes
    observation: Observation


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
    return b"".join((_ANSWER.pack(len(answer.memory)), answer.memory, pack_observation(answer.observation)))


def unpack_answer(body: bytes) -> Answer:
    """Raise `struct.error` when the bytes are not those of an answer."""
    (memory_bytes,) = _ANSWER.unpack_from(body)
    observation_at = _ANSWER.size + memory_bytes
    return Answer(body[_ANSWER.size : observation_at], unpack_observation(body[observation_at:]))
