"""One entry of a numbered log, as `kit.streams` stores it. Pure, so that rules may speak of it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a stream; `number` counts from 1 without gaps."""

    stream: str
    number: int
    key: str
    at_ms: int
    body: dict[str, Any]
