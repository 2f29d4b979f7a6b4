"""Evidence strips: what is kept around an incident, and never more than is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model.strips import Phase
from guildhall.proctoring.rules.filming import (
    AFTER_MS,
    BEFORE_MS,
    DURING_BOUND,
    REEL_BYTES,
    STRIP_BYTES,
    Reel,
    Shot,
    Strip,
    StripUnreadable,
    add_shot,
    begin_strip,
    end_strip,
    film,
    is_complete,
    pack_strip,
    unpack_strip,
)


def filmed(until_ms: int, size: int = 10, step_ms: int = 200) -> Reel:
    reel = Reel()
    for at_ms in range(0, until_ms + 1, step_ms):
        reel = film(reel, Shot(at_ms, b"x" * size))
    return reel


def through(seconds: int, opened_s: int, closed_s: int | None) -> Strip:
    """A strip of a session of `seconds`, five pictures each."""
    strip = begin_strip("ses_1:absent:1", opened_s * 1000, filmed(opened_s * 1000))
    for at_ms in range(opened_s * 1000 + 200, seconds * 1000, 200):
        if closed_s is not None and at_ms >= closed_s * 1000 and strip.closed_at_ms is None:
            strip = end_strip(strip, closed_s * 1000)
        strip = add_shot(strip, Shot(at_ms, b"x" * 10))
    return strip


def test_a_reel_holds_the_last_seconds_and_one_picture_of_each() -> None:
    reel = filmed(60_000)
    assert [shot.at_ms for shot in reel.shots] == list(range(60_000 - BEFORE_MS, 60_001, 1000))


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, REEL_BYTES + 10)), max_size=30))
def test_a_reel_is_bounded_whatever_comes(told: list[tuple[int, int]]) -> None:
    reel, at_ms = Reel(), 0
    for step_ms, size in told:
        at_ms += step_ms
        reel = film(reel, Shot(at_ms, bytes(size)))
        assert reel.size <= REEL_BYTES
        assert all(at_ms - shot.at_ms <= BEFORE_MS + 1000 for shot in reel.shots)


def test_a_strip_shows_before_during_and_after() -> None:
    strip = through(40, opened_s=20, closed_s=25)
    phases = {phase: [s.at_ms for s in strip.shots if strip.phase_of(s) is phase] for phase in Phase}
    assert phases[Phase.BEFORE] == list(range(12_000, 20_000, 1000))
    assert phases[Phase.DURING] == list(range(20_000, 25_001, 1000))
    assert phases[Phase.AFTER] == list(range(26_000, 25_000 + AFTER_MS + 1, 1000))
    assert is_complete(strip, 25_000 + AFTER_MS + 1)


def test_a_long_incident_is_thinned_and_still_shows_its_opening_and_its_end() -> None:
    strip = through(620, opened_s=20, closed_s=600)
    during = [shot.at_ms for shot in strip.shots if strip.phase_of(shot) is Phase.DURING]
    assert DURING_BOUND // 2 <= len(during) <= DURING_BOUND
    assert during[0] == 20_000
    assert during[-1] > 500_000
    assert [shot for shot in strip.shots if strip.phase_of(shot) is Phase.AFTER]


def test_a_strip_never_outgrows_its_bytes_and_says_that_it_was_cut() -> None:
    strip = begin_strip("ses_1:absent:1", 0, Reel())
    for at_ms in range(0, 20_000, 1000):
        strip = add_shot(strip, Shot(at_ms, bytes(400_000)))
    assert sum(len(shot.jpeg) for shot in strip.shots) <= STRIP_BYTES
    assert strip.is_cut


SHOTS = st.lists(st.builds(Shot, st.integers(0, 2**50), st.binary(max_size=50)), max_size=8).map(tuple)
STRIPS = st.builds(
    Strip, st.text(max_size=40), st.integers(0, 2**50), SHOTS, st.none() | st.integers(0, 2**50),
    st.integers(1, 2**31), st.booleans(),
)  # fmt: skip


@given(STRIPS)
def test_what_is_read_is_what_was_kept(strip: Strip) -> None:
    assert unpack_strip(pack_strip(strip)) == strip


@given(STRIPS, st.data())
def test_a_strip_cut_short_is_refused_or_ends_between_two_pictures(strip: Strip, data: st.DataObject) -> None:
    packed = pack_strip(strip)
    end = data.draw(st.integers(0, len(packed) - 1))
    try:
        read = unpack_strip(packed[:end])
    except StripUnreadable:
        return
    assert len(read.shots) < len(strip.shots)
    assert read.shots == strip.shots[: len(read.shots)]


@pytest.mark.parametrize("packed", [b"", b"\x02" + bytes(40), b"\x01" + bytes(23) + b"\xff\xff"])
def test_other_bytes_are_refused(packed: bytes) -> None:
    with pytest.raises(StripUnreadable):
        unpack_strip(packed)
