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


class People(Protocol):
    """What chat asks of accounts."""

    async def name_of(self, account_id: str) -> str:
        """Empty for nobody who may be here."""
        ...


class AccountPeople:
    def __init__(self, store: AccountsStore) -> None:
        self._store = store

    async def name_of(self, account_id: str) -> str:
        account = await self._store.accounts.get(account_id)
        return account.name if account is not None and account.state is AccountState.ACTIVE else ""


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
    settings: ChatSettings
