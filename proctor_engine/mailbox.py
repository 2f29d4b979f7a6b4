"""Newest wins: one slot a session, so a slow engine sees fewer frames, never older ones."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from proctor_engine.contract import Frame, Outcome, Superseded


@dataclass(frozen=True, slots=True)
class Offer:
    """A frame and whoever waits for its outcome."""

    frame: Frame
    outcome: asyncio.Future[Outcome]
    memory: bytes | None = None  # what goes along with the frame, where the asker keeps it

    def answer(self, outcome: Outcome) -> None:
        """Resolve the future, once; a caller that no longer waits is no error."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class MailboxFull(Exception):
    """As many sessions wait as the mailbox holds (policy: refuse the newcomer)."""


class Mailbox:
    """One slot a session and a fair queue of the sessions whose slot is filled.

    A session whose frame has been taken is skipped until `release`, so its frames are looked at one at a time and
    in order, whichever child takes them. Replacing a waiting frame keeps the session's place in the queue.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._slots: dict[str, Offer] = {}
        self._ready: OrderedDict[str, None] = OrderedDict()  # session ids; popitem(last=False) stays O(1)
        self._taken: set[str] = set()

    def put(self, offer: Offer) -> None:
        """Fill the session's slot; the frame that waited there is superseded. Raise `MailboxFull`."""
        session_id = offer.frame.session_id
        waiting = self._slots.get(session_id)
        if waiting is not None:
            waiting.answer(Superseded())
        elif len(self._slots) >= self._capacity:
            raise MailboxFull
        self._slots[session_id] = offer
        if session_id not in self._taken:
            self._ready[session_id] = None

    def take(self) -> Offer | None:
        """The frame of the session that has waited longest, or None; the session is held until `release`."""
        if not self._ready:
            return None
        session_id, _ = self._ready.popitem(last=False)
        self._taken.add(session_id)
        return self._slots.pop(session_id)

    def release(self, session_id: str) -> None:
        """The session's taken frame has its outcome; its next may be taken."""
        self._taken.discard(session_id)
        if session_id in self._slots:
            self._ready[session_id] = None

    def drop(self, session_id: str) -> None:
        """Empty the session's slot; the frame in it is superseded."""
        waiting = self._slots.pop(session_id, None)
        self._ready.pop(session_id, None)
        if waiting is not None:
            waiting.answer(Superseded())

    def empty(self) -> list[Offer]:
        """Take every waiting frame out, held or not, for its outcome to be told."""
        waiting = list(self._slots.values())
        self._slots.clear()
        self._ready.clear()
        return waiting

    def __len__(self) -> int:
        return len(self._slots)
