"""Telling administrators that something waits to be looked at: one notice for all of it, so often and no more."""

from typing import Final

from guildhall.notifications.service import Message
from guildhall.opportunities.service.context import Context

COUNTED_MAX: Final = 100
_HOUR_MS: Final = 3_600_000


class ReviewDigest:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._told = ""

    async def look(self) -> None:
        """The job's. Its key names the stretch of time, so however many processes look, each is told once in it."""
        now_ms = self._context.clock.now_ms()
        key = f"opportunity_reviews_{now_ms // (self._context.settings.review_digest_hours * _HOUR_MS)}"
        if key == self._told:
            return
        waiting = await self._context.store.to_review(None, COUNTED_MAX + 1)
        if not waiting:
            return
        told = Message(kind="opportunity_reviews", title=_title(len(waiting)), text=_TEXT, path="/opportunity-reviews")
        for account_id in await self._context.administrators():
            await self._context.notifications.tell(account_id, f"{key}_{account_id}", told, now_ms)
        self._told = key


_TEXT: Final = "Clients wait for it: nobody else sees what they wrote until an administrator has looked at it."


def _title(number: int) -> str:
    if number == 1:
        return "An opportunity waits to be looked at"
    many = f"More than {COUNTED_MAX}" if number > COUNTED_MAX else str(number)
    return f"{many} opportunities wait to be looked at"
