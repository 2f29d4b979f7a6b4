"""The door the platform uses: offer a frame, get its outcome; children here or engine processes elsewhere."""

import asyncio
from typing import Protocol

from proctor_engine.contract import EngineHealth, Frame, Outcome
from proctor_engine.settings import EngineSettings

__all__ = ["EngineClient", "EngineSettings", "open_engine"]


class EngineClient(Protocol):
    """What both engines promise. Used from one event loop; nothing here blocks it."""

    async def start(self) -> None:
        """Begin starting children (or connecting) and return at once; `health()` tells when they are ready."""
        ...

    async def close(self) -> None:
        """Answer what is open as unexamined and end every child; safe to call twice, or before `start`."""
        ...

    def offer(self, frame: Frame) -> asyncio.Future[Outcome]:
        """Take the newest frame of a session; the future always resolves to an outcome and never raises.

        Frames of one session are examined one at a time and in order; one that waits is superseded by the next.
        """
        ...

    def forget(self, session_id: str) -> None:
        """Drop the waiting frame of a session that has ended (its future resolves as superseded)."""
        ...

    def health(self) -> EngineHealth:
        """Counts for /readyz and metrics."""
        ...


def open_engine(settings: EngineSettings) -> EngineClient:
    """Make the engine that the settings ask for; the caller starts and closes it."""
    if settings.remote:
        from proctor_engine.remote import RemoteEngine

        return RemoteEngine(settings)
    from proctor_engine.pool import Pool

    return Pool(settings)
