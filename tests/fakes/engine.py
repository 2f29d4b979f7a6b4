"""An engine that answers what the test says, when the test says."""

import asyncio
from collections import deque

from proctor_engine.contract import (
    EngineHealth,
    Frame,
    Observation,
    Observed,
    Outcome,
    pack_observation,
    unpack_observation,
)
from tests.fakes.observations import CALM


class FakeEngine:
    """Answers each frame at once with `shows`; with `hold` the frames wait for `answer`."""

    def __init__(self) -> None:
        self.shows: Observation = CALM
        self.outcome: Outcome | None = None
        self.hold = False
        self.interval_ms = 0
        self.offered: list[Frame] = []
        self._waiting: deque[asyncio.Future[Outcome]] = deque()

    async def start(self) -> None: ...

    async def close(self) -> None:
        for future in self._waiting:
            future.cancel()

    def offer(self, frame: Frame) -> asyncio.Future[Outcome]:
        self.offered.append(frame)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if self.hold:
            self._waiting.append(future)
        else:
            # As from a child: an observation has always crossed a socket, which rounds its numbers.
            crossed = unpack_observation(pack_observation(self.shows))
            future.set_result(self.outcome or Observed(crossed))
        return future

    def answer(self, outcome: Outcome) -> None:
        self._waiting.popleft().set_result(outcome)

    def forget(self, session_id: str) -> None: ...

    def health(self) -> EngineHealth:
        waiting = len(self._waiting)
        return EngineHealth(1, 1, restarts=0, waiting=waiting, in_flight=0, interval_ms=self.interval_ms)
