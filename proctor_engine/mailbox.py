"""Newest wins: one slot a session, so a slow engine sees fewer frames, never older ones."""

import asyncio
import heapq
from collections import OrderedDict
from dataclasses import dataclass, replace

from proctor_engine.contract import Frame, Observed, Outcome, Superseded


@dataclass(slots=True)
class Offer:
    """A frame and whoever waits for its outcome. Times are seconds of a monotonic clock."""

    frame: Frame
    outcome: asyncio.Future[Outcome]
    memory: bytes | None = None  # what goes along with the frame, where the asker keeps it
    offered_at: float = 0.0
    taken_at: float = 0.0

    def answer(self, outcome: Outcome) -> None:
        """Resolve the future, once; a caller that no longer waits is no error."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)

    def timed(self, outcome: Outcome, now: float) -> Outcome:
        """The outcome, with the time that this offer waited and was under way added to its stages."""
        if not isinstance(outcome, Observed):
            return outcome
        stages = outcome.stages
        waited_us = max(0, round((self.taken_at - self.offered_at) * 1e6))
        carried_us = max(0, round((now - self.taken_at) * 1e6) - stages.total_us)
        added = replace(stages, waited_us=stages.waited_us + waited_us, carried_us=stages.carried_us + carried_us)
        return Observed(outcome.observation, outcome.memory, added)


class MailboxFull(Exception):
    """As many sessions wait as the mailbox holds (policy: refuse the newcomer)."""


class Mailbox:
    """One slot a session and a fair queue of the sessions whose slot is filled.

    A session whose frame has been taken is skipped until `release`, so its frames are looked at one at a time and
    in order, whichever child takes them. Replacing a waiting frame keeps the session's place in the queue.

    First comes the session that has been due for longest: from when its frame arrived, but never sooner than
    `share_seconds` after its last one was taken. Whoever sends more often is not served more often for it, also where
    the others keep to a slower pace.
    """

    def __init__(self, capacity: int) -> None:
        self.share_seconds = 0.0
        self._capacity = capacity
        self._slots: dict[str, Offer] = {}
        self._due: dict[str, tuple[float, int]] = {}  # of the sessions that may be taken; when, and who was first
        self._queue: list[tuple[float, int, str]] = []  # a heap of the same; one that is no longer in `_due` is passed
        self._entered = 0
        self._taken: set[str] = set()
        self._served: OrderedDict[str, float] = OrderedDict()  # when each may be taken again, while that is to come

    def put(self, offer: Offer, now: float) -> bool:
        """Fill the session's slot; the frame that waited there is superseded. Raise `MailboxFull`.

        True when the superseded one had been due: it waited for room, not because its session sends too often.
        """
        session_id = offer.frame.session_id
        offer.offered_at = now
        waiting = self._slots.get(session_id)
        if waiting is not None:
            waiting.answer(Superseded())
        elif len(self._slots) >= self._capacity:
            raise MailboxFull
        self._slots[session_id] = offer
        if session_id not in self._taken and session_id not in self._due:
            self._enter(session_id, now)
        return waiting is not None and session_id in self._due and self._due[session_id][0] <= now

    def take(self, now: float) -> Offer | None:
        """The frame of the session that has been due for longest, or None; it is held until `release`."""
        due_at = self.due_at()
        if due_at is None or due_at > now:
            return None
        _, _, session_id = heapq.heappop(self._queue)
        del self._due[session_id]
        self._taken.add(session_id)
        while self._served and next(iter(self._served.values())) <= now:
            self._served.popitem(last=False)
        if self.share_seconds > 0:
            self._served[session_id] = now + self.share_seconds
            self._served.move_to_end(session_id)
        offer = self._slots.pop(session_id)
        offer.taken_at = now
        return offer

    def due_at(self) -> float | None:
        """When the next frame may be taken, which may have been; None when nothing waits."""
        while self._queue:
            due_at, entered, session_id = self._queue[0]
            if self._due.get(session_id) == (due_at, entered):
                return due_at
            heapq.heappop(self._queue)
        return None

    def release(self, session_id: str, now: float) -> None:
        """The session's taken frame has its outcome; its next may be taken."""
        self._taken.discard(session_id)
        if session_id in self._slots and session_id not in self._due:
            self._enter(session_id, now)

    def drop(self, session_id: str) -> None:
        """Empty the session's slot; the frame in it is superseded."""
        waiting = self._slots.pop(session_id, None)
        self._due.pop(session_id, None)
        self._served.pop(session_id, None)
        if waiting is not None:
            waiting.answer(Superseded())

    def empty(self) -> list[Offer]:
        """Take every waiting frame out, held or not, for its outcome to be told."""
        waiting = list(self._slots.values())
        self._slots.clear()
        self._due.clear()
        self._queue.clear()
        return waiting

    def __len__(self) -> int:
        return len(self._slots)

    def _enter(self, session_id: str, now: float) -> None:
        self._entered += 1
        due_at = max(now, self._served.get(session_id, now))
        self._due[session_id] = due_at, self._entered
        if len(self._queue) > 2 * self._capacity:  # only sessions that come and go within one wait leave so many behind
            self._queue = [place for place in self._queue if self._due.get(place[2]) == place[:2]]
            heapq.heapify(self._queue)
        heapq.heappush(self._queue, (due_at, self._entered, session_id))
