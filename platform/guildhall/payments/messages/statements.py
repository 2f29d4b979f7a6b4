"""Statements on the wire."""

from typing import Annotated

from pydantic import StringConstraints

from guildhall.payments.messages import AccountName, OfOrganisation, Shape


class StatementQuery(OfOrganisation):
    """One account, whose money one keeps, in one month (UTC)."""

    account: AccountName
    month: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]


class StatementLineShown(Shape):
    entry: str
    at_ms: int
    words: str
    minor: int
    balance_minor: int


class StatementShown(Shape):
    """The lines of the journal between two balances of the ledger; where they do not fit, `gap_minor` is not zero."""

    account: str
    currency: str
    month: str
    first_month: str
    opening_minor: int
    lines: tuple[StatementLineShown, ...]
    closing_minor: int
    gap_minor: int
    until_ms: int
    is_over: bool
