import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine import streams
from proctor_engine.contract import (
    EngineHealth,
    Frame,
    Observation,
    Observed,
    Outcome,
    Superseded,
    Unexamined,
    Unreadable,
)

EMPTY_ROOM = Observation(640, 480, 0.5, 0.25, 0.5, 4_000, ())
frames = st.builds(
    Frame,
    session_id=st.text(max_size=40),
    number=st.integers(0, 1 << 53),
    captured_at_ms=st.integers(0, 1 << 53),
    received_at_ms=st.integers(0, 1 << 53),
    jpeg=st.binary(max_size=100),
)
counts = st.integers(0, 1_000)
healths = st.builds(EngineHealth, counts, counts, counts, counts, counts)


@given(frames, st.integers(0, 0xFFFF_FFFF), st.text(max_size=40))
def test_a_frame_survives_its_journey(frame: Frame, job: int, asker: str) -> None:
    packed = streams.pack_frame(frame, job, asker, b"memory")
    assert streams.unpack_frame(packed) == (frame, job, asker, b"memory")


@pytest.mark.parametrize(
    "outcome", [Observed(EMPTY_ROOM), Superseded(), Unreadable("Not a JPEG, né."), Unexamined("No child.")]
)
def test_an_outcome_survives_its_journey(outcome: Outcome) -> None:
    assert streams.unpack_outcome(streams.pack_outcome(outcome, 77)) == (77, outcome)


@given(st.dictionaries(st.sampled_from([b"asker", b"frame", b"memory", b"job", b"outcome"]), st.binary(max_size=60)))
def test_no_entry_whatever_raises_anything_but_malformed(fields: dict[bytes, bytes]) -> None:
    for unpack in (streams.unpack_frame, streams.unpack_outcome):
        try:
            unpack(fields)
        except streams.MalformedEntry:
            continue


def test_what_to_remember_travels_with_the_outcome() -> None:
    _, outcome = streams.unpack_outcome(streams.pack_outcome(Observed(EMPTY_ROOM, b"remember"), 1))
    assert isinstance(outcome, Observed)
    assert outcome.memory == b"remember"


def test_an_entrys_time_is_in_its_id() -> None:
    assert streams.entry_at_ms(b"1795414582155-3") == 1_795_414_582_155


@given(st.lists(healths, max_size=4), healths)
def test_engines_that_spoke_lately_are_summed_and_silent_ones_struck(
    alive: list[EngineHealth], silent: EngineHealth
) -> None:
    now_ms = 1_000_000
    lines = {str(number).encode(): streams.pack_health(health, now_ms - 900) for number, health in enumerate(alive)}
    lines[b"silent"] = streams.pack_health(silent, now_ms - streams.SILENT_AFTER_MS)
    lines[b"of another version"] = b"?"
    summed = streams.sum_health(lines, now_ms)
    assert summed.ready == sum(health.ready for health in alive)
    assert summed.children == sum(health.children for health in alive)
    assert streams.silent_names(lines, now_ms) == [b"silent", b"of another version"]


def test_a_mean_child_is_as_fast_as_all_of_them_together() -> None:
    engines = (EngineHealth(2, 2, 0, 0, 0, service_us=10_000), EngineHealth(1, 1, 0, 0, 0, service_us=5_000))
    lines = {str(place).encode(): streams.pack_health(engine, 1_000) for place, engine in enumerate(engines)}
    assert streams.sum_health(lines, 1_000).service_us == 7_500  # 200 + 200 frames a second, by three children


def test_sessions_of_web_processes_that_spoke_lately_are_summed() -> None:
    lines = {
        b"a": streams.pack_asker(30, 9_000),
        b"b": streams.pack_asker(12, 9_500),
        b"silent": streams.pack_asker(7, 1),
    }
    assert streams.sum_askers(lines, 9_900) == 42
    assert streams.silent_names(lines, 9_900) == [b"silent"]
