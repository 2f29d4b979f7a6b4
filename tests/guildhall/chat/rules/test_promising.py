"""What a queue promises: from its last waits, and nothing while nobody is there."""

from guildhall.chat.rules.promising import MINUTE_MS, outlook


def minutes(*waits: float, waiting: int = 0, present: int = 1, free: int = 1) -> float:
    found = outlook([round(wait * MINUTE_MS) for wait in waits], 5 * MINUTE_MS, waiting, present, free)
    return found.within_ms / MINUTE_MS


def test_where_nobody_is_there_nothing_is_promised() -> None:
    assert minutes(1, 1, 1, 1, 1, present=0, free=0) == 0
    assert not outlook([], 300_000, 0, 0, 0).is_staffed


def test_a_few_waits_say_nothing_and_then_what_four_of_five_waited_counts_rounded_up() -> None:
    assert minutes(60, 60, 60, 60) == 5
    assert minutes(0.2, 0.3, 0.4, 6.2, 59) == 10
    assert minutes(*[0.1] * 50) == 1
    assert minutes(*[900] * 50) == 240


def test_more_than_can_be_answered_at_once_wait_longer() -> None:
    assert minutes(waiting=1, present=2, free=1) == 5
    assert minutes(waiting=5, present=2, free=1) == 15
