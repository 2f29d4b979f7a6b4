from guildhall.chat.faq.training.fitting import (
    Trial,
    count,
    fit,
    judge,
    leave_entries_out,
    leave_phrasings_out,
    meters,
)
from guildhall.chat.faq.training.lesson import Outcome, Taught
from tests.guildhall.chat.faq.shop import SHOP, taught

COUNTED = count(taught())


def test_each_phrasing_is_asked_once_of_a_matcher_that_has_not_seen_it() -> None:
    trials = leave_phrasings_out(COUNTED)
    assert len(trials) == len(COUNTED.phrasings)
    assert all(trial.confidence < 0.99 for trial in trials)


def test_a_left_out_entry_is_never_found() -> None:
    trials = leave_entries_out(COUNTED)
    assert len(trials) == len(COUNTED.phrasings)
    assert all(trial.found != trial.owner for trial in trials)


def test_an_only_phrasing_is_not_left_out() -> None:
    counted = count([*taught(), Taught(entry_id="lonely", phrasings=("a lonely thing",))])
    assert "lonely" not in {trial.owner for trial in leave_phrasings_out(counted)}


def test_doubles_count_once_and_entries_without_phrasings_not_at_all() -> None:
    counted = count([Taught(entry_id="a", phrasings=("x y", "x y")), Taught(entry_id="b", phrasings=())])
    assert (counted.phrasings, counted.entry_ids) == (("x y",), ("a",))


def test_the_meter_tells_hits_and_the_entry_that_is_found_instead() -> None:
    trials = [Trial("refund", "refund", 0.9), Trial("refund", "returns", 0.5), Trial("refund", "returns", 0.5)]
    meter = next(one for one in meters(COUNTED, trials) if one.entry_id == "refund")
    assert (meter.phrasings, meter.hits, meter.tried, meter.rival_id, meter.rival_hits) == (5, 1, 3, "returns", 2)


def test_two_entries_are_told_apart_and_their_probabilities_are_whole() -> None:
    matcher = fit(count(taught()[:2]))
    for name in list(SHOP)[:2]:
        ranked = matcher.rank(SHOP[name][2])
        assert ranked[0].entry_id == name
        assert abs(sum(one.probability for one in ranked) - 1) < 1e-4


def test_an_outcome_that_is_a_phrasing_word_for_word_proves_nothing() -> None:
    matcher = fit(COUNTED)
    outcomes = [Outcome(text="Where is my parcel?", entry_id="delivery"), Outcome(text="parcel gone?", entry_id="")]
    judged = judge(matcher, outcomes)
    assert [(one.is_right, one.is_outside) for one in judged] == [(False, True)]
