"""A statement as PDF and as a table for spreadsheets."""

from datetime import UTC, datetime
from typing import Final

from guildhall.kit.money import Money, plain_amount, say_money
from guildhall.kit.pdf import SMALL_PT, TITLE_PT, Paper, say_when
from guildhall.kit.spreadsheets import as_csv
from guildhall.payments.model.chart import CHART, split_account
from guildhall.payments.model.invoices import Party
from guildhall.payments.model.statements import Statement

_WIDTHS: Final = (17, 55, 22, 22)
_NUMBERS: Final = (2, 3)
_HEADER: Final = ("Date (UTC)", "For", "Amount", "Balance", "Currency", "Entry of the ledger")


def render_statement(statement: Statement, owner: Party, house: str) -> bytes:
    """Takes a second of a processor for its font: call it in a thread."""
    title = f"Statement {statement.month}"
    page = Paper(title, f"{house} · {title} · {statement.account}", statement.until_ms)
    page.line(title, TITLE_PT, bold=True)
    words = CHART[split_account(statement.account)[0]].words
    page.line(f"{words[0].upper()}{words[1:]}, in {statement.currency}")
    if not statement.is_over:
        page.line(f"The month is not over: this is how it stood at {say_when(statement.until_ms)}.")
    page.head("For")
    for line in (owner.name, *owner.address.splitlines(), owner.country, owner.tax_id and f"Tax id {owner.tax_id}"):
        if line:
            page.line(line)
    page.head(f"Opening balance: {_say(statement, statement.opening_minor)}")
    if statement.lines:
        rows = [
            (_day(line.at_ms), line.words, _say(statement, line.minor), _say(statement, line.balance_minor))
            for line in statement.lines
        ]
        page.table(("Date", "For", "Amount", "Balance"), rows, _WIDTHS, _NUMBERS)
    else:
        page.line("Nothing was booked.")
    page.head(f"Closing balance: {_say(statement, statement.closing_minor)}")
    if statement.gap_minor:
        page.line(f"{_say(statement, statement.gap_minor)} of it stands in no line above: please tell us.", bold=True)
    page.line("Both balances are the ledger's, and the lines its journal's. Days are in UTC.", SMALL_PT)
    return page.bytes()


def statement_csv(statement: Statement) -> bytes:
    """RFC 4180: the opening balance, each line, the closing balance, and the gap where there is one."""

    def said(minor: int) -> str:
        return plain_amount(Money(minor=minor, currency=statement.currency))

    def row(day: str, words: str, amount: str, balance: str, entry: str = "") -> tuple[str, ...]:
        return (day, words, amount, balance, statement.currency, entry)

    lines = [
        row(_day(line.at_ms), line.words, said(line.minor), said(line.balance_minor), line.entry)
        for line in statement.lines
    ]
    gap = [row("", "In no line", said(statement.gap_minor), "")] if statement.gap_minor else []
    opening = row(f"{statement.month}-01", "Opening balance", "", said(statement.opening_minor))
    closing = row(_day(statement.until_ms - 1), "Closing balance", "", said(statement.closing_minor))
    return as_csv(_HEADER, [opening, *lines, *gap, closing])


def _say(statement: Statement, minor: int) -> str:
    return say_money(Money(minor=minor, currency=statement.currency))


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")
