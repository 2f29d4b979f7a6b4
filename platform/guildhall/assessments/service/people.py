"""Who is sitting: what assessments ask of accounts, and nothing more."""

from dataclasses import dataclass
from typing import Protocol

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.store import AccountsStore


@dataclass(frozen=True, slots=True)
class Person:
    """`email_key` is empty until the address has been verified: an invitation is for whoever reads the mail."""

    account_id: str
    name: str
    email_key: str


class People(Protocol):
    async def find(self, account_id: str) -> Person | None: ...


class AccountPeople:
    def __init__(self, store: AccountsStore) -> None:
        self._store = store

    async def find(self, account_id: str) -> Person | None:
        account = await self._store.accounts.get(account_id)
        if account is None or account.state is not AccountState.ACTIVE:
            return None
        return Person(account.id, account.name, account.email_key if account.verified_at_ms else "")
