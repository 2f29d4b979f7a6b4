"""An account: what was folded from the chain, the intents not yet sealed, and so its balance, in one document."""

from dataclasses import dataclass
from typing import Final

from pydantic import ConfigDict, Field

from guildhall.kit.documents import Stored
from guildhall.payments.model.chart import AccountKind, kind_of
from guildhall.payments.model.entries import Entry, Line, Phase

INTENTS_MAX: Final = 256


class Amounts(Stored):
    """In minor units, counted so that what makes the account grow is positive."""

    posted: int = 0
    reserved: int = 0
    """What pending entries would take."""
    incoming: int = 0
    """What pending entries would bring."""

    @property
    def available(self) -> int:
        return self.posted - self.reserved

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            posted=self.posted + other.posted,
            reserved=self.reserved + other.reserved,
            incoming=self.incoming + other.incoming,
        )


class LedgerAccount(Stored):
    """`number` is of the newest entry that takes from it, `sealed_to` of the newest of those that was folded."""

    id: str = Field(alias="_id")
    kind: AccountKind
    owner: str
    currency: str
    number: int = 0
    sealed_to: int = 0
    folded_to: int = 0
    """The number of the last block that was folded into `folded`."""
    folded: Amounts = Amounts()
    intents: tuple[Entry, ...] = Field((), max_length=INTENTS_MAX)
    unsettled_since_ms: int = 0

    model_config = ConfigDict(populate_by_name=True)

    @property
    def unsealed(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.intents if entry.number > self.sealed_to)

    @property
    def amounts(self) -> Amounts:
        total = self.folded
        for entry in self.unsealed:
            total += effect_of(entry, self.id)
        return total

    @property
    def available(self) -> int:
        return self.amounts.available


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as decisions see it, one after the other."""

    account: str
    number: int
    amounts: Amounts

    def after(self, entry: Entry) -> "Standing":
        return Standing(self.account, entry.number, self.amounts + effect_of(entry, self.account))


def effect_of(entry: Entry, account: str) -> Amounts:
    """What an entry does to one of the accounts it names."""
    posted = reserved = incoming = 0
    sign = kind_of(account).sign
    for line in entry.lines:
        if line.account == account and entry.phase is Phase.PENDING:
            reserved, incoming = _pend(line, sign, reserved, incoming, 1)
        elif line.account == account:
            posted += sign * line.minor
    for line in entry.undone:
        if line.account == account:
            reserved, incoming = _pend(line, sign, reserved, incoming, -1)
    return Amounts(posted=posted, reserved=reserved, incoming=incoming)


def accounts_of(entry: Entry) -> tuple[str, ...]:
    """Its source first."""
    return tuple(dict.fromkeys((entry.source, *(line.account for line in (*entry.lines, *entry.undone)))))


def _pend(line: Line, sign: int, reserved: int, incoming: int, direction: int) -> tuple[int, int]:
    change = sign * line.minor
    return (reserved - change * direction, incoming) if change < 0 else (reserved, incoming + change * direction)
