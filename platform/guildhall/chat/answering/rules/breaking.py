"""When an AI that fails is left alone for a while. Pure: the time is given."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed while `failures` are few; open until `rests_until_ms`; then one is let through to try."""

    failures_to_open: int
    rest_ms: int
    failures: int = 0
    rests_until_ms: int = 0

    def is_resting(self, now_ms: int) -> bool:
        return now_ms < self.rests_until_ms

    def succeeded(self) -> "Breaker":
        return replace(self, failures=0, rests_until_ms=0)

    def failed(self, now_ms: int) -> "Breaker":
        failures = self.failures + 1
        is_enough = failures >= self.failures_to_open
        return replace(self, failures=failures, rests_until_ms=now_ms + self.rest_ms if is_enough else 0)

    def trying(self, now_ms: int) -> "Breaker":
        """Whoever is let through after a rest keeps the others out until it is known how that went."""
        is_trial = self.failures >= self.failures_to_open
        return replace(self, rests_until_ms=now_ms + self.rest_ms) if is_trial else self
