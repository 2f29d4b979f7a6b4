"""Tables for spreadsheets: results of exams, statements of money. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BOM: Final = "\ufeff"
"""Without it, spreadsheets on Windows read UTF-8 as something else."""


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """RFC 4180, UTF-8. A cell that a spreadsheet would run as a formula gets an apostrophe before it (OWASP)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return (BOM + text.getvalue()).encode()


def hundredths(value: int) -> str:
    """`12345` as `123.45`: a sign is for numbers, so cells of ours may begin with one."""
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 100}.{abs(value) % 100:02}"


def _cell(value: str | int | None) -> str | int:
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(value: str) -> bool:
    return (
        value.removeprefix("-").replace(".", "", 1).isascii() and value.removeprefix("-").replace(".", "", 1).isdigit()
    )
