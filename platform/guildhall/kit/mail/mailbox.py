"""The development mailbox: mails stay here, where a page shows them, instead of leaving."""

from typing import Final

from pydantic import BaseModel, ConfigDict

from guildhall.kit.clock import Clock
from guildhall.kit.ids import new_id
from guildhall.kit.mail.port import Mail
from guildhall.kit.storage import Collection, Duplicate, Schema, among

MAILBOX: Final = Schema("development_mailbox", unique=(("key",),), index=(("address", "_id"),))
_TRIM_PAGE = 100


class KeptMail(BaseModel):
    """A mail as the development mailbox shows it; `at_ms` is when it arrived."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    at_ms: int
    mail: Mail


class DevelopmentMailbox:
    """A Mailer whose mails are read with `newest`; DROP_OLDEST above `keep` for each address.

    Never open it where real people sign in: mails hold links that sign in.
    """

    def __init__(self, collection: Collection, clock: Clock, keep: int = 50) -> None:
        self._collection = collection
        self._clock = clock
        self._keep = keep

    async def send(self, mail: Mail, key: str) -> None:
        address = _folded(mail.to)
        document = {
            "_id": new_id("mail", self._clock),
            "key": key,
            "address": address,
            "at_ms": self._clock.now_ms(),
            "mail": mail.model_dump(),
        }
        try:
            await self._collection.insert(document)
        except Duplicate:
            return  # sent twice, as a crash may make it; once is enough
        await self._trim(address)

    async def newest(self, address: str, limit: int) -> list[KeptMail]:
        """The mails to an address, in any spelling of its case, newest first."""
        where = {"address": _folded(address)}
        found = await self._collection.find(where, sort=(("_id", -1),), limit=limit)
        return [
            KeptMail(id=document["_id"], at_ms=document["at_ms"], mail=Mail.model_validate(document["mail"]))
            for document in found
        ]

    async def _trim(self, address: str) -> None:
        found = await self._collection.find({"address": address}, sort=(("_id", -1),), limit=self._keep + _TRIM_PAGE)
        if surplus := [document["_id"] for document in found[self._keep :]]:
            await self._collection.delete({"_id": among(*surplus)})


def _folded(address: str) -> str:
    return address.strip().casefold()
