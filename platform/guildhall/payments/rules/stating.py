"""What stands on a statement: months, and what each line was for. Pure."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from guildhall.kit.errors import Invalid
from guildhall.kit.money import Money, say_money
from guildhall.payments.model.balances import effect_of
from guildhall.payments.model.chart import AccountKind
from guildhall.payments.model.entries import Entry
from guildhall.payments.model.statements import StatementLine
from guildhall.payments.rules.fee_tax import fee_and_tax

STATED: Final = frozenset({AccountKind.PAYABLE, AccountKind.CLIENT_BALANCE, AccountKind.PAYOUT_PENDING})
"""The kinds of account that belong to somebody, and so have statements."""
_YEAR_MIN, _YEAR_MAX = 2000, 2100
_DECEMBER: Final = 12
WORDS: Final = MappingProxyType(
    {
        "payment_in": "Paid in",
        "chargeback": "Charged back",
        "chargeback_won": "Charge won back",
        "deposit_in": "Paid in by bank transfer",
        "bank_fee": "Fee of the bank",
        "chargeback_made_up": "Taken for a chargeback",
        "chargeback_given_back": "Given back after a chargeback was won",
        "claim_settled": "Settled after a chargeback",
        "claim_given_back": "Given back after a chargeback was won",
        "fund": "Put aside for work",
        "release": "Earned",
        "dispute_decided": "Decided in a dispute",
        "refund": "Returned from what was held",
        "payout_request": "To be paid out",
        "payout_paid": "Paid out",
        "payout_cancelled": "Payout taken back",
        "payout_returned": "Payout returned by the bank",
        "manual": "Booked by hand",
    }
)


def month_of(at_ms: int) -> str:
    """`2026-11`, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m")


def bounds_of(month: str) -> tuple[int, int]:
    """Its first millisecond, and the first one after it. Raises Invalid for text that is no month."""
    try:
        begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid(f"{month!r:.20} is no month: it looks like 2026-11.") from None
    if not _YEAR_MIN <= begins.year < _YEAR_MAX:
        raise Invalid(f"Statements are of months from {_YEAR_MIN} to {_YEAR_MAX - 1}.")
    year, number = (begins.year + 1, 1) if begins.month == _DECEMBER else (begins.year, begins.month + 1)
    return int(begins.timestamp() * 1000), int(datetime(year, number, 1, tzinfo=UTC).timestamp() * 1000)


def line_of(entry: Entry, account: str, before_minor: int) -> StatementLine:
    """One line, with the balance after it; its amount is the journal's."""
    minor = effect_of(entry, account).posted
    return StatementLine(
        entry=entry.id,
        at_ms=entry.at_ms,
        words=words_of(entry, account),
        minor=minor,
        balance_minor=before_minor + minor,
    )


def words_of(entry: Entry, account: str) -> str:
    """What it was for: what happened, for which work, and the fee where the payee reads of it."""
    words = WORDS.get(entry.purpose, entry.purpose.replace("_", " ").capitalize())
    if entry.reverses:
        words = f"Taken back: {words.lower()}"
    if about := entry.refs.get("subject") or entry.refs.get("reference"):
        words = f"{words}: {about}"
    fee, tax = fee_and_tax(entry.lines, entry.currency)
    if fee > 0 and account.startswith(f"{AccountKind.PAYABLE.value}:"):
        within = f", {say_money(Money(minor=tax, currency=entry.currency))} of it tax" if tax else ""
        words = f"{words} (after a fee of {say_money(Money(minor=fee, currency=entry.currency))}{within})"
    return words
