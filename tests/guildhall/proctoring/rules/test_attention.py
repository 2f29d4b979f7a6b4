import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.proctoring.lifecycle import Standing
from guildhall.proctoring.model import Channel
from guildhall.proctoring.rules.attention import Pace, Seen, bound_ms, doubt_of, ranked, risk_of, wait_ms

PACE = Pace(300_000, 15_000)
LOOK_MS = 3_000


def a_candidate(name: str = "a", **fields: object) -> Seen:
    return Seen(**{"session_id": name, "standing": Standing.LIVE, "since_ms": 0, **fields})  # type: ignore[arg-type]


@settings(max_examples=15, deadline=None)
@given(
    count=st.integers(2, 150),
    risky=st.sets(st.integers(0, 149), max_size=150),
    steps=st.lists(st.integers(0, 149), min_size=1, max_size=40),
)
def test_nobody_goes_unseen_longer_than_the_stated_bound_whatever_the_others_do(
    count: int, risky: set[int], steps: list[int]
) -> None:
    """One proctor for up to 150, who always looks at the first; some are always in trouble, others again and again."""
    looked, began, now = [0] * count, [0] * count, 0
    longest = 0
    for turn in range(2 * count + 260):
        now += LOOK_MS
        began[steps[turn % len(steps)] % count] = now - 1  # something new, just before each look
        room = [
            a_candidate(
                f"{one:03}",
                looked_at_ms=looked[one],
                open=((Channel.BEHAVIOUR, began[one]),) if one in risky or began[one] > looked[one] else (),
            )
            for one in range(count)
        ]
        first = int(ranked(room, now, PACE)[0].session_id)
        longest = max(longest, *(now - at for at in looked))
        looked[first] = now
    assert longest <= bound_ms(count, LOOK_MS, PACE)


@pytest.mark.parametrize("channel", Channel)
def test_whatever_goes_on_has_its_place_in_the_ranking(channel: Channel) -> None:
    """A claim had none: one open tab elsewhere, and no wall of that exam could be opened or ranked."""
    (place,) = ranked([a_candidate(open=((channel, 1),))], 2, PACE)
    assert not place.is_quiet
    assert risk_of(a_candidate(open=((channel, 1),))) > risk_of(a_candidate())


def test_more_risk_and_more_doubt_are_looked_at_sooner() -> None:
    calm = a_candidate(quality=1.0)
    unseen = a_candidate(open=((Channel.VISIBILITY, 1),), quality=1.0)
    known = a_candidate(open=((Channel.BEHAVIOUR, 1),), quality=1.0)
    unknown = a_candidate(open=((Channel.BEHAVIOUR, 1),), quality=None)
    waits = [wait_ms(seen, PACE) for seen in (calm, unseen, known, unknown)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == PACE.calm_ms
    assert risk_of(calm) == 0
    assert doubt_of(unknown) == 1


def test_whoever_raises_a_hand_comes_before_whoever_was_due_later() -> None:
    room = [a_candidate("calm"), a_candidate("asking", is_asking=True, asking_since_ms=5_000)]
    places = ranked(room, 10_000, PACE)
    assert [place.session_id for place in places] == ["asking", "calm"]
    assert [place.is_quiet for place in places] == [False, True]


def test_a_quiet_tile_comes_back_when_a_look_is_due() -> None:
    calm = a_candidate(looked_at_ms=1)
    assert ranked([calm], 2, PACE)[0].is_quiet
    assert not ranked([calm], PACE.calm_ms + 2, PACE)[0].is_quiet


def test_who_has_finished_or_not_come_is_at_the_end() -> None:
    room = [
        a_candidate("done", standing=Standing.FINISHED),
        a_candidate("not yet", standing=Standing.WAITING),
        a_candidate("here"),
    ]
    assert [place.session_id for place in ranked(room, 10, PACE)] == ["here", "not yet", "done"]
