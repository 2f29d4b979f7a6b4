from guildhall.chat.faq.rules.bands import COLD
from guildhall.chat.faq.training.learning import OUTCOMES_ENOUGH, learn
from guildhall.chat.faq.training.lesson import Lesson, Outcome, Taught
from tests.guildhall.chat.faq.shop import taught


def lesson(entries: list[Taught], outcomes: tuple[Outcome, ...] = ()) -> Lesson:
    return Lesson(taught=tuple(entries), outcomes=outcomes, precision=0.9, kept_in_scope=0.97, outside_share=0.18)


def test_with_few_entries_thresholds_are_those_of_the_cold_start() -> None:
    assert learn(lesson(taught()[:3]))[1].bands == COLD


def test_the_first_thresholds_come_from_what_was_left_out() -> None:
    bands = learn(lesson(taught()))[1].bands
    assert bands.samples == 100  # fifty phrasings, each left out by itself and with its entry
    assert bands.ask_at < bands.answer_at


def test_enough_real_questions_set_the_thresholds_alone() -> None:
    outcomes = tuple(
        Outcome(text=f"{phrasing} my question number {i}", entry_id=one.entry_id)
        for one in taught()
        for phrasing in one.phrasings
        for i in range(4)
    )
    assert learn(lesson(taught(), outcomes))[1].bands.samples == OUTCOMES_ENOUGH


def test_a_matcher_is_named_by_what_it_was_taught_and_by_nothing_else() -> None:
    one = lesson(taught())
    assert one.hash == lesson(taught(), (Outcome(text="x", entry_id=""),)).hash
    assert one.hash != lesson(taught(more=("a new phrasing",))).hash
