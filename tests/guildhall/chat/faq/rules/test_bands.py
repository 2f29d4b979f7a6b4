import random

import pytest

from guildhall.chat.faq.model import Bands
from guildhall.chat.faq.rules.bands import COLD, NEVER, Band, Judged, band_of, match, thresholds
from guildhall.chat.faq.training.fitting import count, fit
from tests.guildhall.chat.faq.shop import taught

MATCHER = fit(count(taught()))


def scored(right: int, wrong: int, outside: int, seed: int = 1) -> list[Judged]:
    """The surer, the more often right; questions without an entry are seldom sure."""
    chance = random.Random(seed)
    return [
        *(Judged(chance.betavariate(4, 2), True) for _ in range(right)),
        *(Judged(chance.betavariate(2, 4), False) for _ in range(wrong)),
        *(Judged(chance.betavariate(2, 5), False, is_outside=True) for _ in range(outside)),
    ]


@pytest.mark.parametrize("precision", [0.8, 0.9, 0.95])
def test_what_is_answered_is_as_precise_as_was_asked(precision: float) -> None:
    judged = scored(800, 200, 200)
    bands = thresholds(judged, precision, 0.97, 0.2)
    answered = [one for one in judged if one.confidence >= bands.answer_at]
    weight = 0.25 * 1000 / 200
    weighed = sum(weight if one.is_outside else 1.0 for one in answered)
    assert sum(one.is_right for one in answered) / weighed >= precision


def test_no_lower_threshold_is_as_precise() -> None:
    judged = scored(800, 200, 0)
    bands = thresholds(judged, 0.9, 0.97, 0.0)
    for lower in sorted(one.confidence for one in judged if one.confidence < bands.answer_at):
        answered = [one for one in judged if one.confidence >= lower]
        assert sum(one.is_right for one in answered) / len(answered) < 0.9


def test_so_many_questions_with_an_entry_are_at_least_asked_back_about() -> None:
    judged = scored(800, 200, 200)
    bands = thresholds(judged, 0.95, 0.97, 0.2)
    inside = [one for one in judged if not one.is_outside]
    assert sum(one.confidence >= bands.ask_at for one in inside) / len(inside) >= 0.97


def test_where_nothing_is_precise_enough_nothing_is_answered() -> None:
    bands = thresholds([Judged(0.5 + i / 1000, False) for i in range(100)], 0.95, 0.97, 0.1)
    assert bands.answer_at == NEVER
    assert band_of(1.0, bands) is Band.CLARIFY


def test_a_handful_of_questions_sets_no_threshold() -> None:
    assert thresholds(scored(20, 5, 5), 0.95, 0.97, 0.2) == COLD


def test_in_the_cold_only_what_is_nearly_a_phrasing_is_answered() -> None:
    assert match(MATCHER, COLD, "track the delivery of my orders").band is Band.ANSWER
    assert match(MATCHER, COLD, "can you tell me about my delivery").band is Band.CLARIFY
    assert match(MATCHER, COLD, "the weather in Lisbon").band is Band.HAND_ON


def test_a_phrasing_word_for_word_is_answered_whatever_the_thresholds() -> None:
    found = match(MATCHER, Bands(answer_at=NEVER, ask_at=1.0, samples=99), "IS PAYPAL ACCEPTED?")
    assert (found.band, found.rule, found.candidates[0].entry_id) == (Band.ANSWER, "exact", "payment")
    assert len(found.candidates) > 1


def test_without_a_matcher_everything_is_handed_on() -> None:
    assert match(None, COLD, "where is my parcel").band is Band.HAND_ON
