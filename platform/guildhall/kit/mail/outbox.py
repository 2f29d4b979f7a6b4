"""The outbox: a mail that was put in is sent, whatever dies meanwhile.

Delivery is at least once. A mail is claimed by a compare-and-set that also counts the attempt and moves its next one
behind the lease; a process that dies with it therefore costs an attempt, and somebody takes the mail up again when the
lease is over. It may have been sent by then, and goes out twice with one Message-ID.
"""

import asyncio
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.mail.port import Mail, MailDelayed, Mailer, MailRefused
from guildhall.kit.mail.settings import OutboxSettings
from guildhall.kit.storage import Change, Collection, Document, Duplicate, Schema, StorageUnavailable, among, lt, lte

OUTBOX: Final = Schema("mail_outbox", index=(("state", "due_at_ms"), ("state", "settled_at_ms")))
PAGE: Final = 100
_ERROR_CHARACTERS = 300
_DAY_MS = 86_400_000
_FORGET_EVERY_MS = 3_600_000
log = get_logger(__name__)

State = Literal["waiting", "sent", "given_up"]


class OutboxMail(BaseModel):
    """Where a mail stands; its text, which may hold secrets, is never shown and gone once it is settled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    to: str
    subject: str
    kind: str
    state: State
    attempts: int
    due_at_ms: int
    settled_at_ms: int | None
    last_error: str


class MailOutbox:
    """Domains put mails in; the job takes them out. Any number of processes may do either."""

    def __init__(
        self, collection: Collection, mailer: Mailer, clock: Clock, settings: OutboxSettings | None = None
    ) -> None:
        self._collection = collection
        self._mailer = mailer
        self._clock = clock
        self._settings = settings or OutboxSettings()
        self._put_in = asyncio.Event()
        self._forgot_at_ms = 0

    async def ensure(self) -> None:
        await self._collection.ensure()

    async def enqueue(self, key: str, mail: Mail) -> None:
        """Put a mail in; the same `key` again changes nothing, so a killed follower simply does it again.

        On disk when this returns. Takes the same time whoever the mail is for.
        """
        document = {
            **mail.model_dump(),
            "_id": key,
            "state": "waiting",
            "attempts": 0,
            "due_at_ms": self._clock.now_ms(),
            "settled_at_ms": None,
            "last_error": "",
        }
        try:
            await self._collection.insert(document)
        except Duplicate:
            return
        self._put_in.set()

    async def find(self, key: str) -> OutboxMail | None:
        document = await self._collection.get(key)
        return None if document is None else _as_outbox_mail(document)

    async def given_up(self, limit: int) -> list[OutboxMail]:
        """The mails that never left, newest first, for whoever looks after the server."""
        found = await self._collection.find({"state": "given_up"}, sort=(("settled_at_ms", -1),), limit=limit)
        return [_as_outbox_mail(document) for document in found]

    async def counts(self) -> dict[str, int]:
        """How many mails are waiting, sent and given up."""
        return {str(state): count for state, count in (await self._collection.count_by("state")).items()}

    async def deliver_for_ever(self) -> None:
        """The job: send what is due, wait for more. Any number of workers may run it."""
        while True:
            self._put_in.clear()
            try:
                while await self.deliver_due() == PAGE:
                    pass
                await self._forget_now_and_then()
            except StorageUnavailable as error:
                log.warning("mail_delivery_postponed", reason=str(error))
            try:
                async with asyncio.timeout(self._settings.poll_seconds):
                    await self._put_in.wait()
            except TimeoutError:
                pass

    async def deliver_due(self) -> int:
        """Try each mail that is due once, PAGE of them at most; returns how many there were."""
        where = {"state": "waiting", "due_at_ms": lte(self._clock.now_ms())}
        due = await self._collection.find(where, sort=(("due_at_ms", 1),), limit=PAGE)
        places = asyncio.Semaphore(self._settings.concurrency)
        async with asyncio.TaskGroup() as deliveries:
            for document in due:
                deliveries.create_task(self._deliver(document, places))
        return len(due)

    async def forget_settled(self) -> int:
        """Delete mails that were settled longer ago than `keep_settled_days`; returns how many."""
        latest_ms = self._clock.now_ms() - round(self._settings.keep_settled_days * _DAY_MS)
        where = {"state": among("sent", "given_up"), "settled_at_ms": lt(latest_ms)}
        return await self._collection.delete(where)

    async def _deliver(self, seen: Document, places: asyncio.Semaphore) -> None:
        key = seen["_id"]
        async with places:
            try:
                claimed = await self._claim(seen)
                if claimed is not None:
                    await self._send(claimed)
            except StorageUnavailable as error:  # one mail's; those beside it go on
                log.warning("mail_delivery_postponed", mail=key, reason=str(error))

    async def _claim(self, seen: Document) -> Document | None:
        attempts = seen["attempts"]
        # Due by the database's own word, not by what was read: mongo-java-server writes documents out after its lock,
        # so that a find may show a mail as somebody has just claimed it, and one in some thousand left twice.
        expect = {"state": "waiting", "attempts": attempts, "due_at_ms": lte(self._clock.now_ms())}
        if attempts >= self._settings.max_attempts:  # whoever had the last one died with it
            await self._give_up(seen, expect, "The last attempt to send it was never finished.")
            return None
        lease_ends_ms = self._clock.now_ms() + round(self._settings.lease_seconds * 1000)
        change = Change(set={"due_at_ms": lease_ends_ms}, inc={"attempts": 1})
        return await self._collection.update_if(seen["_id"], expect, change)

    async def _send(self, claimed: Document) -> None:
        key, attempts = claimed["_id"], claimed["attempts"]
        mine = {"state": "waiting", "attempts": attempts}
        try:
            # Half the lease: the other half is for writing down what came of it.
            async with asyncio.timeout(self._settings.lease_seconds / 2):
                await self._mailer.send(_as_mail(claimed), key)
        except MailRefused as error:
            await self._give_up(claimed, mine, error.detail)
        except Exception as error:  # whatever a mailer raises, the mail stays and the others go on
            if not isinstance(error, (MailDelayed, TimeoutError)):
                log.exception("mailer_crashed", mail=key)
            reason = str(error) or "It took too long."
            if attempts >= self._settings.max_attempts:
                await self._give_up(claimed, mine, reason)
            else:
                due_at_ms = self._clock.now_ms() + retry_after_ms(attempts, self._settings)
                failed = Change(set={"due_at_ms": due_at_ms, "last_error": reason[:_ERROR_CHARACTERS]})
                await self._collection.update_if(key, mine, failed)
                log.info("mail_delayed", mail=key, kind=claimed["kind"], attempts=attempts, reason=reason)
        else:
            # Also where the lease was lost meanwhile: it has left.
            await self._settle(claimed, {"state": "waiting"}, "sent", "")

    async def _give_up(self, document: Document, expect: dict[str, Any], reason: str) -> None:
        log.error("mail_given_up", mail=document["_id"], kind=document["kind"], reason=reason)
        await self._settle(document, expect, "given_up", reason)

    async def _settle(self, document: Document, expect: dict[str, Any], state: State, reason: str) -> None:
        settled = {"state": state, "settled_at_ms": self._clock.now_ms(), "last_error": reason[:_ERROR_CHARACTERS]}
        await self._collection.update_if(document["_id"], expect, Change(set=settled, unset={"text": True}))

    async def _forget_now_and_then(self) -> None:
        now_ms = self._clock.monotonic_ms()
        if now_ms - self._forgot_at_ms >= _FORGET_EVERY_MS:
            self._forgot_at_ms = now_ms
            await self.forget_settled()


def retry_after_ms(attempts: int, settings: OutboxSettings) -> int:
    """How long to wait after that many failed attempts."""
    seconds = min(settings.longest_retry_seconds, settings.first_retry_seconds * 2.0 ** (attempts - 1))
    return round(seconds * 1000)


def _as_mail(document: Document) -> Mail:
    return Mail(**{name: document[name] for name in Mail.model_fields})


def _as_outbox_mail(document: Document) -> OutboxMail:
    return OutboxMail(
        key=document["_id"], **{name: document[name] for name in OutboxMail.model_fields if name != "key"}
    )
