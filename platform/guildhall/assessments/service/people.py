"""Who is sitting: what assessments ask of accounts, and nothing more."""

from dataclasses import dataclass
from typing import Protocol

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import Account
from guildhall.accounts.store import AccountsStore


@dataclass(frozen=True, slots=True)
class Person:
    """`email_key` is empty until the address has been verified: an invitation is for whoever reads the mail."""

    account_id: str
    name: str
    email_key: str
    roles: frozenset[str] = frozenset()
    """Of the platform."""


class People(Protocol):
    async def find(self, account_id: str) -> Person | None: ...

    async def with_email(self, email_key: str) -> Person | None: ...


class AccountPeople:
    def __init__(self, store: AccountsStore) -> None:
        self._store = store

    async def find(self, account_id: str) -> Person | None:
        return _person(await self._store.accounts.get(account_id))

    async def with_email(self, email_key: str) -> Person | None:
        """Whose verified address it is."""
        person = _person(await self._store.account_with_email(email_key))
        return person if person is not None and person.email_key else None


def _person(account: Account | None) -> Person | None:
    if account is None or account.state is not AccountState.ACTIVE:
        return None
    roles = frozenset(role.value for role in account.roles)
    return Person(account.id, account.name, account.email_key if account.verified_at_ms else "", roles)
