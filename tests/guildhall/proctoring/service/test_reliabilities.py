"""What reviewers are told of a rule is what became of its flags in this house."""

from guildhall.proctoring.lifecycle.reviewing import ReviewState
from guildhall.proctoring.model import Rule
from guildhall.proctoring.rules.reliability import LEAST_REVIEWED
from guildhall.proctoring.service.reliabilities import READ_EVERY_MS, Reliabilities
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.rules.test_reliability import review


async def keep(hall: Hall, number: int, state: ReviewState, *, is_upheld: bool) -> None:
    await hall.store.reviews.reviews.add(review(state, (is_upheld,)).model_copy(update={"id": f"sit_{number}"}))


async def test_a_rule_is_uncalibrated_until_enough_of_its_flags_were_reviewed_to_the_end(hall: Hall) -> None:
    reliabilities = Reliabilities(hall.store.reviews, hall.clock)
    await keep(hall, 0, ReviewState.PENALISED, is_upheld=True)  # may be contested yet
    for number in range(1, LEAST_REVIEWED):
        await keep(hall, number, ReviewState.CONFIRMED, is_upheld=True)
    await reliabilities.refresh()
    found = reliabilities.of(Rule.ABSENT)
    assert (found.reviewed, found.probability) == (LEAST_REVIEWED - 1, None)
    await keep(hall, LEAST_REVIEWED, ReviewState.CLEARED, is_upheld=False)
    await reliabilities.refresh()
    assert reliabilities.of(Rule.ABSENT).probability is None, "read again before its time"
    hall.clock.advance(READ_EVERY_MS)
    await reliabilities.refresh()
    assert (reliabilities.of(Rule.ABSENT).probability or 0) > 0.9
    assert [reliabilities.of(rule).reviewed for rule in (Rule.LOOKING_AWAY, None)] == [0, 0]
