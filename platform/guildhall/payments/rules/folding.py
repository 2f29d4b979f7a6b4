"""What one block of the chain does to each account that it touches."""

from collections.abc import Sequence

from guildhall.payments.model.balances import Amounts, accounts_of, effect_of
from guildhall.payments.model.entries import Entry
from guildhall.payments.model.pages import Folded, Posting


def fold(entries: Sequence[Entry]) -> dict[str, Folded]:
    """By account."""
    touched: dict[str, list[Entry]] = {}
    for entry in entries:
        for account in accounts_of(entry):
            touched.setdefault(account, []).append(entry)
    return {account: _fold_account(account, found) for account, found in touched.items()}


def _fold_account(account: str, entries: Sequence[Entry]) -> Folded:
    total, postings = Amounts(), []
    for entry in entries:
        change = effect_of(entry, account)
        total += change
        postings.append(Posting(entry=entry.id, purpose=entry.purpose, at_ms=entry.at_ms, change=change))
    own = [entry.number for entry in entries if entry.source == account]
    return Folded(total, tuple(postings), max(own, default=0))
