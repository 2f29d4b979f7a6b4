"""The machine of an entry."""

from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move

KEEPER: Final = "keeper"


class EntryState(StrEnum):
    DRAFT = "draft"  # never published, or withdrawn: nobody is answered with it
    PUBLISHED = "published"
    ARCHIVED = "archived"


class EntryEvent(StrEnum):
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    ARCHIVE = "archive"
    RESTORE = "restore"


_K: Final = frozenset({KEEPER})
_WHOLE: Final = Guard(
    "is_whole", lambda problems: not problems, "a question and an answer are needed in every language it has"
)

ENTRY: Machine[EntryState] = Machine(
    name="FAQ entry",
    states=EntryState,
    initial=EntryState.DRAFT,
    final=frozenset(),
    moves=(
        # Again from published: what was written since becomes the next version.
        Move(
            EntryEvent.PUBLISH,
            frozenset({EntryState.DRAFT, EntryState.PUBLISHED}),
            EntryState.PUBLISHED,
            _K,
            guard=_WHOLE,
            effects=("train",),
        ),
        Move(EntryEvent.WITHDRAW, frozenset({EntryState.PUBLISHED}), EntryState.DRAFT, _K, effects=("train",)),
        Move(EntryEvent.ARCHIVE, frozenset({EntryState.DRAFT}), EntryState.ARCHIVED, _K),
        Move(EntryEvent.RESTORE, frozenset({EntryState.ARCHIVED}), EntryState.DRAFT, _K),
    ),
)
