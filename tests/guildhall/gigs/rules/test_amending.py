"""Other terms: in force once the other side accepts what it has read, and never for what was."""

import pytest

from guildhall.gigs.lifecycle import Actor, ContractState
from guildhall.gigs.model.contracts import AMENDMENTS_MAX, Contract
from guildhall.gigs.model.terms import TermsAmended, terms_sha256
from guildhall.gigs.rules import amending, beginning, contracting, opening_weeks
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import done
from guildhall.kit.lifecycle import MoveRefused
from tests.guildhall.gigs.contracts import DAY_MS, MONDAY_MS, SETTINGS, by, fixed, hourly, opened

DEARER = TermsAmended(rate_minor=7_000, weekly_cap_minutes=600, scope="With the index.")
A, C = Actor.AGENT, Actor.CLIENT


def settled(contract: Contract) -> Contract:
    return done(contract, [one.key for one in contract.follow_ups])


def working() -> Contract:
    return settled(beginning.begin(opened(hourly()), SETTINGS, by(C)))


def proposed(contract: Contract, amended: TermsAmended = DEARER) -> Contract:
    return settled(amending.propose_terms(contract, amended, "It takes longer.", SETTINGS, by(A)))


def named(contract: Contract) -> str:
    assert contract.amendment is not None
    return contract.amendment.terms_sha256


def test_accepted_terms_take_the_place_of_those_before_which_stay_readable_and_named() -> None:
    before = working()
    asked = proposed(before)
    assert asked.terms == before.terms
    after = amending.accept_terms(asked, named(asked), SETTINGS, by(C))
    assert (after.terms.work.rate_minor, after.terms.work.scope, after.amendment) == (7_000, "With the index.", None)
    assert after.terms.terms_sha256 == terms_sha256(after.terms.work)
    (kept,) = after.terms_before
    assert (kept.version, kept.work, kept.terms_sha256) == (1, before.terms.work, before.terms.terms_sha256)
    told = [one.details.get("to") for one in after.follow_ups]
    assert "agent" in told  # who proposed them hears of it


def test_a_week_that_has_begun_keeps_its_rate_and_the_next_has_the_new_one() -> None:
    contract = working()
    week = opening_weeks.new_week(contract, MONDAY_MS, MONDAY_MS)
    asked = proposed(contract)
    after = amending.accept_terms(asked, named(asked), SETTINGS, by(C))
    following = opening_weeks.new_week(after, MONDAY_MS + 7 * DAY_MS, MONDAY_MS)
    assert (week.rate_minor, following.rate_minor) == (6_000, 7_000)


def test_hours_that_are_logged_after_other_terms_are_accepted_are_paid_under_those_of_their_monday() -> None:
    asked = proposed(working())
    accepted_ms = MONDAY_MS + 9 * DAY_MS
    after = amending.accept_terms(asked, named(asked), SETTINGS, by(C, accepted_ms))
    weeks = [
        opening_weeks.new_week(after, MONDAY_MS + days * DAY_MS, accepted_ms + 8 * DAY_MS) for days in (0, 8, 10, 14)
    ]
    assert [one.rate_minor for one in weeks] == [6_000, 6_000, 6_000, 7_000]
    asked = proposed(working())
    at_once = amending.accept_terms(asked, named(asked), SETTINGS, by(C))
    week = opening_weeks.new_week(at_once, MONDAY_MS, MONDAY_MS)
    assert week.rate_minor == 6_000  # opened before or after it in the same moment


def test_only_the_other_side_accepts_and_only_what_it_has_read() -> None:
    asked = proposed(working())
    with pytest.raises(MoveRefused, match="other side has proposed no other terms"):
        amending.accept_terms(asked, named(asked), SETTINGS, by(A))
    with pytest.raises(MoveRefused, match="proposed already"):
        amending.propose_terms(asked, DEARER, "", SETTINGS, by(C))
    read = named(asked)
    again = proposed(
        settled(amending.withdraw_terms(asked, SETTINGS, by(A))),
        TermsAmended(**{**DEARER.model_dump(), "rate_minor": 9_000}),
    )
    with pytest.raises(Conflict, match="look at them again"):
        amending.accept_terms(again, read, SETTINGS, by(C))
    declined = amending.decline_terms(again, "Too dear.", SETTINGS, by(C))
    assert (declined.amendment, declined.terms, declined.terms_before) == (None, again.terms, ())


def test_terms_that_cannot_be_or_change_nothing_are_refused_in_words() -> None:
    contract = working()
    same = contract.terms.work
    with pytest.raises(Invalid, match="as they are"):
        proposed(contract, TermsAmended(**same.model_dump(include=set(TermsAmended.model_fields))))
    with pytest.raises(Invalid, match="rate and a weekly cap"):
        proposed(contract, TermsAmended(scope="No pay at all."))
    by_milestone = opened(fixed(10_000)).model_copy(update={"state": ContractState.ACTIVE})
    with pytest.raises(Invalid, match="neither"):
        proposed(by_milestone, DEARER)


def test_whoever_ends_it_settles_under_the_terms_as_they_are_and_changes_have_a_bound() -> None:
    asked = proposed(working()).model_copy(update={"open_weeks": ("2027-01-18",)})
    ended = contracting.end(asked, "All done.", SETTINGS, by(C))
    assert (ended.state, ended.amendment) == (ContractState.ENDING, None)
    with pytest.raises(MoveRefused):
        amending.accept_terms(ended, named(asked), SETTINGS, by(C))
    contract = working()
    for number in range(AMENDMENTS_MAX):
        asked = proposed(contract, TermsAmended(rate_minor=7_000 + number, weekly_cap_minutes=600))
        contract = settled(amending.accept_terms(asked, named(asked), SETTINGS, by(C)))
    with pytest.raises(MoveRefused, match="too often"):
        proposed(contract, DEARER)
