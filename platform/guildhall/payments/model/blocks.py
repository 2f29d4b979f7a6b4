"""A block of the chain: entries of the journal by their hashes, and the hash of the block before."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from guildhall.kit.entries import Entry as Block
from guildhall.payments.model.entries import Entry, source_of_id

BLOCK_MAX: Final = 256


class SealedEntry(NamedTuple):
    id: str
    number: int
    hash: str

    @property
    def source(self) -> str:
        return source_of_id(self.id)


def block_event(entries: Sequence[Entry]) -> dict[str, Any]:
    """What `kit.audit.entry.link` ties to the block before."""
    return {"sealed": [[entry.id, entry.number, entry.hash] for entry in entries]}


def sealed_entries(block: Block) -> list[SealedEntry]:
    """Raises ValueError, TypeError or KeyError for a block that `block_event` did not make."""
    return [SealedEntry(str(id_), int(number), str(digest)) for id_, number, digest in block.body["sealed"]]
