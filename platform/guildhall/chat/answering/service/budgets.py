"""How much an AI may cost: tokens by visitor and day, by conversation, and for everybody by day.

What a turn may cost at most is taken beforehand and what it did not use given back: so whoever is killed in between has
spent too much on paper, never too little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from guildhall.chat.answering.model import BotTurn
from guildhall.chat.answering.settings import AiSettings
from guildhall.chat.answering.store import AnsweringStore
from guildhall.kit.clock import Clock

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Reserved:
    keys: tuple[str, ...]
    tokens: int


class Budgets:
    def __init__(self, store: AnsweringStore, clock: Clock, settings: AiSettings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings

    async def reserve(self, turn: BotTurn, tokens: int) -> Reserved | str:
        """Room for so many tokens, or the name of the budget that has none."""
        taken: list[str] = []
        for name, key, limit in self._limits(turn):
            if not await self._store.spend(key, tokens, limit, self._clock.now_ms()):
                await self._give_back(taken, tokens)
                return name
            taken.append(key)
        return Reserved(tuple(taken), tokens)

    async def settle(self, reserved: Reserved, used: int) -> None:
        await self._give_back(reserved.keys, reserved.tokens - used)

    async def spent_on(self, day: int) -> int:
        """Tokens, on a day since 1970-01-01."""
        return await self._store.spent(f"day/{day}")

    async def _give_back(self, keys: Sequence[str], tokens: int) -> None:
        for key in keys:
            await self._store.give_back(key, tokens)

    def _limits(self, turn: BotTurn) -> tuple[tuple[str, str, int], ...]:
        day = self._clock.now_ms() // DAY_MS
        return (
            ("conversation", f"conversation/{turn.conversation_id}", self._settings.conversation_tokens),
            ("visitor", f"visitor/{turn.visitor}/{day}", self._settings.visitor_tokens_per_day),
            ("day", f"day/{day}", self._settings.tokens_per_day),
        )
