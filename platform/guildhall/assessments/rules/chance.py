"""Chance that can be repeated: the same seed and purpose give the same numbers on any machine and Python, for ever.

Not `random`, whose shuffles may change with a release; a form has to be drawn again years later, from its seed alone.
"""

import hashlib
from collections.abc import Iterable
from typing import Final, TypeVar

_BLOCK_BYTES: Final = 8
T = TypeVar("T")


class Chance:
    """Whole numbers from SHA-256 of the seed, the purpose and a counter; each purpose is independent of the others."""

    def __init__(self, seed: str, purpose: str) -> None:
        # Length-prefixed, so that no seed and purpose run into another pair.
        self._base = hashlib.sha256(f"guildhall form/{len(seed)}/{seed}/{purpose}/".encode())
        self._drawn = 0

    def below(self, bound: int) -> int:
        """A whole number from 0 up to `bound`, each as likely: what would make some likelier is drawn again."""
        if bound < 1:
            raise ValueError(f"nothing is below {bound} here")
        span = 1 << (8 * _BLOCK_BYTES)
        while True:
            block = self._base.copy()
            block.update(str(self._drawn).encode())
            self._drawn += 1
            number = int.from_bytes(block.digest()[:_BLOCK_BYTES], "big")
            if number < span - span % bound:
                return number % bound

    def shuffled(self, things: Iterable[T]) -> tuple[T, ...]:
        """The same things in an order of chance (Fisher and Yates, in Durstenfeld's form, CACM 7/1964)."""
        deck = list(things)
        for last in range(len(deck) - 1, 0, -1):
            other = self.below(last + 1)
            deck[last], deck[other] = deck[other], deck[last]
        return tuple(deck)
