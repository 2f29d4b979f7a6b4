"""How likely flags of each rule are upheld, by the newest reviews of this house: read again every ten minutes."""

from collections.abc import Mapping
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.proctoring.model.incident_kinds import Rule
from guildhall.proctoring.rules.reliability import Outcomes, Reliability, outcomes_by_rule, reliability_of
from guildhall.proctoring.store.reviews import ReviewStore

READ_EVERY_MS: Final = 600_000
REVIEWS_MAX: Final = 500
"""Older ones do not count: rules change, and so do the people who sit exams."""


class Reliabilities:
    """Whoever shows flags refreshes it first."""

    def __init__(self, store: ReviewStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._outcomes: Mapping[Rule, Outcomes] = {}
        self._due_ms = 0

    async def refresh(self) -> None:
        """Raises StorageUnavailable."""
        now_ms = self._clock.now_ms()
        if now_ms >= self._due_ms:
            self._outcomes = outcomes_by_rule(await self._store.over(REVIEWS_MAX))
            self._due_ms = now_ms + READ_EVERY_MS

    def of(self, rule: Rule | None) -> Reliability:
        """None: what a person flagged, which is no rule's."""
        return reliability_of(Outcomes() if rule is None else self._outcomes.get(rule, Outcomes()))
