from itertools import product

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.proctoring.lifecycle.reviewing import REVIEW, WAITING, ReviewActor, ReviewEvent, ReviewFacts, ReviewState

S, E = ReviewState, ReviewEvent
REVIEWER, CANDIDATE, SYSTEM = ReviewActor
# Facts under which each guard holds; whoever is in the case holds it, and everything is judged, upheld and agreed.
READY = ReviewFacts(is_impartial=True, is_holder=True, is_lease_over=True, is_all_judged=True, is_in_period=True)
UPHELD = ReviewFacts(is_holder=True, is_all_judged=True, has_upheld=True, is_agreed=True)

MOVES = {
    **{(wait, E.CLAIM, REVIEWER): held for wait, held in WAITING.items()},
    **{(held, E.CLAIM, REVIEWER): held for held in WAITING.values()},
    **{(held, E.RENEW, REVIEWER): held for held in WAITING.values()},
    **{(held, E.LEAVE, REVIEWER): wait for wait, held in WAITING.items()},
    **{(held, E.LAPSE, SYSTEM): wait for wait, held in WAITING.items()},
    (S.IN_REVIEW, E.JUDGE, REVIEWER): S.IN_REVIEW,
    (S.IN_REVIEW, E.CLEAR, REVIEWER): S.CLEARED,
    (S.IN_REVIEW, E.PENALISE, REVIEWER): S.AWAITING_SECOND,
    (S.IN_SECOND_REVIEW, E.JUDGE, REVIEWER): S.IN_SECOND_REVIEW,
    (S.IN_SECOND_REVIEW, E.CLEAR, REVIEWER): S.CLEARED,
    (S.IN_SECOND_REVIEW, E.PENALISE, REVIEWER): S.PENALISED,
    (S.PENALISED, E.CONTEST, CANDIDATE): S.CONTESTED,
    (S.PENALISED, E.CLOSE, SYSTEM): S.CONFIRMED,
    (S.IN_APPEAL, E.CONFIRM, REVIEWER): S.CONFIRMED,
    (S.IN_APPEAL, E.OVERTURN, REVIEWER): S.OVERTURNED,
}
NOTHING = ReviewFacts(is_in_period=True)


def facts_for(event: ReviewEvent) -> ReviewFacts:
    if event is E.PENALISE:
        return UPHELD
    return ReviewFacts() if event is E.CLOSE else READY


@pytest.mark.parametrize(("state", "event", "actor"), list(product(ReviewState, ReviewEvent, ReviewActor)))
def test_a_review_moves_as_its_table_says_and_no_other_way(
    state: ReviewState, event: ReviewEvent, actor: ReviewActor
) -> None:
    target = MOVES.get((state, event, actor))
    if target is None:
        with pytest.raises(MoveRefused):
            REVIEW.move(state, event, actor, facts_for(event))
    else:
        assert REVIEW.move(state, event, actor, facts_for(event)).target is target
        facts = ReviewFacts() if event is E.CONTEST else NOTHING
        with pytest.raises(MoveRefused):  # no move of a review goes without its guard
            REVIEW.move(state, event, actor, facts)


def test_nothing_leads_to_a_penalty_but_two_people_who_uphold_the_same_flag() -> None:
    leading = [move for move in REVIEW.moves if move.target is S.PENALISED]
    assert [(move.event, move.sources) for move in leading] == [(E.PENALISE, frozenset({S.IN_SECOND_REVIEW}))]
    alone = ReviewFacts(is_holder=True, is_all_judged=True, has_upheld=True, is_agreed=False)
    assert REVIEW.move(S.IN_SECOND_REVIEW, E.PENALISE, REVIEWER, alone).target is S.CLEARED
