"""Canned replies: everybody's, kept by whoever manages the desk, and each agent's own."""

from typing import Final

from guildhall.chat.model import CannedReply, ChatClaims
from guildhall.chat.model.replies import REPLIES_MAX, SHARED
from guildhall.chat.rules.filling import unknown_variables
from guildhall.chat.service.context import Context
from guildhall.chat.store import NoSuch
from guildhall.kit.errors import Conflict, Invalid, Refused
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate

_ONLY_MANAGERS: Final = "Everybody's replies are kept by whoever manages the desk; keep it as your own."


class Replies:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def mine(self, claims: ChatClaims) -> list[CannedReply]:
        return await self._store.replies_for(claims.subject)

    async def keep(self, claims: ChatClaims, shortcut: str, text: str, *, is_shared: bool) -> CannedReply:
        """A new one. Raises Refused, Conflict where the shortcut is taken, Invalid."""
        owner = self._owner(claims, is_shared=is_shared)
        _check(text)
        if await self._store.replies.count({"owner": owner}) >= REPLIES_MAX:
            raise Conflict(f"{REPLIES_MAX} replies are kept already; delete some first.")
        now_ms = self._context.clock.now_ms()
        reply = CannedReply(
            id=new_id("rpl", self._context.clock), created_at_ms=now_ms, owner=owner, shortcut=shortcut, text=text
        )
        try:
            await self._store.replies.add(reply)
        except Duplicate as error:
            raise _taken(shortcut) from error
        return reply

    async def rewrite(self, claims: ChatClaims, reply_id: str, shortcut: str, text: str) -> CannedReply:
        """Raises NoSuch, Refused, Conflict, Invalid."""
        await self._find(claims, reply_id)
        _check(text)
        try:
            return await self._store.replies.change(
                reply_id,
                self._context.clock.now_ms(),
                lambda seen: seen.model_copy(update={"shortcut": shortcut, "text": text}),
            )
        except Duplicate as error:
            raise _taken(shortcut) from error

    async def forget(self, claims: ChatClaims, reply_id: str) -> None:
        """Raises NoSuch, Refused."""
        await self._find(claims, reply_id)
        await self._store.replies.delete({"_id": reply_id})

    async def _find(self, claims: ChatClaims, reply_id: str) -> None:
        reply = await self._store.replies.read(reply_id)
        if reply.owner not in {SHARED, claims.subject}:
            raise NoSuch(f"There is no canned reply {reply_id}.")
        self._owner(claims, is_shared=reply.owner == SHARED)

    def _owner(self, claims: ChatClaims, *, is_shared: bool) -> str:
        if is_shared and not claims.manages:
            raise Refused(_ONLY_MANAGERS)
        return SHARED if is_shared else claims.subject


def _check(text: str) -> None:
    if unknown := unknown_variables(text):
        raise Invalid(f"There is no variable {{{unknown[0]}}}.", fields={"text": f"does not know {{{unknown[0]}}}"})


def _taken(shortcut: str) -> Conflict:
    return Conflict(f"There is a reply /{shortcut} already.")
