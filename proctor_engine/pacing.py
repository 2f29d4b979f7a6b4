"""From the engine's load to the interval that each session should leave between two frames. The rule is pure.

Children that are full answer no sooner for being sent more: what comes above their capacity only waits, then is
superseded. So sessions are told an interval at which all of them together take `FULL_SHARE` of what the children can
do. It grows at once and shrinks slowly, so that it does not swing: the time a frame takes depends itself on how busy
the machine is.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass, replace

FULL_SHARE = 0.9  # of the children's time; the wait for a free one grows without bound towards 1 (M/D/c queue)
SHRINK_PER_SECOND = 0.1  # of the interval, at most
LONGEST_INTERVAL_MS = 2_000.0  # more would tell nobody anything, and take long to come back from
# What the measured times do not show (a parent or a Redis at its limit) shows in frames that found no child in time.
LATE_SHARE_MOST = 0.05  # of the sessions; one that sends too much for itself is not a reason to slow the others
CAUTION_MOST = 2.0
CAUTION_RISE_PER_SECOND, CAUTION_FALL_PER_SECOND = 0.2, 0.05

LOOK_SECONDS = 0.25  # between two looks at the load
SMOOTH_SECONDS = 1.5  # time constant of the measured time; 50 frames of one look vary by about 5 % without it
ACTIVE_SECONDS = 2.0  # a session that has sent nothing for this long, and three intervals, takes no share


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured lately."""

    ready: int  # children
    service_us: float  # of a child's processor time for one frame; 0: not known yet
    sessions: int  # that send frames
    late_share: float = 0.0  # of these sessions: a due frame was superseded before any child had room


@dataclass(frozen=True, slots=True)
class Pace:
    """What every session is told, and what it is held to."""

    interval_ms: float = 0.0  # to leave between two frames; 0: no need for any
    share_ms: float = 0.0  # at which the sessions take all that the children can do: nobody is served more often
    caution: float = 1.0


def next_pace(before: Pace, load: Load, elapsed_seconds: float) -> Pace:
    """The pace after a look at the load; without a child that works, or before the first frame, it stays."""
    if load.ready == 0 or load.service_us <= 0:
        return before
    share_ms = load.sessions * load.service_us / load.ready / 1_000
    if load.late_share > LATE_SHARE_MOST:
        caution = min(CAUTION_MOST, before.caution * math.exp(CAUTION_RISE_PER_SECOND * elapsed_seconds))
    else:
        caution = max(1.0, before.caution * math.exp(-CAUTION_FALL_PER_SECOND * elapsed_seconds))
    lowest_ms = before.interval_ms * math.exp(-SHRINK_PER_SECOND * elapsed_seconds)
    return Pace(min(LONGEST_INTERVAL_MS, max(caution * share_ms / FULL_SHARE, lowest_ms)), share_ms, caution)


class Pacer:
    """Gathers the load of one mailbox's sessions and keeps their pace. Times are seconds of a monotonic clock.

    At most `capacity` sessions are counted (policy: the one silent for longest is forgotten).
    """

    def __init__(self, capacity: int) -> None:
        self.pace = Pace()
        self._capacity = capacity
        self._sent_at: OrderedDict[str, float] = OrderedDict()  # the session silent for longest comes first
        self._late: set[str] = set()  # since the last look
        self._service_us = 0.0
        self._busy_seconds, self._examined = 0.0, 0  # since the last look
        self._looked_at: float | None = None

    @property
    def sessions(self) -> int:
        """That send frames, as of the last look."""
        return len(self._sent_at)

    @property
    def service_us(self) -> float:
        """A child's processor time for one frame, as of the last look; 0: not known yet."""
        return self._service_us

    def offered(self, session_id: str, now: float, *, was_late: bool) -> None:
        """A session sent a frame; `was_late`: the one before it was due, and no child had room for it."""
        self._sent_at[session_id] = now
        self._sent_at.move_to_end(session_id)
        if len(self._sent_at) > self._capacity:
            self._sent_at.popitem(last=False)
        if was_late:
            self._late.add(session_id)

    def examined(self, cpu_seconds: float) -> None:
        """A child has spent so much of its processor time on a frame.

        Not the clock's time: with the web process and others on the same cores that was two to three times as long,
        and 42 sessions were told to slow down to 2.9 frames/s while the children used 89 % of two cores' 200.
        """
        self._busy_seconds += cpu_seconds
        self._examined += 1

    def forget(self, session_id: str) -> None:
        """The session has ended."""
        self._sent_at.pop(session_id, None)
        self._late.discard(session_id)

    def is_due(self, now: float) -> bool:
        """Whether it is time for another look."""
        return self._looked_at is None or now - self._looked_at >= LOOK_SECONDS

    def look(self, now: float, ready: int) -> Load:
        """What was measured since the last look, made into a new pace. Whoever knows more calls `follow` instead."""
        load, elapsed_seconds = self.measure(now, ready)
        self.pace = next_pace(self.pace, load, elapsed_seconds)
        return load

    def follow(self, now: float, ready: int, service_us: float, other_sessions: int) -> Load:
        """As `look`, where the children and some of their sessions are measured elsewhere."""
        own, elapsed_seconds = self.measure(now, ready)
        load = replace(own, service_us=service_us, sessions=own.sessions + other_sessions)
        self.pace = next_pace(self.pace, load, elapsed_seconds)
        return load

    def measure(self, now: float, ready: int) -> tuple[Load, float]:
        """The load of this mailbox's own sessions, and the seconds since it was last measured."""
        elapsed_seconds = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        if self._examined:
            measured_us = self._busy_seconds / self._examined * 1e6
            weight = 1.0 if self._service_us == 0 else 1 - math.exp(-elapsed_seconds / SMOOTH_SECONDS)
            self._service_us += weight * (measured_us - self._service_us)
        silent_since = now - ACTIVE_SECONDS - 3 * self.pace.interval_ms / 1_000
        while self._sent_at and next(iter(self._sent_at.values())) < silent_since:
            self._sent_at.popitem(last=False)
        late_share = len(self._late) / max(1, len(self._sent_at))
        self._busy_seconds, self._examined = 0.0, 0
        self._late.clear()
        return Load(ready, self._service_us, len(self._sent_at), late_share), elapsed_seconds
