"""What the engine said after each session's last frame, kept by whoever owns the sessions.

It goes out with the session's next frame. Frames of a session are examined one at a time, so there is never more than
one version of it; a frame that nobody could look at leaves the version before.
"""

from collections import OrderedDict

from proctor_engine.contract import Observed, Outcome


class Memories:
    """At most `capacity` sessions (policy: the one longest unused is forgotten, and its next frame starts anew)."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def recall(self, session_id: str) -> bytes:
        """What to send along; empty for a session's first frame."""
        return self._kept.get(session_id, b"")

    def keep(self, session_id: str, outcome: Outcome) -> None:
        """Note what came back with an observation; other outcomes bring nothing."""
        if not isinstance(outcome, Observed):
            return
        self._kept[session_id] = outcome.memory
        self._kept.move_to_end(session_id)
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def forget(self, session_id: str) -> None:
        """The session has ended."""
        self._kept.pop(session_id, None)
