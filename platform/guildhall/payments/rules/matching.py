"""What a line of a bank's statement is about, by its references and its amount alone. Pure."""

from guildhall.payments.model.chart import HOUSE, AccountKind, account_id
from guildhall.payments.model.entries import Draft, Line
from guildhall.payments.model.flows import ProviderEvent
from guildhall.payments.model.transfers import BankLine, StatementEntry


def why_not_this_payout(said: BankLine, minor: int, currency: str, is_sent: bool) -> str:
    """A sentence, or nothing where the line can be about it."""
    if (said.minor, said.currency) != (minor, currency):
        return f"The payout is of {minor} {currency}, and the bank says {said.minor} {said.currency} (minor units)."
    return "" if is_sent else "That payout was in no file yet."


def event_of(entry: StatementEntry, payout: str, attempt: int) -> ProviderEvent:
    """What the bank says of an attempt: money that left says `paid`, money that came back `returned`."""
    kind = "returned" if entry.said.is_credit else "paid"
    return ProviderEvent(
        id=f"{kind}-{entry.id}",
        type=kind,
        subject=payout,
        attempt=attempt,
        at_ms=entry.created_at_ms,
        detail=entry.said.words[:500] if entry.said.is_credit else "",
    )


def kept_in_suspense(entry: StatementEntry) -> Draft:
    """What is on the account and nobody knows why yet, so that the ledger's cash is what the bank says."""
    cash, suspense = _accounts(entry)
    minor = entry.said.minor if entry.said.is_credit else -entry.said.minor
    lines = (Line(account=cash, minor=minor), Line(account=suspense, minor=-minor))
    return _draft(entry, "suspense", "system:bank", lines)


def out_of_suspense(entry: StatementEntry, account: str) -> Draft:
    """To where two people say that it belongs."""
    _, suspense = _accounts(entry)
    minor = entry.said.minor if entry.said.is_credit else -entry.said.minor
    lines = (Line(account=suspense, minor=minor), Line(account=account, minor=-minor))
    return _draft(entry, "deposit_in" if entry.said.is_credit else "bank_fee", entry.confirmed_by, lines)


def back_from_suspense(entry: StatementEntry) -> Draft:
    """Before the payout books it itself."""
    cash, suspense = _accounts(entry)
    minor = entry.said.minor if entry.said.is_credit else -entry.said.minor
    lines = (Line(account=suspense, minor=minor), Line(account=cash, minor=-minor))
    return _draft(entry, "suspense_back", entry.confirmed_by, lines)


def deposited(entry: StatementEntry, owner: str) -> Draft:
    """What came with the reference of an owner's balance."""
    cash, _ = _accounts(entry)
    balance = account_id(AccountKind.CLIENT_BALANCE, owner, entry.said.currency)
    lines = (Line(account=cash, minor=entry.said.minor), Line(account=balance, minor=-entry.said.minor))
    return _draft(entry, "deposit_in", "system:bank", lines)


def target_account(entry: StatementEntry) -> str:
    """The balance of whom it belongs to, or for money that left, what the provider takes."""
    if entry.said.is_credit:
        return account_id(AccountKind.CLIENT_BALANCE, entry.target, entry.said.currency)
    return account_id(AccountKind.PROVIDER_FEES, HOUSE, entry.said.currency)


def _accounts(entry: StatementEntry) -> tuple[str, str]:
    currency = entry.said.currency
    return account_id(AccountKind.CASH, "bank", currency), account_id(AccountKind.SUSPENSE, HOUSE, currency)


def _draft(entry: StatementEntry, purpose: str, by: str, lines: tuple[Line, ...]) -> Draft:
    refs = {"bank_line": entry.id, "reference": entry.said.reference[:60]}
    return Draft(key=f"{purpose}/{entry.id}", purpose=purpose, by=by, lines=lines, refs=refs)
