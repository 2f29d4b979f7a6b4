"""What a session's signal log is made of: records in the order they were judged, and the chunks they are stored in."""

from dataclasses import dataclass
from typing import TypeAlias

from pydantic import ConfigDict, Field

from guildhall.proctoring.lifecycle import CheckInEvent
from guildhall.proctoring.model import Baseline, CheckInProgress, PendingEntry, Rule, Stored
from proctor_engine.contract import Observation


@dataclass(frozen=True, slots=True)
class Seen:
    """One judged picture, at the server's time of its arrival."""

    at_ms: int
    observation: Observation


@dataclass(frozen=True, slots=True)
class Silence:
    """A tick of the clock that changed something; `arrived_ms` is when the last picture came."""

    at_ms: int
    arrived_ms: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the candidate asked of their check-in."""

    at_ms: int
    event: CheckInEvent


@dataclass(frozen=True, slots=True)
class CameraCalled:
    """What the candidate's page calls its camera."""

    at_ms: int
    label: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nobody watches any more: the candidate has left, or the session is over."""

    at_ms: int


class Standpoint(Stored):
    """What an owner went on from: all that is stored of a session's timeline."""

    epoch: int
    ordinals: dict[Rule, int]
    began_ms: dict[Rule, int]
    baseline: Baseline | None
    check_in: CheckInProgress


@dataclass(frozen=True, slots=True)
class Resumed:
    """A process took the session over, and forgot what had not been stored."""

    at_ms: int
    standpoint: Standpoint


@dataclass(frozen=True, slots=True)
class Orphaned:
    """The owner died: what it left open ended when it was last known to watch."""

    at_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class Muted:
    """From here on incidents of these rules are not opened: they are muted for this person, or not consented to."""

    at_ms: int
    rules: frozenset[Rule]


Record: TypeAlias = Seen | Silence | Asked | CameraCalled | Stopped | Resumed | Orphaned | Muted


class Chunk(Stored):
    """One stored stretch of a session's log, tied by `prev_hash` to the one before.

    `decisions` are the incident entries that rest on what is in here and before; they are written with it, and carried
    out after it by whoever owns the session then. Only the newest chunk can hold some that are not.
    """

    id: str = Field(alias="_id")
    session_id: str
    number: int
    epoch: int
    rule_version: str
    sealed_at_ms: int
    records: int
    decisions: tuple[PendingEntry, ...]
    payload_hash: str
    prev_hash: str
    hash: str
    payload: bytes

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def chunk_id(session_id: str, number: int) -> str:
    return f"{session_id}/{number:08}"
