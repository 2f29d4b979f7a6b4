"""A session whose frames cost the pool its children is barred for a while, so that it cannot stop the others."""

from collections import deque


class Quarantine:
    """Remembers which session's frame each dead child was looking at. Times are seconds of a monotonic clock."""

    def __init__(self, deaths_to_bar: int, bar_seconds: float) -> None:
        self._deaths_to_bar = deaths_to_bar
        self._bar_seconds = bar_seconds
        self._deaths: dict[str, deque[float]] = {}

    def record_death(self, session_id: str, now: float) -> None:
        """A child died or hung while it held this session's frame."""
        for known in [known for known, deaths in self._deaths.items() if now - deaths[-1] >= self._bar_seconds]:
            del self._deaths[known]
        self._deaths.setdefault(session_id, deque(maxlen=self._deaths_to_bar)).append(now)

    def is_barred(self, session_id: str, now: float) -> bool:
        """True from the death that was one too many until `bar_seconds` later."""
        deaths = self._deaths.get(session_id)
        return (
            deaths is not None
            and len(deaths) == self._deaths_to_bar
            and now - deaths[-1] < self._bar_seconds
            and deaths[-1] - deaths[0] < self._bar_seconds
        )
