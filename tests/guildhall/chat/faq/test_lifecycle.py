import pytest

from guildhall.chat.faq.lifecycle import ENTRY, KEEPER, EntryEvent, EntryState
from guildhall.kit.lifecycle import MoveRefused

MOVES = {
    (EntryState.DRAFT, EntryEvent.PUBLISH): EntryState.PUBLISHED,
    (EntryState.PUBLISHED, EntryEvent.PUBLISH): EntryState.PUBLISHED,
    (EntryState.PUBLISHED, EntryEvent.WITHDRAW): EntryState.DRAFT,
    (EntryState.DRAFT, EntryEvent.ARCHIVE): EntryState.ARCHIVED,
    (EntryState.ARCHIVED, EntryEvent.RESTORE): EntryState.DRAFT,
}


@pytest.mark.parametrize("state", EntryState)
@pytest.mark.parametrize("event", EntryEvent)
def test_every_state_and_event(state: EntryState, event: EntryEvent) -> None:
    if (state, event) in MOVES:
        assert ENTRY.move(state, event, KEEPER, {}).target is MOVES[state, event]
    else:
        with pytest.raises(MoveRefused):
            ENTRY.move(state, event, KEEPER, {})


def test_what_is_not_whole_is_not_published() -> None:
    with pytest.raises(MoveRefused):
        ENTRY.move(EntryState.DRAFT, EntryEvent.PUBLISH, KEEPER, {"wordings": "missing"})
