"""Walking along the chain: the first entry that is not as it was written, by its number. Pure.

What the chain alone cannot show is that its newest entries were cut off, or that all of it was written anew: whoever
can write the database can also hash. Both show against a witness, which is the newest number and hash at some time,
kept where the database's writers cannot reach it. Every check ends with one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from guildhall.kit.audit.entry import NOTHING_BEFORE, as_audit_entry, entry_hash
from guildhall.kit.entries import Entry


@dataclass(frozen=True, slots=True)
class Witness:
    """That entry `number` had this hash; written `1234:9f86d0...`."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises ValueError with a sentence."""
        number, _, digest = text.strip().partition(":")
        if not (number.isascii() and number.isdigit() and int(number) > 0 and digest):
            raise ValueError(f"{text!r:.80} is no witness: it looks like 1234:9f86d0..., as a check prints it.")
        return cls(int(number), digest)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first place where the chain breaks."""

    number: int
    kind: Literal["edited", "missing", "rewritten"]
    sentence: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    stream: str
    entries: int
    """How many were found good, from the first on."""
    head: Witness | None
    """The newest good entry; keep it elsewhere, and the next check can be held against it."""
    fault: Fault | None

    @property
    def is_whole(self) -> bool:
        return self.fault is None


class ChainWalk:
    """Takes a stream's entries in order and stops at the first fault; keeps one entry's hash, whatever the length."""

    def __init__(
        self, stream: str, witness: Witness | None = None, read: Callable[[Entry], object] = as_audit_entry
    ) -> None:
        """`read` raises ValueError, TypeError or KeyError for an entry that is not of the shape this chain has."""
        self._stream = stream
        self._read = read
        self._witness = witness
        self._number = 0
        self._hash = NOTHING_BEFORE
        self._fault: Fault | None = None

    def follow(self, entry: Entry) -> bool:
        """Take the next entry; False when this or an earlier one is at fault."""
        if self._fault is None:
            self._fault = self._find_fault(entry)
        if self._fault is None:
            self._number, self._hash = entry.number, str(entry.body["hash"])
        return self._fault is None

    def finish(self) -> ChainReport:
        """After the last entry."""
        fault, witness = self._fault, self._witness
        if fault is None and witness is not None and witness.number > self._number:
            first = self._number + 1
            sentence = f"Entry {first} is missing: the log once went on to {witness.number} and now ends before it."
            fault = Fault(first, "missing", sentence)
        head = Witness(self._number, self._hash) if self._number else None
        return ChainReport(self._stream, self._number, head, fault)

    def _find_fault(self, entry: Entry) -> Fault | None:
        expected = self._number + 1
        if entry.number > expected:
            return Fault(expected, "missing", f"Entry {expected} is missing: {entry.number} follows {self._number}.")
        if entry.number < expected:
            return Fault(entry.number, "edited", f"Entry {entry.number} is there twice.")
        if not is_as_written(entry, self._read):
            return Fault(expected, "edited", f"Entry {expected} is not as it was written: its hash does not fit it.")
        if entry.body["prev_hash"] != self._hash:
            return self._rewritten(expected)
        witness = self._witness
        if witness is not None and witness.number == expected and witness.hash != entry.body["hash"]:
            sentence = (
                f"Entry {expected} or one before it was written anew: its hash is not the one that was witnessed."
            )
            return Fault(expected, "rewritten", sentence)
        return None

    def _rewritten(self, number: int) -> Fault:
        if number == 1:
            return Fault(1, "missing", "What came before entry 1 is missing: it names a hash that no entry here has.")
        before = number - 1
        sentence = f"Entry {before} was replaced, with a hash that fits it: entry {number} remembers another one."
        return Fault(before, "rewritten", sentence)


def is_as_written(entry: Entry, read: Callable[[Entry], object] = as_audit_entry) -> bool:
    """Whether an entry is of its shape, and its hash fits what it says; not whether it follows the one before."""
    try:
        read(entry)
        return bool(entry_hash(entry) == entry.body["hash"])
    except (ValueError, TypeError, KeyError):  # not even of an entry's shape; ValidationError is a ValueError
        return False
