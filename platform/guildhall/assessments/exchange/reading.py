"""What an import was read into: the items that are whole, and every problem with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from guildhall.assessments.model.keys import ItemContent
from guildhall.kit.errors import Invalid
from guildhall.kit.wording import field_path, in_plain_words

ITEMS_AT_ONCE_MAX: Final = 1_000
IMPORT_BYTES_MAX: Final = 16 * 1024 * 1024
_PROBLEMS_OF_AN_ITEM_MAX: Final = 10


class Unreadable(Invalid):
    """The file as a whole cannot be read; the sentence says why."""

    type = "unreadable-import"
    title = "The file cannot be read"


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item that is whole. Its pictures are named as in the file (`Reading.pictures`), not by blobs of ours."""

    where: str
    line: int | None
    name: str
    content: ItemContent
    tags: tuple[str, ...] = ()
    difficulty: int = 3
    left_out: tuple[str, ...] = ()
    """What of it could not be taken over, in sentences."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why an item could not be taken: the file or row, its line where it is known, the field, and a sentence."""

    where: str
    line: int | None
    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    items: tuple[ReadItem, ...]
    problems: tuple[RowProblem, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def problems_of(error: ValidationError, where: str, line: int | None) -> list[RowProblem]:
    """The first mistakes of one item, in plain words."""
    return [
        RowProblem(where, line, field_path(one), in_plain_words(one))
        for one in error.errors(include_url=False)[:_PROBLEMS_OF_AN_ITEM_MAX]
    ]
