"""A statement: one account in one month, from its balance before to its balance after."""

from guildhall.kit.documents import Stored


class StatementLine(Stored):
    """`at_ms` is when it was decided; it counts in the month in which the chain took it, moments later."""

    entry: str
    at_ms: int
    words: str
    minor: int
    balance_minor: int


class Statement(Stored):
    """Both balances are what the ledger says; the lines are read from the journal. So `gap_minor` proves them: 0."""

    account: str
    currency: str
    month: str
    first_month: str
    """Of the account's oldest line; empty where it has none."""
    opening_minor: int
    lines: tuple[StatementLine, ...]
    closing_minor: int
    gap_minor: int
    """What the closing balance has more than the opening one and all lines together."""
    until_ms: int
    """The end of the month, or now where it is not over."""
    is_over: bool
