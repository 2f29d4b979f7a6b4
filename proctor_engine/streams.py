"""What travels between web processes and engine processes through Redis: keys, frames and outcomes.

Frames go to one stream read by a consumer group; each web process has a reply stream of its own that expires.
"""

import struct
from collections.abc import Mapping
from dataclasses import astuple

from proctor_engine.contract import (
    EngineHealth,
    Frame,
    Observed,
    Outcome,
    Superseded,
    Unexamined,
    Unreadable,
)
from proctor_engine.exchange import Answer, pack_answer, unpack_answer

GROUP = "engines"
REPLY_EXPIRES_SECONDS = 60
# Pictures of people: one that no engine took, or that was lost with its engine, is gone from Redis after this long.
FRAME_EXPIRES_SECONDS = 60
# An engine process says every second how it is; one silent for this long is counted out.
BEAT_SECONDS = 1.0
SILENT_AFTER_MS = 3_000

_FRAME = struct.Struct("<IQqqH")  # job, number, captured_at_ms, received_at_ms, bytes of the session id
_HEALTH = struct.Struct("<q8I")  # at_ms on the clock of Redis, then EngineHealth
_ASKER = struct.Struct("<qI")  # at_ms on the clock of Redis, sessions
_OBSERVED, _SUPERSEDED, _UNREADABLE, _UNEXAMINED = b"o", b"s", b"r", b"x"


class MalformedEntry(Exception):
    """An entry of a stream that neither side of this version writes."""


def frames_key(prefix: str) -> str:
    """The stream every engine process reads."""
    return f"{prefix}:frames"


def replies_key(prefix: str, asker: str) -> str:
    """The stream of answers to one web process."""
    return f"{prefix}:replies:{asker}"


def health_key(prefix: str) -> str:
    """The hash in which engine processes say how they are."""
    return f"{prefix}:health"


def askers_key(prefix: str) -> str:
    """The hash in which web processes say how many sessions they send frames of."""
    return f"{prefix}:askers"


def pack_frame(frame: Frame, job: int, asker: str, memory: bytes) -> dict[bytes, bytes]:
    """Fields of a frame's entry; `memory` is what the session's last frame left."""
    session = frame.session_id.encode()
    head = _FRAME.pack(job, frame.number, frame.captured_at_ms, frame.received_at_ms, len(session))
    return {b"asker": asker.encode(), b"frame": head + session + frame.jpeg, b"memory": memory}


def unpack_frame(fields: Mapping[bytes, bytes]) -> tuple[Frame, int, str, bytes]:
    """The frame, its job, its asker and the session's memory. Raise `MalformedEntry`."""
    try:
        packed = fields[b"frame"]
        job, number, captured_at_ms, received_at_ms, session_bytes = _FRAME.unpack_from(packed)
        jpeg_at = _FRAME.size + session_bytes
        session_id = packed[_FRAME.size : jpeg_at].decode()
        asker, memory = fields[b"asker"].decode(), fields[b"memory"]
    except (KeyError, struct.error, UnicodeDecodeError) as damage:
        raise MalformedEntry from damage
    return Frame(session_id, number, captured_at_ms, received_at_ms, packed[jpeg_at:]), job, asker, memory


def pack_outcome(outcome: Outcome, job: int) -> dict[bytes, bytes]:
    """Fields of an answer's entry."""
    match outcome:
        case Observed(observation, memory, stages):
            body = _OBSERVED + pack_answer(Answer(memory, observation, stages))
        case Superseded():
            body = _SUPERSEDED
        case Unreadable(reason):
            body = _UNREADABLE + reason.encode()
        case Unexamined(reason):
            body = _UNEXAMINED + reason.encode()
    return {b"job": str(job).encode(), b"outcome": body}


def unpack_outcome(fields: Mapping[bytes, bytes]) -> tuple[int, Outcome]:
    """The job and its outcome. Raise `MalformedEntry`."""
    try:
        job, packed = int(fields[b"job"]), fields[b"outcome"]
        kind, body = packed[:1], packed[1:]
        if kind == _OBSERVED:
            answer = unpack_answer(body)
            return job, Observed(answer.observation, answer.memory, answer.stages)
        if kind == _SUPERSEDED:
            return job, Superseded()
        if kind == _UNREADABLE:
            return job, Unreadable(body.decode())
        if kind == _UNEXAMINED:
            return job, Unexamined(body.decode())
    except (KeyError, ValueError, struct.error) as damage:
        raise MalformedEntry from damage
    raise MalformedEntry


def entry_at_ms(entry_id: bytes) -> int:
    """When Redis took the entry, by its own clock: an id is milliseconds, a dash and a count."""
    return int(entry_id.split(b"-")[0])


def pack_health(health: EngineHealth, at_ms: int) -> bytes:
    """An engine process's line in the health hash."""
    return _HEALTH.pack(at_ms, *astuple(health))


def sum_health(lines: Mapping[bytes, bytes], now_ms: int) -> EngineHealth:
    """All engine processes that spoke lately, as one: a child of it takes as long for a frame as theirs on average."""
    told = [_HEALTH.unpack(line) for line in lines.values() if len(line) == _HEALTH.size]
    alive = [EngineHealth(*line[1:]) for line in told if is_alive(line[0], now_ms)]
    measured = [engine for engine in alive if engine.ready and engine.service_us]
    frames_per_us = sum(engine.ready / engine.service_us for engine in measured)
    return EngineHealth(
        children=sum(engine.children for engine in alive),
        ready=sum(engine.ready for engine in alive),
        restarts=sum(engine.restarts for engine in alive),
        waiting=sum(engine.waiting for engine in alive),
        in_flight=sum(engine.in_flight for engine in alive),
        service_us=round(sum(engine.ready for engine in measured) / frames_per_us) if measured else 0,
    )


def pack_asker(sessions: int, at_ms: int) -> bytes:
    """A web process's line in the hash of askers."""
    return _ASKER.pack(at_ms, sessions)


def sum_askers(lines: Mapping[bytes, bytes], now_ms: int) -> int:
    """Sessions of all web processes that spoke lately."""
    told = [_ASKER.unpack(line) for line in lines.values() if len(line) == _ASKER.size]
    return sum(sessions for at_ms, sessions in told if is_alive(at_ms, now_ms))


def silent_names(lines: Mapping[bytes, bytes], now_ms: int) -> list[bytes]:
    """Engine or web processes to strike from their hash; every line begins with its time."""
    return [
        name
        for name, line in lines.items()
        if len(line) not in (_HEALTH.size, _ASKER.size) or not is_alive(_ASKER.unpack_from(line)[0], now_ms)
    ]


def is_alive(at_ms: int, now_ms: int) -> bool:
    """Whether a line written then still counts now."""
    return now_ms - at_ms < SILENT_AFTER_MS
