"""What is booked for a payment or a payout has one name, whoever asks and whatever changed in it meanwhile."""

from guildhall.payments.lifecycle import PayoutState
from guildhall.payments.model.flows import Payout
from guildhall.payments.rules.moving import giving_back, reserving

PAYOUT = Payout(
    id="pout_1",
    created_at_ms=1,
    owner="ada",
    key="k",
    minor=900,
    currency="EUR",
    provider="sandbox",
    bank="bank_ok",
    state=PayoutState.REQUESTED,
)


def test_what_a_request_takes_is_taken_once_and_given_back_once_however_often_its_document_changed() -> None:
    """Else a second process, or the next pass after a death, would take it again."""
    later = PAYOUT.model_copy(
        update={"rev": 7, "attempt": 3, "look_at_ms": 9, "updated_at_ms": 9, "state": PayoutState.CANCELLED}
    )
    assert reserving(later) == reserving(PAYOUT)
    assert giving_back(later) == giving_back(PAYOUT)
    assert reserving(PAYOUT).key != giving_back(PAYOUT).key
    other = PAYOUT.model_copy(update={"id": "pout_2"})
    assert reserving(other).key != reserving(PAYOUT).key
