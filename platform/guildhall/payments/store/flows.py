"""Holds, payments, payouts, where they go to, and the inbox of what providers say."""

from collections.abc import AsyncIterator
from typing import Any, Final, TypeVar

from guildhall.kit.errors import NotFound
from guildhall.kit.http.cursors import Place, SortBy, find_after
from guildhall.kit.storage import Schema, Storage, among, gt, lte
from guildhall.kit.storage.versioned import Documents
from guildhall.payments.model.claims import Claim
from guildhall.payments.model.flows import Flow, Payment, Payout, PayoutAccount, ReceivedEvent
from guildhall.payments.model.holds import Hold
from guildhall.payments.model.manual import ManualEntry
from guildhall.payments.store.bank_seal import BankSeal

HOLDS = Schema("payment_holds", index=(("warn_at_ms",), ("terms.payer", "created_at_ms"), ("terms.payee",)))
PAYMENTS = Schema("payments", unique=(("owner", "key"),), index=(("unsettled",), ("look_at_ms",), ("owner",)))
PAYOUTS = Schema("payouts", unique=(("owner", "key"),), index=(("unsettled",), ("look_at_ms",), ("state",)))
PAYOUT_ACCOUNTS = Schema("payout_accounts")
MANUAL = Schema("manual_entries", index=(("state",), ("created_at_ms",)))
CLAIMS = Schema(
    "payment_claims",
    index=(("owner", "created_at_ms"), ("state", "due_at_ms"), ("unsettled",), ("look_at_ms",)),
)
INBOX = Schema("payment_inbox", index=(("handled_at_ms",),))
PAGE: Final = 100
SHOWN: Final = PAGE + 1
"""One more than a list shows, so that whoever shows it can say that it goes on."""
NEWEST_FIRST: Final[SortBy] = ("created_at_ms", -1)
F = TypeVar("F", bound=Flow)


class FlowStore:
    def __init__(self, storage: Storage, seal: BankSeal) -> None:
        self.holds = Documents(storage.collection(HOLDS), Hold, _none_of("hold"))
        self.payments = Documents(storage.collection(PAYMENTS), Payment, _none_of("payment"))
        self.payouts = Documents(storage.collection(PAYOUTS), Payout, _none_of("payout"), today=seal.close_destination)
        self.payout_accounts = Documents(
            storage.collection(PAYOUT_ACCOUNTS),
            PayoutAccount,
            lambda _: NotFound("There is no bank account yet."),
            today=seal.close_destination,
        )
        self.manual = Documents(storage.collection(MANUAL), ManualEntry, _none_of("proposed entry"))
        self._claims = storage.collection(CLAIMS)
        self.claims = Documents(self._claims, Claim, _none_of("claim"))
        self.inbox = Documents(storage.collection(INBOX), ReceivedEvent, _none_of("event"))

    async def ensure(self) -> None:
        for documents in (self.holds, self.payments, self.payouts, self.payout_accounts, self.manual, self.inbox):
            await documents.ensure()
        await self.claims.ensure()

    def to_warn(self, now_ms: int) -> AsyncIterator[list[Hold]]:
        return self.holds.pages({"warn_at_ms": gt(0) & lte(now_ms)})

    def unhandled(self) -> AsyncIterator[list[ReceivedEvent]]:
        return self.inbox.pages({"handled_at_ms": 0})

    async def holds_of_payer(self, payer: str) -> list[Hold]:
        """The newest first."""
        return await self.holds.find({"terms.payer": payer}, sort=(NEWEST_FIRST,), limit=SHOWN)

    async def payouts_of(self, owner: str) -> list[Payout]:
        """The newest first, as their ids sort by time."""
        return await self.payouts.find({"owner": owner}, sort=(("_id", -1),), limit=SHOWN)

    async def payments_of(self, owner: str) -> list[Payment]:
        """The newest first."""
        return await self.payments.find({"owner": owner}, sort=(("_id", -1),), limit=SHOWN)

    async def claims_of(self, owner: str, *, place: Place | None = None, limit: int = PAGE) -> list[Claim]:
        """The newest first; `limit` of them after `place`."""
        found = await find_after(self._claims, {"owner": owner}, NEWEST_FIRST, limit, place)
        return [Claim.model_validate(document) for document in found]

    async def claims_open(self, currency: str = "") -> list[Claim]:
        """Whatever is owed, in one currency or in any, the longest due first."""
        where = {"state": among("open", "overdue", "settling"), **({"currency": currency} if currency else {})}
        return await self.claims.find(where, sort=(("due_at_ms", 1),), limit=SHOWN)

    def claims_unsettled(self) -> AsyncIterator[list[Claim]]:
        return self.claims.pages({"unsettled": True})

    def claims_due(self, now_ms: int) -> AsyncIterator[list[Claim]]:
        return self.claims.pages({"look_at_ms": gt(0) & lte(now_ms)})

    async def manual_to_do(self) -> list[ManualEntry]:
        """That wait for a second person, the oldest first: whatever was booked since hides none of them."""
        where = {"state": among("proposed", "confirmed")}
        return await self.manual.find(where, sort=(("created_at_ms", 1),), limit=SHOWN)

    async def newest_manual(self) -> list[ManualEntry]:
        """In any state, the newest first."""
        return await self.manual.find({}, sort=(NEWEST_FIRST,), limit=SHOWN)

    def confirmed(self) -> AsyncIterator[list[ManualEntry]]:
        """That may not be booked yet."""
        return self.manual.pages({"state": "confirmed"})

    def unnoticed(self) -> AsyncIterator[list[ManualEntry]]:
        """Proposed, and those whom it concerns may not know."""
        return self.manual.pages({"state": "proposed", "noticed_at_ms": 0})

    async def payouts_in(self, state: str, currency: str = "") -> list[Payout]:
        """In one currency or in any; those that were asked for first come first."""
        where = {"state": state, **({"currency": currency} if currency else {})}
        return await self.payouts.find(where, sort=(("_id", 1),), limit=SHOWN)


async def keyed(documents: Documents[F], owner: str, key: str) -> F | None:
    """The one that this owner asked for under this key."""
    found = await documents.find({"owner": owner, "key": key}, limit=1)
    return found[0] if found else None


def unsettled(documents: Documents[F]) -> AsyncIterator[list[F]]:
    """Whose bookings the ledger may not have."""
    return documents.pages({"unsettled": True})


async def to_look_at(documents: Documents[F], now_ms: int) -> list[F]:
    """Of which nothing was heard for too long, the longest first: a hundred that a bank takes days for hide nobody."""
    return await documents.find({"look_at_ms": gt(0) & lte(now_ms)}, sort=(("look_at_ms", 1),), limit=PAGE)


def _none_of(noun: str) -> Any:
    def missing(document_id: str) -> NotFound:
        return NotFound(f"There is no {noun} {document_id}.")

    return missing
