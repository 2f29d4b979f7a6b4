"""How often a credential was tried: what is counted of guesses, without a word about who was guessed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """Attempts that were let through and have not turned out right, and when the last one was."""

    failures: int = 0
    last_at_ms: int = 0


UNTOUCHED = Tally()
