"""Recomputing everything from the chain and the journal: the first thing of each kind that is not as it was written.

The chain says which entries there are, and in which order; the journal says what they are; the accounts must follow.
Pure: whoever reads the collections hands them over piece by piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from guildhall.kit.audit.chain import ChainReport
from guildhall.payments.model.balances import Amounts, LedgerAccount
from guildhall.payments.model.blocks import SealedEntry
from guildhall.payments.model.chart import CHART, kind_of, split_account
from guildhall.payments.model.entries import Entry, Phase
from guildhall.payments.rules.drafting import NotAnEntry, check_lines, is_as_written
from guildhall.payments.rules.folding import fold

FAULTS_MAX: Final = 50
"""More are counted, and not named."""


@dataclass(frozen=True, slots=True)
class LedgerFault:
    """`where` is an entry's id, an account's or a block's number."""

    kind: Literal["edited", "deleted", "inserted", "chain", "balance", "floor", "sum"]
    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LedgerReport:
    blocks: int
    entries: int
    """Sealed, and as they were written."""
    in_flight: int
    """Decided and not yet sealed."""
    totals: dict[str, dict[str, int]]
    """By currency and kind of account, in minor units, counted so that what makes the kind grow is positive."""
    chain: ChainReport | None
    faults: tuple[LedgerFault, ...]
    fault_count: int

    @property
    def is_whole(self) -> bool:
        return not self.fault_count


@dataclass
class Proof:
    """Takes the blocks in order with what the journal has of them, then all accounts, then the journal's strays."""

    blocks: int = 0
    entries: int = 0
    in_flight: int = 0
    fault_count: int = 0
    faults: list[LedgerFault] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    """By source, the newest sealed number."""
    _balances: dict[str, Amounts] = field(default_factory=dict)
    _folded_from: dict[str, int] = field(default_factory=dict)
    _folded_to: dict[str, int] = field(default_factory=dict)
    _newest: int = 0
    _ahead: dict[str, int] = field(default_factory=dict)
    _accounts: set[str] = field(default_factory=set)
    _sealed: set[str] = field(default_factory=set)
    _intents: set[str] = field(default_factory=set)

    def take_block(self, number: int, sealed: Sequence[SealedEntry], journal: dict[str, Entry | None]) -> None:
        """`journal` has what was found under each sealed id: None for what cannot even be read as an entry."""
        self.blocks += 1
        good: list[Entry] = []
        for one in sealed:
            expected = self._numbers.get(one.source, 0) + 1
            if one.number != expected:
                self._note("chain", one.id, f"Block {number} has {one.id} as number {one.number}, not {expected}.")
            self._numbers[one.source] = max(one.number, expected)
            self._sealed.add(one.id)
            entry = journal.get(one.id)
            if one.id not in journal:
                self._note("deleted", one.id, f"{one.id} of block {number} is not in the journal any more.")
            elif entry is None or not is_as_written(entry) or entry.hash != one.hash or entry.number != one.number:
                self._note("edited", one.id, f"{one.id} of block {number} is not as it was written.")
            else:
                self._check_lines(entry)
                good.append(entry)
        self.entries += len(good)
        for account, folded in fold(good).items():
            self._balances[account] = self._balances.get(account, Amounts()) + folded.change
            self._folded_from.setdefault(account, number)
            self._folded_to[account] = number
            self._check_floor(account, number)
        self._newest = number

    def take_account(self, account: LedgerAccount, known_blocks: int) -> None:
        """Every account there is, after the last block; with how many blocks there were when it was read."""
        self._accounts.add(account.id)
        self.in_flight += len(account.unsealed)
        expected = account.sealed_to
        for entry in account.unsealed:
            expected += 1
            if entry.number != expected or not is_as_written(entry):
                self._note("edited", entry.id, f"The intent {entry.id} is not as it was written.")
            self._intents.add(entry.id)
        if account.folded_to > known_blocks:
            self._ahead[account.id] = account.folded_to
        else:
            chained = self._balances.get(account.id, Amounts())
            is_folded = account.folded_to >= self._folded_to.get(account.id, 0)
            if is_folded and account.folded != chained:
                self._note(
                    "balance",
                    account.id,
                    f"{account.id} says {account.folded.posted}; the journal makes it {chained.posted}"
                    f" (reserved {account.folded.reserved} and {chained.reserved}).",
                )
            if not is_folded and known_blocks == self.blocks:
                self.in_flight += 1
        if CHART[account.kind].is_floored and account.available < 0:
            self._note("floor", account.id, f"{account.id} is below its floor: {account.available}.")

    def take_head(self, number: int) -> None:
        """The chain's newest number after all accounts were read: none of them can have taken over more than that."""
        for account, folded_to in self._ahead.items():
            if folded_to > number:
                said = f"{account} took over block {folded_to}, and the chain ends at {number}."
                self._note("chain", account, said)

    def unmade(self) -> list[str]:
        """Accounts that are not there, and that the newest block was the first to touch: it may be taken over now.

        No block is put on top of one that was not taken over everywhere, so an older block's are there or were deleted.
        """
        return [
            account
            for account, number in self._folded_from.items()
            if number == self._newest and account not in self._accounts
        ]

    def take_unmade(self, account: str) -> None:
        """One of those that never was."""
        self._accounts.add(account)
        self.in_flight += 1

    def is_explained(self, entry: str) -> bool:
        """Whether a row of the journal stands in a block, or among the intents of its source."""
        return entry in self._sealed or entry in self._intents

    def take_stray(self, entry: str) -> None:
        """A row of the journal that nothing explains."""
        self._note("inserted", entry, f"{entry} stands in no block, and its source never took it.")

    def finish(self, chain: ChainReport | None) -> LedgerReport:
        if chain is not None and chain.fault is not None:
            self._note("chain", str(chain.fault.number), chain.fault.sentence)
        totals: dict[str, dict[str, int]] = {}
        sums: dict[str, int] = {}
        for account, amounts in self._balances.items():
            kind, _, currency = split_account(account)
            by_kind = totals.setdefault(currency, {})
            by_kind[kind.value] = by_kind.get(kind.value, 0) + amounts.posted
            sums[currency] = sums.get(currency, 0) + CHART[kind].sign * amounts.posted
            if account not in self._accounts:
                self._note("deleted", account, f"The account {account} is in the journal, and there is none.")
        for currency, total in sums.items():
            if total:
                self._note("sum", currency, f"All accounts in {currency} together hold {total}, which must be zero.")
        return LedgerReport(
            self.blocks, self.entries, self.in_flight, totals, chain, tuple(self.faults), self.fault_count
        )

    def _check_floor(self, account: str, number: int) -> None:
        """At each block, so that what was below and came up again is told; of what fits together so far, and once."""
        available = self._balances[account].available
        if not self.fault_count and kind_of(account).is_floored and available < 0:
            self._note("floor", account, f"{account} was below its floor after block {number}: {available}.")

    def _check_lines(self, entry: Entry) -> None:
        try:
            if entry.lines or entry.phase is not Phase.RESOLVING:
                check_lines(entry.lines)
            if entry.undone:
                check_lines(entry.undone)
        except NotAnEntry as error:
            self._note("sum", entry.id, f"{entry.id}: {error.detail}")

    def _note(
        self, kind: Literal["edited", "deleted", "inserted", "chain", "balance", "floor", "sum"], where: str, said: str
    ) -> None:
        self.fault_count += 1
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(LedgerFault(kind, where, said))
