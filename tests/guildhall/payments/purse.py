"""What the tests of money share: short words for drafts, a house's ledger, and the proof after everything."""

from typing import Any

from guildhall.kit.clock import ManualClock
from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.entries import Draft, Line, Lines, Phase
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.proving import prove
from guildhall.payments.store import LedgerStore

CASH = account_id(AccountKind.CASH, HOUSE, "EUR")
FEES = account_id(AccountKind.FEES, HOUSE, "EUR")
TAX = account_id(AccountKind.TAX, HOUSE, "EUR")


def client(name: str = "acme") -> str:
    return account_id(AccountKind.CLIENT_BALANCE, name, "EUR")


def held(name: str = "m1") -> str:
    return account_id(AccountKind.HELD, name, "EUR")


def frozen(name: str = "m1") -> str:
    return account_id(AccountKind.FROZEN, name, "EUR")


def payable(name: str = "ada") -> str:
    return account_id(AccountKind.PAYABLE, name, "EUR")


def leaving(name: str = "ada") -> str:
    return account_id(AccountKind.PAYOUT_PENDING, name, "EUR")


def lines(*pairs: tuple[str, int]) -> Lines:
    """Debits are positive."""
    return tuple(Line(account=account, minor=minor) for account, minor in pairs)


def moved(minor: int, debit: str, credit: str) -> Lines:
    return lines((debit, minor), (credit, -minor))


def draft(key: str, lines: Lines, phase: Phase = Phase.POSTED, **more: Any) -> Draft:
    return Draft(key=key, purpose=more.pop("purpose", "test"), by="system:test", lines=lines, phase=phase, **more)


def paid_in(key: str, minor: int, name: str = "acme") -> Draft:
    return draft(key, moved(minor, CASH, client(name)))


def funded(key: str, minor: int, name: str = "acme", hold: str = "m1") -> Draft:
    return draft(key, moved(minor, client(name), held(hold)))


def released(key: str, minor: int, fee: int = 0, hold: str = "m1", name: str = "ada") -> Draft:
    shares = [(held(hold), minor), (payable(name), fee - minor), *([(FEES, -fee)] if fee else [])]
    return draft(key, lines(*shares))


async def open_ledger(storage: Any, clock: ManualClock | None = None) -> Ledger:
    store = LedgerStore(storage)
    await store.ensure()
    return Ledger(store, clock or ManualClock())


async def balance_of(ledger: Ledger, account: str) -> tuple[int, int, int]:
    amounts = (await ledger.balance(account)).amounts
    return amounts.posted, amounts.reserved, amounts.incoming


async def prove_whole(ledger: Ledger) -> int:
    """How many entries; fails with the first sentence of what is wrong."""
    report = await prove(ledger.store)
    assert report.is_whole, report.faults
    return report.entries
