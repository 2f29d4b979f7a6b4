"""An account number and its holder: sealed wherever they are kept, open only on their way into a file for the bank."""

from pydantic import Field

from guildhall.kit.documents import Stored


class SealedAccount(Stored):
    """All that is kept of a bank account: its last four characters are what people are shown of it."""

    sealed: str = Field(repr=False)
    """A `BankAccount`, by `service.sealing`."""
    last_four: str
    fingerprint: str = Field(repr=False)
    """Keyed: the same account is found to be the same without being opened."""


class BankAccount(Stored):
    """Opened. It is in no document, and `repr` does not tell it to a log."""

    iban: str = Field(repr=False)
    holder: str = Field(repr=False)
