"""A page of an account's statement: what one block did to it."""

from dataclasses import dataclass

from pydantic import ConfigDict, Field

from guildhall.kit.documents import Stored
from guildhall.payments.model.balances import Amounts


class Posting(Stored):
    entry: str
    purpose: str
    at_ms: int
    change: Amounts


@dataclass(frozen=True, slots=True)
class Folded:
    """What one block does to one account. `sealed_to` is its newest own entry's number there; 0: none of its own."""

    change: Amounts
    postings: tuple[Posting, ...]
    sealed_to: int


class StatementPage(Stored):
    """Written before the block is folded, and never again: `after` is the account as the chain alone makes it."""

    id: str = Field(alias="_id")
    account: str
    block: int
    postings: tuple[Posting, ...]
    after: Amounts

    model_config = ConfigDict(populate_by_name=True)


class OpenPending(Stored):
    """A pending entry that is not resolved, for whoever lets it expire; written and removed as blocks are folded."""

    id: str = Field(alias="_id")
    source: str
    expires_at_ms: int

    model_config = ConfigDict(populate_by_name=True)
