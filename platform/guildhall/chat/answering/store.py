"""The collections of answering; the only file here that queries."""

from collections.abc import AsyncIterator

from guildhall.chat.answering.model import BotTurn, TurnState
from guildhall.chat.store import PAGE, NoSuch
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Change, Schema, Storage, gt, gte, lte
from guildhall.kit.storage.versioned import Documents

TURNS = Schema(
    "chat_bot_turns",
    index=(
        ("state", "lease_until_ms"),
        ("conversation_id", "epoch"),
        ("site", "language", "created_at_ms"),
        ("site", "language", "outcome_at_ms"),
    ),
)
BUDGETS = Schema("chat_ai_budgets", index=(("at_ms",),))
REPLAYED_MAX = 2_000
OUTCOMES_MAX = 5_000


def _missing(turn_id: str) -> NotFound:
    return NoSuch(f"There is no automatic answer {turn_id}.")


class AnsweringStore:
    def __init__(self, storage: Storage) -> None:
        self.turns = Documents(storage.collection(TURNS), BotTurn, _missing)

        self._budgets = storage.collection(BUDGETS)

    async def ensure(self) -> None:
        await self.turns.ensure()
        await self._budgets.ensure()

    async def spend(self, key: str, tokens: int, limit: int, at_ms: int) -> bool:
        """Whether there was room for so many within the limit; then they are taken."""
        await self._budgets.upsert(key, {"at_ms": at_ms}, Change(inc={"tokens": 0}))
        if tokens > limit:
            return False
        room = {"tokens": lte(limit - tokens)}
        return await self._budgets.update_if(key, room, Change(inc={"tokens": tokens})) is not None

    async def give_back(self, key: str, tokens: int) -> None:
        await self._budgets.update_if(key, {}, Change(inc={"tokens": -tokens}))

    async def spent(self, key: str) -> int:
        found = await self._budgets.get(key)
        return 0 if found is None else int(found["tokens"])

    async def of_conversation(self, conversation_id: str, limit: int = 200) -> list[BotTurn]:
        """The newest first."""
        where = {"conversation_id": conversation_id}
        return await self.turns.find(where, sort=(("epoch", -1),), limit=limit)

    async def asked_since(self, site: str, language: str, since_ms: int) -> list[BotTurn]:
        """The newest first."""
        where = {"site": site, "language": language, "created_at_ms": gte(since_ms)}
        return await self.turns.find(where, sort=(("created_at_ms", -1),), limit=REPLAYED_MAX)

    def unfinished(self, before_ms: int) -> AsyncIterator[list[BotTurn]]:
        """Decided by somebody who has been silent since; all, so that one that never ends hides none."""
        return self.turns.pages({"state": TurnState.DECIDED.value, "lease_until_ms": lte(before_ms)}, limit=PAGE)

    async def with_outcome(self, site: str, language: str, since_ms: int) -> list[BotTurn]:
        where = {"site": site, "language": language, "outcome_at_ms": gt(since_ms)}
        return await self.turns.find(where, sort=(("outcome_at_ms", -1),), limit=OUTCOMES_MAX)


def turn_id(conversation_id: str, epoch: int) -> str:
    return f"{conversation_id}/{epoch:08}"
