"""What outages take from a clock: each millisecond once, and never what was left when nobody could be served."""

from guildhall.kit.outages import Outage, lost_ms, newer

BEGAN, ENDS = 10_000, 20_000


def lost(*outages: tuple[int, int], known_ms: int = 0) -> int:
    return lost_ms(BEGAN, ENDS, known_ms, newer([Outage(*one) for one in outages], known_ms))


def test_outages_that_overlap_count_once() -> None:
    assert lost((11_000, 13_000), (12_000, 14_000), (12_500, 12_600)) == 3_000


def test_what_came_before_the_clock_or_was_given_back_does_not_count() -> None:
    assert lost((1_000, 9_000)) == 0
    assert lost((9_000, 11_000)) == 1_000
    assert lost((11_000, 13_000), (14_000, 15_000), known_ms=13_000) == 1_000
    assert lost((11_000, 13_000), known_ms=12_000) == 1_000


def test_who_had_a_second_left_when_it_began_has_a_second_left_when_it_is_over() -> None:
    assert lost((19_000, 90_000)) == 71_000
    assert lost((20_000, 90_000)) == 0


def test_an_outage_within_the_time_that_another_gave_back_counts_too() -> None:
    assert lost((15_000, 25_000), (29_000, 30_000)) == 11_000
    assert lost((15_000, 25_000), (30_000, 31_000)) == 10_000
