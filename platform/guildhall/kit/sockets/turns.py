"""Order within a connection: one thing at a time, in the order it came."""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from guildhall.kit.logs import get_logger
from guildhall.kit.tasks import TaskOwner

Turn: TypeAlias = Callable[[], Awaitable[None]]
log = get_logger(__name__)


class Turns:
    """The waiting line of one connection; REFUSE_NEWEST when `max_waiting` wait or are held.

    A task runs while somebody waits and ends with the last of them, so an idle connection costs none. Whatever keeps a
    place after its turn (an answer that comes later) is held and released by name.
    """

    def __init__(self, owner: TaskOwner, name: str, max_waiting: int) -> None:
        self._owner = owner
        self._name = name
        self._max_waiting = max_waiting
        self._waiting: deque[Turn] = deque()
        self._held = 0
        self._running = False
        self._closed = False

    def take(self, turn: Turn) -> bool:
        """Wait for a turn; False when the line is full or closed."""
        if self._closed or len(self._waiting) + self._held >= self._max_waiting:
            return False
        self._enter(turn)
        return True

    def may_pass(self) -> bool:
        """Whether what never waits may be done at once, without a turn: it would be next, and there is room."""
        return not (self._running or self._closed or self._held >= self._max_waiting)

    def close(self, last: Turn) -> None:
        """Send those that wait away; what runs ends, then `last` runs, then nothing any more."""
        if self._closed:
            return
        self._closed = True
        self._waiting.clear()
        self._enter(last)

    def hold(self) -> None:
        self._held += 1

    def release(self) -> None:
        self._held -= 1

    def _enter(self, turn: Turn) -> None:
        self._waiting.append(turn)
        if not self._running:
            self._running = True
            self._owner.start(self._name, self._run())

    async def _run(self) -> None:
        try:
            while self._waiting:
                turn = self._waiting.popleft()
                try:
                    await turn()
                except Exception:
                    log.exception("turn_crashed", line=self._name)
        finally:
            self._running = False
