"""The collections of accounts; the only file here that queries.

Documents are changed as `kit.storage.versioned` does it, so a code, a token or the last owner's leaving is settled by
one compare-and-set on the one document that holds it.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from guildhall.accounts.lifecycle import AccountState, SessionState
from guildhall.accounts.model import (
    UNTOUCHED,
    Account,
    Organisation,
    Session,
    SignInFlow,
    Tally,
    VersionedDocument,
    Wish,
)
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Change, Duplicate, Schema, Storage, gt, lte
from guildhall.kit.storage.versioned import Documents

ACCOUNTS = Schema(
    "accounts",
    unique=(("email_key",),),
    index=(("former_email_key",), ("former_until_ms",), ("pending_count",), ("state", "due_at_ms"), ("is_admin",)),
)
SESSIONS = Schema("accounts_sessions", index=(("account_id", "state"), ("pending_count",), ("state", "expires_at_ms")))
FLOWS = Schema("accounts_sign_ins", index=(("expires_at_ms",),))
ORGANISATIONS = Schema("accounts_organisations", unique=(("slug",),), index=(("pending_count",),))
WISHES = Schema("accounts_wishes", index=(("at_ms",),))
TALLIES = Schema("accounts_tallies", index=(("forget_at_ms",),))

LISTED = 200

D = TypeVar("D", bound=VersionedDocument)


class OutboxDocuments(Documents[D]):
    """One collection of documents from whose changes something follows."""

    async def settle(self, document_id: str, key: str, at_ms: int) -> None:
        """Take a carried-out effect from the document's outbox; again, or after somebody else did, changes nothing.

        The revision stays: it is what clients see as an ETag. Whoever writes what they read before puts the effect
        back, and it is carried out once more, which does no harm.
        """
        change = Change(unset={f"pending.{key}": True}, inc={"pending_count": -1})
        await self._collection.update_if(document_id, {f"pending.{key}.at_ms": at_ms}, change)

    async def with_pending(self, limit: int) -> list[D]:
        return await self.find({"pending_count": gt(0)}, limit=limit)


class AccountsStore:
    """Used by the service and the jobs."""

    def __init__(self, storage: Storage) -> None:
        self.accounts = OutboxDocuments(storage.collection(ACCOUNTS), Account, _no_account)
        self.sessions = OutboxDocuments(storage.collection(SESSIONS), Session, _no_session)
        self.flows = OutboxDocuments(storage.collection(FLOWS), SignInFlow, _no_session)
        self.organisations = OutboxDocuments(storage.collection(ORGANISATIONS), Organisation, _no_organisation)
        self._wishes = storage.collection(WISHES)
        self._tallies = storage.collection(TALLIES)

    async def ensure(self) -> None:
        for documents in (self.accounts, self.sessions, self.flows, self.organisations):
            await documents.ensure()
        for collection in (self._wishes, self._tallies):
            await collection.ensure()

    # --- accounts

    async def account_with_email(self, email_key: str) -> Account | None:
        found = await self.accounts.find({"email_key": email_key}, limit=1)
        return found[0] if found else None

    async def account_keeping(self, email_key: str, now_ms: int) -> Account | None:
        """The account that had this address until lately, and may yet take it back."""
        found = await self.accounts.find({"former_email_key": email_key}, limit=LISTED)
        return next((account for account in found if account.former_until_ms > now_ms), None)

    async def administrators(self) -> list[Account]:
        """Who runs the house, at most LISTED."""
        return await self.accounts.find({"is_admin": True}, limit=LISTED)

    async def accounts_after(self, after_id: str) -> list[Account]:
        """A page of all, by id."""
        return await self.accounts.find({"_id": gt(after_id)}, sort=(("_id", 1),), limit=LISTED)

    async def accounts_due(self, state: AccountState, now_ms: int) -> list[Account]:
        return await self.accounts.find({"state": state.value, "due_at_ms": gt(0) & lte(now_ms)}, limit=LISTED)

    async def accounts_done_changing(self, now_ms: int) -> list[Account]:
        """Those whose former address need not be kept any more."""
        return await self.accounts.find({"former_until_ms": gt(0) & lte(now_ms)}, limit=LISTED)

    async def forget_account(self, account_id: str) -> None:
        """Delete one that was erased and from which nothing follows any more."""
        await self.accounts.delete({"_id": account_id, "state": AccountState.ERASED.value, "pending_count": 0})

    # --- sessions

    async def sessions_of(self, account_id: str) -> list[Session]:
        """All there are, ended ones too."""
        return await self._all_sessions({"account_id": account_id})

    async def open_sessions_of(self, account_id: str) -> list[Session]:
        """The newest first; some may be over by the account's epoch or by the time."""
        found = await self._all_sessions({"account_id": account_id, "state": SessionState.ACTIVE.value})
        return sorted(found, key=lambda session: (-session.created_at_ms, session.id))

    async def _all_sessions(self, where: Mapping[str, Any]) -> list[Session]:
        """Page after page: an account's sign-ins of three months are without number, and none may be missed."""
        found = page = await self.sessions.find(where, limit=LISTED)
        while len(page) == LISTED:
            page = await self.sessions.find({**where, "_id": gt(page[-1].id)}, limit=LISTED)
            found += page
        return found

    async def sessions_over(self, now_ms: int) -> list[Session]:
        where = {"state": SessionState.ACTIVE.value, "expires_at_ms": lte(now_ms)}
        return await self.sessions.find(where, limit=LISTED)

    async def forget_sessions(self, ended_before_ms: int) -> int:
        """Delete sessions whose time was over long ago, whatever ended them."""
        return await self.sessions.delete({"expires_at_ms": lte(ended_before_ms), "pending_count": 0})

    async def forget_flows(self, now_ms: int) -> int:
        return await self.flows.delete({"expires_at_ms": lte(now_ms)})

    # --- wishes

    async def add_wish(self, wish: Wish) -> None:
        await self._wishes.insert(wish.model_dump(mode="json", by_alias=True))

    async def wishes_before(self, at_ms: int, limit: int) -> list[Wish]:
        found = await self._wishes.find({"at_ms": lte(at_ms)}, sort=(("at_ms", 1),), limit=limit)
        return [Wish.model_validate(document) for document in found]

    async def try_wish(self, wish: Wish) -> bool:
        """Count one try more; False when somebody else has it, or it is gone."""
        change = Change(inc={"tries": 1})
        return await self._wishes.update_if(wish.id, {"tries": wish.tries}, change) is not None

    async def drop_wish(self, wish_id: str) -> None:
        await self._wishes.delete({"_id": wish_id})

    # --- tallies of attempts

    async def tally(self, key: str) -> Tally:
        found = await self._tallies.get(key)
        return UNTOUCHED if found is None else Tally(found["attempts"], found["last_at_ms"])

    async def move_tally(self, key: str, seen: Tally, new: Tally, forget_at_ms: int) -> bool:
        """Write the tally if it is still as it was seen; an untouched one is no document, whoever it is about."""
        as_seen = {"attempts": seen.failures, "last_at_ms": seen.last_at_ms}
        if new == UNTOUCHED:
            return await self._tallies.delete({"_id": key, **as_seen}) > 0
        written = {"attempts": new.failures, "last_at_ms": new.last_at_ms, "forget_at_ms": forget_at_ms}
        if seen == UNTOUCHED:
            try:
                await self._tallies.insert({"_id": key, **written})
            except Duplicate:
                return False
            return True
        return await self._tallies.update_if(key, as_seen, Change(set=written)) is not None

    async def count_attempt(self, key: str, by: int, forget_at_ms: int) -> int:
        """Add to a counter of one window and return it; never waits for anybody."""
        born = {"last_at_ms": 0, "forget_at_ms": forget_at_ms}
        found = await self._tallies.upsert(key, born, Change(inc={"attempts": by}))
        return int(found["attempts"])

    async def forget_tallies(self, now_ms: int) -> int:
        return await self._tallies.delete({"forget_at_ms": lte(now_ms)})


def _no_account(account_id: str) -> NotFound:
    return NotFound(f"There is no account {account_id}.")


def _no_session(session_id: str) -> NotFound:
    return NotFound(f"There is no session {session_id}.")


def _no_organisation(organisation_id: str) -> NotFound:
    return NotFound(f"There is no organisation {organisation_id}.")
