"""Is a receipt whole, and does the server still hold what it says? `python -m guildhall verify-receipt` asks."""

from pathlib import Path
from typing import TextIO

from pydantic import ValidationError

from guildhall.assessments.rules.receipts import (
    ReceiptDocument,
    ReceiptFault,
    check_against,
    check_chain,
    entries_of,
    kinds_in,
)
from guildhall.assessments.store import PAGE, AssessmentsStore
from guildhall.kit.entries import Entry
from guildhall.kit.wording import field_path, in_plain_words

WHOLE, BROKEN, MISUSED = 0, 1, 2
"""Exit codes, as those of `python -m guildhall audit`."""


def read_receipt(path: Path, out: TextIO) -> ReceiptDocument | None:
    """The document in this file; None, and the reason on `out`, where it is none."""
    try:
        return ReceiptDocument.model_validate_json(path.read_bytes())
    except OSError as error:
        out.write(f"The file {path} cannot be read: {error.strerror}.\n")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        out.write(f"{path} is no receipt of an exam: {field_path(first) or 'it'} {in_plain_words(first)}.\n")
    return None


def verify(document: ReceiptDocument, out: TextIO) -> int:
    """Offline: by nothing but the document itself."""
    entries = entries_of(document)
    fault = check_chain(entries, document.number, document.hash)
    if fault is not None:
        return _tell(fault, "The receipt is broken", out)
    counted = kinds_in(entries)
    state = "handed in or closed by the clock" if document.is_closed else "still open"
    out.write(
        f"The receipt is whole: {counted['answer']} answers in {len(entries)} entries of attempt "
        f"{document.attempt_id} ({document.exam_title}), which was {state}.\n"
        f"It ends with entry {document.number}, {document.hash}\n"
        "Compare that with the number and hash that the page showed you.\n"
    )
    return WHOLE


async def verify_against(document: ReceiptDocument, store: AssessmentsStore, out: TextIO) -> int:
    """Whether the database still holds exactly these entries. More that came later are told, and are no fault."""
    held: dict[int, Entry] = {}
    after = 0
    while page := await store.answers.read(document.attempt_id, after, PAGE):
        held |= {entry.number: entry for entry in page}
        after = page[-1].number
    fault = check_against(entries_of(document), held)
    if fault is not None:
        return _tell(fault, "The server does not hold what the receipt says", out)
    out.write(f"The server holds exactly these {len(document.entries)} entries")
    more = len(held) - len(document.entries)
    out.write(f", and {more} that came later.\n" if more else ".\n")
    return WHOLE


def _tell(fault: ReceiptFault, opening: str, out: TextIO) -> int:
    out.write(f"{opening} at entry {fault.number}.\n{fault.sentence}\n")
    return BROKEN
