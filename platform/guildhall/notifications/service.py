"""The verbs of notifications: whoever has something to tell calls `tell`, from a follower, under a key of its own."""

import contextlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.store import AccountsStore
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.documents import VersionedDocument
from guildhall.kit.http.cursors import Place
from guildhall.kit.mail import Mail, MailOutbox
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import Documents
from guildhall.notifications.model import KEPT_DAYS, Event, Notice
from guildhall.notifications.store import NotificationsStore

MOVED_TOPIC: Final = "notifications.moved"
"""`{"about": "contracts", "owners": [...]}`: read it again; a hint, as every announcement is."""
_DAY_MS: Final = 86_400_000
_SUBJECT_CHARACTERS: Final = 200


def room_of_role(role: str) -> str:
    """The owner of hints that concern everybody with a role of the platform."""
    return f"role:{role}"


ADMINS: Final = room_of_role("admin")
D = TypeVar("D", bound=VersionedDocument)


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. `kind` names the sort of it (`onboarding_completed`), `path` leads to the page that is about it."""

    kind: str
    title: str
    text: str
    path: str
    by_mail: bool = True


class Emitter(Protocol):
    """What tells programs; `webhooks` is one, and the composition root joins the two."""

    async def emit(self, owners: Sequence[str], key: str, event: Event) -> None: ...

    async def forget_owner(self, owner_id: str) -> None: ...


class NotificationsService:
    """Made by the composition root."""

    def __init__(
        self,
        store: NotificationsStore,
        accounts: AccountsStore,
        mails: MailOutbox,
        bus: Bus,
        clock: Clock,
        public_url: str,
    ) -> None:
        self.store = store
        self.clock = clock
        self.emitter: Emitter | None = None
        self._accounts = accounts
        self._mails = mails
        self._bus = bus
        self._public_url = public_url.rstrip("/")

    async def tell(self, account_id: str, key: str, message: Message, at_ms: int) -> None:
        """Tell one person: the same `key` again tells nothing twice, and finishes what was begun.

        Whoever has no account any more is told nothing.
        """
        account = await self._accounts.accounts.get(account_id)
        if account is None or account.state is AccountState.ERASED:
            return
        notice = Notice(
            id=key,
            created_at_ms=at_ms,
            account_id=account_id,
            kind=message.kind,
            title=message.title,
            text=message.text,
            path=message.path,
            at_ms=at_ms,
        )
        with contextlib.suppress(Duplicate):  # killed between this and the mail: go on
            await self.store.notices.add(notice)
        if message.by_mail:
            subject = " ".join(message.title.split())[:_SUBJECT_CHARACTERS]
            text = f"Hello {account.name},\n\n{message.text}\n\n{self._public_url}{message.path}\n"
            await self._mails.enqueue(key, Mail(to=account.email, subject=subject, text=text, kind=message.kind))
        await self.hint("notices", (account_id,))

    async def emit(self, owners: Sequence[str], key: str, event: Event) -> None:
        """Tell the programs of accounts and organisations: the same `key` again tells nothing twice."""
        if self.emitter is not None:
            await self.emitter.emit(owners, key, event)

    async def hint(self, about: str, owners: Iterable[str]) -> None:
        """To the open pages of accounts, and of the members of organisations: what they show of it may be old.

        It may be lost, so pages still look now and then.
        """
        concerned = sorted({owner for owner in owners if owner})
        body = json.dumps({"about": about, "owners": concerned})
        await self._bus.publish(MOVED_TOPIC, body.encode(), key=body)

    def watch(self, documents: Documents[D], about: str, owners: Callable[[D], Iterable[str]]) -> None:
        """A domain's, when it is put together: whom each of its documents concerns, whoever writes it."""

        async def hint(document: D) -> None:
            await self.hint(about, owners(document))

        documents.written = hint

    async def of(self, account_id: str, place: Place | None, limit: int) -> list[Notice]:
        """The newest first; `limit` of them after `place`."""
        return await self.store.of(account_id, place, limit)

    async def count_unseen(self, account_id: str) -> int:
        return await self.store.count_unseen(account_id)

    async def see(self, account_id: str, until_ms: int) -> int:
        return await self.store.see(account_id, until_ms, self.clock.now_ms())

    async def forget_account(self, account_id: str) -> None:
        """Of an account that was erased."""
        await self.store.forget_account(account_id)
        if self.emitter is not None:
            await self.emitter.forget_owner(account_id)

    async def forget_old(self) -> int:
        """The job's."""
        return await self.store.forget(self.clock.now_ms() - KEPT_DAYS * _DAY_MS)
