"""What every verb of chat stands on."""

from dataclasses import dataclass
from typing import Protocol

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.store import AccountsStore
from guildhall.chat.settings import ChatSettings
from guildhall.chat.store import ChatStore
from guildhall.kit.blobs import BlobStore
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.mail import MailOutbox
from guildhall.kit.tokens import TokenSigner
from guildhall.notifications.service import Message


class People(Protocol):
    """What chat asks of accounts."""

    async def name_of(self, account_id: str) -> str:
        """Empty for nobody who may be here."""
        ...

    async def is_former(self, account_id: str) -> bool:
        """Whether this account was erased."""
        ...


class Assignments(Protocol):
    """What chat asks of whoever assigns proctors to deliveries: who answers which candidates."""

    async def may_supervise(self, delivery_id: str, account_id: str) -> bool:
        """As it is now: an assignment may be taken back."""
        ...

    async def supervised_ids(self, account_id: str) -> list[str]:
        """The deliveries that somebody is assigned to, the newest first."""
        ...

    async def is_supervised(self, delivery_id: str) -> bool:
        """Whether anybody is assigned to it."""
        ...


class Notices(Protocol):
    """What chat asks of notifications."""

    async def tell(self, account_id: str, key: str, message: Message, at_ms: int) -> None:
        """The same key again tells nothing twice."""
        ...


class AccountPeople:
    def __init__(self, store: AccountsStore) -> None:
        self._store = store

    async def name_of(self, account_id: str) -> str:
        account = await self._store.accounts.get(account_id)
        return account.name if account is not None and account.state is AccountState.ACTIVE else ""

    async def is_former(self, account_id: str) -> bool:
        account = await self._store.accounts.get(account_id)
        return account is not None and account.state is AccountState.ERASED


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by the composition root."""

    store: ChatStore
    bus: Bus
    clock: Clock
    tokens: TokenSigner
    people: People
    mails: MailOutbox
    blobs: BlobStore
    assignments: Assignments
    notices: Notices
    settings: ChatSettings
