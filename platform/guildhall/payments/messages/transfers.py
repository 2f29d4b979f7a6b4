"""Bank transfers on the wire: files for the bank, and what its statements say."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from guildhall.payments.messages import NO_NUL, Currency, Reason, Shape


class CurrencyQuery(Shape):
    currency: Currency = "EUR"


class TransferFileShown(Shape):
    file_id: str
    name: str
    currency: str
    count: int
    total_minor: int
    created_at_ms: int
    verdict: str
    """What the bank said of it last: accepted, pending, partially, rejected; empty before it said anything."""
    verdict_words: str


class BankLineShown(Shape):
    """`minor` is below zero for money that left. `target` is what somebody says it belongs to."""

    line_id: str
    state: str
    reference: str
    at: str
    minor: int
    currency: str
    words: str
    party: str
    note: str
    target: str
    reason: str
    is_mine: bool
    """Whether whoever asks proposed it: then another person confirms."""


class BankReportShown(Shape):
    """A report (pain.002) of which `notes` fit nothing of ours."""

    report_id: str
    file: str
    verdict: str
    words: str
    rejected: int
    notes: tuple[str, ...]
    created_at_ms: int


class TransfersShown(Shape):
    """`is_set_up`: whether the house's own account is known, without which there are no files."""

    is_set_up: bool
    waiting: int
    next_count: int
    """How many of them the next file takes."""
    next_minor: int
    currency: str
    files: tuple[TransferFileShown, ...]
    lines: tuple[BankLineShown, ...]
    """Those that nobody has matched yet, the oldest first."""
    reports: tuple[BankReportShown, ...]
    """With what fits nothing of ours, until somebody has seen to it; the oldest first."""
    cut: tuple[str, ...]
    """Which of `files`, `lines` and `reports` go on."""


class TakenInShown(Shape):
    """Lines of a statement, or payments of a report; those that were known before were left as they are."""

    new: int
    known: int
    matched: int
    unmatched: int


class BankLineAct(Shape):
    """To propose: `target` is a payout's id, the owner of a balance, or `house` for what the bank takes."""

    action: Literal["propose", "confirm", "withdraw"]
    target: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[A-Za-z0-9_\-]*$")] = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=NO_NUL)] = ""


class BankReportAct(Shape):
    reason: Reason


class DepositShown(Shape):
    """All empty where the house takes no bank transfers."""

    holder: str
    iban: str
    bic: str
    reference: str
