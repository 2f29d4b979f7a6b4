"""The collection of notifications; the only file here that queries."""

from typing import Final

from guildhall.kit.errors import NotFound
from guildhall.kit.http.cursors import Place, SortBy, find_after
from guildhall.kit.storage import Change, Schema, Storage, lt
from guildhall.kit.storage.versioned import Documents
from guildhall.notifications.model import Notice

NOTICES = Schema("notifications_notices", index=(("account_id", "at_ms"), ("account_id", "seen_at_ms"), ("at_ms",)))
NEWEST_FIRST: Final[SortBy] = ("at_ms", -1)
_PAGE: Final = 100


class NotificationsStore:
    def __init__(self, storage: Storage) -> None:
        self._lines = storage.collection(NOTICES)
        self.notices = Documents(self._lines, Notice, lambda notice_id: NotFound(f"There is no notice {notice_id}."))

    async def ensure(self) -> None:
        await self.notices.ensure()

    async def of(self, account_id: str, place: Place | None, limit: int) -> list[Notice]:
        found = await find_after(self._lines, {"account_id": account_id}, NEWEST_FIRST, limit, place)
        return [Notice.model_validate(document) for document in found]

    async def count_unseen(self, account_id: str) -> int:
        return await self._lines.count({"account_id": account_id, "seen_at_ms": 0})

    async def see(self, account_id: str, until_ms: int, now_ms: int) -> int:
        """Mark what was told until then as seen; how many were not before."""
        seen = 0
        while page := await self._lines.find(
            {"account_id": account_id, "seen_at_ms": 0, "at_ms": lt(until_ms + 1)}, limit=_PAGE
        ):
            for document in page:
                change = Change(set={"seen_at_ms": now_ms})
                seen += await self._lines.update_if(document["_id"], {"seen_at_ms": 0}, change) is not None
        return seen

    async def forget_account(self, account_id: str) -> None:
        await self._lines.delete({"account_id": account_id})

    async def forget(self, before_ms: int) -> int:
        return await self._lines.delete({"at_ms": lt(before_ms)})
