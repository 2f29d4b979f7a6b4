import re
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import guildhall.pages
from guildhall.kit.errors import Problem
from guildhall.proctoring.lifecycle import CheckInEvent, CheckInState, Standing
from guildhall.proctoring.messages import (
    Card,
    CheckInAsked,
    CheckInTold,
    EntryAdded,
    Finished,
    SessionWelcome,
    SignalTold,
    Synced,
    Tile,
    Verdict,
    Wall,
    pack_tile,
    unpack_tile,
)
from guildhall.proctoring.model import Channel, Coaching, Corroboration, Entry, EntryKind, Incident, Rule, Signal

MIRROR = (Path(guildhall.pages.__file__).parent / "shared" / "messages.ts").read_text()
MIRRORED: dict[str, type[BaseModel]] = {
    "Session": SessionWelcome,
    "CheckInTold": CheckInTold,
    "SignalTold": SignalTold,
    "Coaching": Coaching,
    "Verdict": Verdict,
    "Finished": Finished,
    "Card": Card,
    "Incident": Incident,
    "Entry": Entry,
    "WallSnapshot": Wall,
    "Synced": Synced,
    "Tile": Tile,
}


def interfaces() -> dict[str, dict[str, str]]:
    """Every interface of messages.ts: its fields and their types as written."""
    found = re.finditer(r"^export interface (\w+) \{\n(.*?)^\}", MIRROR, re.MULTILINE | re.DOTALL)
    return {one[1]: dict(re.findall(r"readonly (\w+\??): (.+);", one[2])) for one in found}


def words_of(alias: str) -> set[str]:
    written = re.search(rf"^export type {alias} = (.+);", MIRROR, re.MULTILINE)
    assert written is not None
    return set(re.findall(r'"(\w+)"', written[1]))


def test_every_interface_of_the_pages_is_a_message_of_the_server() -> None:
    assert interfaces().keys() == MIRRORED.keys() | {"Problem"}


@pytest.mark.parametrize("name", MIRRORED)
def test_the_pages_know_each_message_by_the_same_fields(name: str) -> None:
    fields = interfaces()[name]
    assert fields.keys() == MIRRORED[name].model_fields.keys()
    for field, model_field in MIRRORED[name].model_fields.items():
        may_be_none = type(None) in getattr(model_field.annotation, "__args__", ())
        assert ("| null" in fields[field]) == may_be_none, field


def test_the_pages_know_the_fields_of_a_problem() -> None:
    fields = {field.removesuffix("?") for field in interfaces()["Problem"]}
    assert fields == Problem.model_fields.keys()


@pytest.mark.parametrize(
    ("alias", "enum"),
    [
        ("Standing", Standing),
        ("Rule", Rule),
        ("Channel", Channel),
        ("Corroboration", Corroboration),
        ("CheckInState", CheckInState),
        ("Signal", Signal),
    ],
)
def test_the_pages_know_the_same_words(alias: str, enum: type[StrEnum]) -> None:
    assert words_of(alias) == {member.value for member in enum}


def test_the_pages_know_the_kinds_of_entries_and_verdicts() -> None:
    assert set(re.findall(r'"(\w+)"', interfaces()["Entry"]["kind"])) == {kind.value for kind in EntryKind}
    assert set(re.findall(r'"(\w+)"', interfaces()["Verdict"]["verdict"])) == {"judged", "skipped", "unexamined"}


def test_a_candidate_may_ask_for_every_event_of_the_check_in_but_the_servers_own() -> None:
    actions = CheckInAsked.model_fields["action"].annotation
    assert set(get_args(actions)) == {event.value for event in CheckInEvent} - {CheckInEvent.MEASURE.value}


def test_an_announced_entry_has_the_fields_of_a_stored_one() -> None:
    assert EntryAdded.model_fields.keys() == Entry.model_fields.keys()


SHARES = st.floats(0, 1)
TILES = st.builds(
    Tile,
    session_id=st.text(min_size=1, max_size=40),
    number=st.integers(0, 2**53),
    captured_at_ms=st.integers(0, 2**53),
    received_at_ms=st.integers(0, 2**53),
    faces=st.none() | st.integers(0, 16),
    boxes=st.lists(st.tuples(SHARES, SHARES, SHARES, SHARES), max_size=16).map(tuple),
    jpeg=st.binary(max_size=2000),
)


@given(TILES)
def test_a_tile_survives_the_bus_to_the_last_byte(tile: Tile) -> None:
    assert unpack_tile(pack_tile(tile)) == tile


def test_a_tile_on_the_bus_is_hardly_larger_than_its_picture() -> None:
    tile = Tile(
        session_id="ses_1",
        number=1,
        captured_at_ms=1_800_000_000_000,
        received_at_ms=1_800_000_000_000,
        faces=1,
        boxes=((0.1, 0.2, 0.3, 0.4),),
        jpeg=bytes(range(256)) * 100,
    )
    assert len(pack_tile(tile)) < len(tile.jpeg) + 256
