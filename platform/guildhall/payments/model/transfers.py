"""Bank transfers: payouts that wait for a file, the files that were made, and what the bank's statements say."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.payments.model.bank_accounts import SealedAccount

BATCH_MAX: Final = 500
"""Transfers in one file: a megabyte of XML, and one document."""


class Transfer(Stored):
    """As it stands in a file: what somebody changes later changes no file."""

    order: str
    reference: str
    """The end-to-end id, which comes back on the statement."""
    account: SealedAccount | None = None
    """None only from before accounts were sealed: `store.bank_seal` seals it out of the next two."""
    holder: str = Field("", repr=False)
    iban: str = Field("", repr=False)
    minor: int


NO_FILE: Final = "none"
"""Instead of a file: an earlier attempt was carried out after all, so no file takes this one."""


class TransferOrder(VersionedDocument):
    """One attempt of one payout, until a file has taken it. Its id is the payout's and the attempt's."""

    payout: str
    attempt: int
    currency: str
    transfer: Transfer
    file: str = ""


class TransferFile(VersionedDocument):
    """Written once, with all that is in it, under its number: so what is downloaded is the same for ever."""

    key: str
    """Of whoever asked for it: asked again, it is the same file."""
    number: int
    currency: str
    debtor: str
    iban: str
    """The house's own, which every payer is shown."""
    bic: str
    transfers: tuple[Transfer, ...] = Field(min_length=1, max_length=BATCH_MAX)
    by: str

    @property
    def total_minor(self) -> int:
        return sum(one.minor for one in self.transfers)


class BankLine(Stored):
    """One line of a bank's statement, or one part of a line that says several."""

    reference: str = Field(min_length=1, max_length=140)
    """The bank's own, unique on the account."""
    at: str = Field(max_length=40)
    minor: int = Field(gt=0)
    currency: str
    is_credit: bool
    end_to_end: str = Field("", max_length=140)
    words: str = Field("", max_length=1_000)
    party: str = Field("", max_length=140)
    line: int
    """Of the file, for people."""


class LineState(StrEnum):
    TAKEN = "taken"
    """On disk; what it means is found out next."""
    UNMATCHED = "unmatched"
    """The ledger has it in suspense, and a person says what it is."""
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    """By a second person; it is booked, or will be in a moment."""
    MATCHED = "matched"


class StatementEntry(VersionedDocument):
    """A line once it was taken in: its id is made of the account and the bank's reference, so it is taken in once."""

    state: LineState = LineState.TAKEN
    iban: str
    said: BankLine
    target: str = ""
    """What it belongs to: a payout, or the owner of a balance, or `house` for what the bank takes."""
    reason: str = ""
    proposed_by: str = ""
    confirmed_by: str = ""
    note: str = ""
    """Why it could not be matched."""


class PayoutClaim(VersionedDocument):
    """Which line says that a payout was paid, or returned: one of each, so its id is made of both."""

    line: str


class DepositReference(VersionedDocument):
    """What a payer writes on a transfer so that it finds its balance; its id is the reference."""

    owner: str
