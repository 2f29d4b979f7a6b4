"""The document that a candidate leaves with, and the check of it that needs nobody's word. Pure.

It holds every entry of the attempt's log as it is stored. Whoever has it can compute the chain again: the SHA-256 of
each entry's canonical JSON (`kit.audit.entry`), which names the hash of the entry before, ends in the hash that the
server gave as a receipt. So an entry that was changed, taken out or put in shows at its number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from guildhall.assessments.model.attempts import AnswerEntry, EntryKind
from guildhall.kit.audit.entry import NOTHING_BEFORE, entry_hash
from guildhall.kit.entries import Entry

RECEIPT_FORMAT: Final = "guildhall.receipt/1"
RECEIPT_ENTRIES_MAX: Final = 1_000_000


class ReceiptEntry(BaseModel):
    """One entry as it is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    key: str
    at_ms: int
    body: dict[str, Any]


class ReceiptDocument(BaseModel):
    """What `GET /v1/attempts/{id}/receipt` gives and `python -m guildhall verify-receipt` takes.

    `number` and `hash` are those of the newest entry, which closes the log once the attempt is over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["guildhall.receipt/1"] = RECEIPT_FORMAT
    attempt_id: str
    exam_title: str
    candidate_name: str
    is_closed: bool
    number: int
    hash: str
    at_ms: int
    entries: Annotated[tuple[ReceiptEntry, ...], Field(max_length=RECEIPT_ENTRIES_MAX)]


@dataclass(frozen=True, slots=True)
class ReceiptFault:
    """The first entry that is not as the server wrote it."""

    number: int
    sentence: str


def entries_of(document: ReceiptDocument) -> list[Entry]:
    return [Entry(document.attempt_id, one.number, one.key, one.at_ms, one.body) for one in document.entries]


def check_chain(entries: Iterable[Entry], number: int, digest: str) -> ReceiptFault | None:
    """Whether these entries are a whole chain from the first one on that ends as the receipt says."""
    seen, before = 0, NOTHING_BEFORE
    for entry in entries:
        expected = seen + 1
        if entry.number != expected:
            return ReceiptFault(expected, f"Entry {expected} is missing: {entry.number} follows {seen}.")
        if (fault := _check_entry(entry, before)) is not None:
            return fault
        seen, before = entry.number, str(entry.body["hash"])
    if seen < number:
        return ReceiptFault(seen + 1, f"Entry {seen + 1} is missing: the receipt is for {number} entries.")
    if seen > number:
        return ReceiptFault(number + 1, f"The receipt is for {number} entries, and there are {seen}.")
    if before != digest:
        return ReceiptFault(seen, f"Entry {seen} or one before it was written anew: its hash is not the receipt's.")
    return None


def check_against(entries: Iterable[Entry], held: Mapping[int, Entry]) -> ReceiptFault | None:
    """Whether the server still holds exactly these entries, by their numbers."""
    for entry in entries:
        other = held.get(entry.number)
        if other is None:
            return ReceiptFault(
                entry.number, f"Entry {entry.number} is in the receipt, and the server no longer has it."
            )
        if other != entry:
            return ReceiptFault(entry.number, f"Entry {entry.number} is another one on the server than in the receipt.")
    return None


def _check_entry(entry: Entry, before: str) -> ReceiptFault | None:
    try:
        AnswerEntry.model_validate({"number": entry.number, "key": entry.key, "at_ms": entry.at_ms, **entry.body})
        is_as_written = entry_hash(entry) == entry.body["hash"]
    except (ValueError, TypeError):  # not even of an entry's shape; ValidationError is a ValueError
        is_as_written = False
    if not is_as_written:
        return ReceiptFault(entry.number, f"Entry {entry.number} is not as it was written: its hash does not fit it.")
    if entry.body["prev_hash"] != before:
        if entry.number == 1:
            return ReceiptFault(1, "What came before entry 1 is missing: it names a hash that no entry here has.")
        replaced = entry.number - 1
        return ReceiptFault(
            replaced, f"Entry {replaced} was replaced: entry {entry.number} remembers another one before it."
        )
    return None


def kinds_in(entries: Iterable[Entry]) -> dict[str, int]:
    """How many entries of each kind, for whoever reads what came of a check."""
    counted = dict.fromkeys((kind.value for kind in EntryKind), 0)
    for entry in entries:
        counted[str(entry.body["kind"])] += 1
    return counted
