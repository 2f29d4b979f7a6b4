"""The verbs that gigs call: hold, release, refund, freeze and decide. Each takes the caller's key, and happens once.

What is held, frozen, released or refunded only the ledger says, in one account a hold: so no two of these can take the
same money, whatever comes at once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict
from guildhall.kit.money import Money, say_money
from guildhall.kit.passes import carry_out_all
from guildhall.kit.storage import Duplicate
from guildhall.notifications.service import Message
from guildhall.payments.model.balances import LedgerAccount
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.model.entries import Draft, Entry, Line, Phase, entry_id
from guildhall.payments.model.holds import Hold, HoldShown, HoldTerms, Quote
from guildhall.payments.rules.deciding import AlreadyResolved, KeyTaken
from guildhall.payments.rules.drafting import resolving
from guildhall.payments.rules.fee_tax import NO_TAX, Tax, refs_of, without_tax
from guildhall.payments.rules.quoting import held_account, quote, split_lines
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.telling import Telling
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store.flows import FlowStore

_DAY_MS: Final = 86_400_000
_PAGE: Final = 500
FUND: Final = "fund"


def hold_id(key: str) -> str:
    """Of the hold that was made under the caller's key."""
    return f"hold_{key}"


@dataclass(frozen=True, slots=True)
class Holding:
    store: FlowStore
    ledger: Ledger
    clock: Clock
    settings: PaymentsSettings
    telling: Telling | None = None
    tax_of_fee: Callable[[str], Awaitable[Tax]] | None = None
    """The tax within the house's fee, by who pays it; none without."""

    async def hold(self, key: str, terms: HoldTerms, by: str) -> Hold:
        """Put the payer's money aside. The same key again gives the first hold, funded now if it was not.

        Raises InsufficientFunds where the payer has not paid in enough, and Conflict for other terms.
        """
        hold = Hold(
            id=hold_id(key),
            created_at_ms=self.clock.now_ms(),
            terms=terms,
            fee_basis_points=self.settings.fee_basis_points,
        )
        hold = hold.model_copy(update={"warn_at_ms": self._next_warning(hold)})
        try:
            await self.store.holds.add(hold)
        except Duplicate:
            hold = await self.store.holds.read(hold.id)
            if hold.terms != terms:
                raise Conflict(f"{hold.id} was made for other terms.") from None
        payer = account_id(AccountKind.CLIENT_BALANCE, terms.payer, terms.currency)
        lines = (Line(account=payer, minor=terms.minor), Line(account=self._account(hold), minor=-terms.minor))
        await self.ledger.post(Draft(key=f"{FUND}/{hold.id}", purpose=FUND, by=by, lines=lines, refs=self._refs(hold)))
        return hold

    async def quote(self, hold_id: str, minor: int) -> Quote:
        """The lines that a release of so much books, with the tax within the fee as it is now."""
        hold = await self.store.holds.read(hold_id)
        return quote(hold, minor, await self.tax(hold.terms.payee))

    async def release(self, hold_id: str, key: str, minor: int, by: str) -> Entry:
        """To the payee, less the fee, whose tax is the state's. Raises InsufficientFunds: less is held, or frozen."""
        hold = await self.store.holds.read(hold_id)
        tax = await self.tax(hold.terms.payee)
        refs = self._refs(hold) | refs_of(tax)
        draft = Draft(key=f"release/{key}", purpose="release", by=by, lines=quote(hold, minor, tax).lines, refs=refs)
        return await self._earn(hold, draft)

    async def refund(self, hold_id: str, key: str, minor: int, by: str) -> Entry:
        """Back to the payer's balance. Raises InsufficientFunds."""
        hold = await self.store.holds.read(hold_id)
        lines = split_lines(hold, 0, minor)
        return await self.ledger.post(
            Draft(key=f"refund/{key}", purpose="refund", by=by, lines=lines, refs=self._refs(hold))
        )

    async def freeze(self, hold_id: str, key: str, minor: int, by: str, until_ms: int = 0) -> Entry:
        """Stop so much of it, and no more, until it is decided about. Raises InsufficientFunds."""
        hold = await self.store.holds.read(hold_id)
        stop = account_id(AccountKind.FROZEN, hold.id, hold.terms.currency)
        lines = (Line(account=self._account(hold), minor=minor), Line(account=stop, minor=-minor))
        return await self.ledger.post(
            Draft(
                key=f"freeze/{key}",
                purpose="freeze",
                by=by,
                lines=lines,
                phase=Phase.PENDING,
                refs=self._refs(hold),
                expires_at_ms=until_ms,
            )
        )

    async def decide(self, hold_id: str, key: str, to_payee: int, to_payer: int, by: str) -> Entry:
        """What was frozen under this key: these shares of it, the rest is held as before. Nothing for both: let it go.

        Raises AlreadyResolved, NoSuchEntry, NotAnEntry for more than was frozen.
        """
        hold = await self.store.holds.read(hold_id)
        frozen = entry_id(self._account(hold), f"freeze/{key}")
        tax = await self.tax(hold.terms.payee)
        refs = self._refs(hold) | (refs_of(tax) if to_payee else {})
        lines = split_lines(hold, to_payee, to_payer, tax)
        return await self._earn(hold, resolving(frozen, "dispute_decided", by, lines, refs))

    async def tax(self, payee: str) -> Tax:
        """Within the fee of what this payee earns now."""
        return NO_TAX if self.tax_of_fee is None else await self.tax_of_fee(payee)

    async def _earn(self, hold: Hold, draft: Draft) -> Entry:
        """What was booked under this key stands with the tax of its time, whatever the rate has become since."""
        try:
            return await self.ledger.post(draft)
        except (KeyTaken, AlreadyResolved):
            entry = entry_id(self._account(hold), draft.key)
            booked = (await self.ledger.store.entries([entry])).get(entry)
            if booked is None or without_tax(booked.lines) != without_tax(draft.lines):
                raise
            return await self.ledger.post(draft.model_copy(update={"lines": booked.lines, "refs": booked.refs}))

    async def balance(self, hold: Hold) -> LedgerAccount:
        """What is held and frozen of it now."""
        return await self.ledger.balance(self._account(hold))

    async def show(self, hold_id: str) -> HoldShown:
        hold = await self.store.holds.read(hold_id)
        account = await self.ledger.balance(self._account(hold))
        payee = account_id(AccountKind.PAYABLE, hold.terms.payee, hold.terms.currency)
        released = refunded = 0
        entries = [
            posting.entry for page in await self.ledger.explain(account.id, limit=_PAGE) for posting in page.postings
        ]
        for entry in (await self.ledger.store.entries(entries)).values():
            if entry.purpose == FUND:
                continue
            of_payee = (payee, f"{AccountKind.FEES}:", f"{AccountKind.TAX}:")
            is_payee = [line.account.startswith(of_payee) for line in entry.lines]
            if entry.phase is Phase.PENDING:
                continue
            for line, to_payee in zip(entry.lines, is_payee, strict=True):
                if line.minor < 0 and to_payee:
                    released -= line.minor
                elif line.minor < 0:
                    refunded -= line.minor
        amounts = account.amounts
        return HoldShown(
            id=hold.id,
            terms=hold.terms,
            held=amounts.posted,
            frozen=amounts.reserved,
            available=amounts.available,
            released=released,
            refunded=refunded,
        )

    async def warn(self) -> int:
        """The job's: tell both sides of a deadline that comes near; how many holds."""
        return await carry_out_all(self.store.to_warn(self.clock.now_ms()), self._warn, failed="warning_postponed")

    async def _warn(self, hold: Hold) -> Hold:
        amounts = (await self.ledger.balance(self._account(hold))).amounts
        if amounts.posted and self.telling is not None:
            await self._tell(hold, amounts.posted)

        def warned(seen: Hold) -> Hold:
            told = seen.model_copy(update={"warned": (*seen.warned, seen.warn_at_ms)})
            return told.model_copy(update={"warn_at_ms": self._next_warning(told)})

        return await self.store.holds.change(hold.id, self.clock.now_ms(), warned)

    async def _tell(self, hold: Hold, minor: int) -> None:
        assert self.telling is not None
        days = max(0, hold.terms.deadline_ms - self.clock.now_ms()) // _DAY_MS
        held = say_money(Money(minor=minor, currency=hold.terms.currency))
        text = (
            f"{held} is held for {hold.terms.subject}, and may be for {days} more days. Nothing moves by itself then:"
            " release it, refund it or agree on another day before."
        )
        message = Message(kind="hold_deadline", title="Held funds come to their deadline", text=text, path="/money")
        for party in (hold.terms.payer, hold.terms.payee):
            await self.telling.tell(party, f"{hold.id}_{hold.warn_at_ms}", message, self.clock.now_ms())

    def _next_warning(self, hold: Hold) -> int:
        if not hold.terms.deadline_ms:
            return 0
        times = [hold.terms.deadline_ms - days * _DAY_MS for days in self.settings.hold_warning_days]
        left = sorted(at_ms for at_ms in times if at_ms > max((*hold.warned, hold.created_at_ms)))
        return left[0] if left else 0

    def _account(self, hold: Hold) -> str:
        return held_account(hold.id, hold.terms.currency)

    def _refs(self, hold: Hold) -> dict[str, str]:
        return {"hold": hold.id, "subject": hold.terms.subject}
