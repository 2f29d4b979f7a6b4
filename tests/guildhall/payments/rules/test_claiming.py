"""A claim has a day, a reminder before it, and one way out that is the payer's own."""

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.payments.lifecycle import ClaimState
from guildhall.payments.model.flows import Payment
from guildhall.payments.rules import claiming
from guildhall.payments.rules.claiming import DAY_MS
from guildhall.payments.settings import PaymentsSettings

SETTINGS = PaymentsSettings()
NOW_MS = 1_800_000_000_000
PAYMENT = Payment(
    id="pay_1",
    created_at_ms=NOW_MS - DAY_MS,
    owner="org_1",
    key="k",
    minor=1_000,
    currency="EUR",
    provider="sandbox",
    method="card_ok",
)
CLAIM = claiming.claim_of(PAYMENT, 700, SETTINGS, NOW_MS)


def test_it_is_reminded_of_three_days_before_its_day_and_overdue_from_then_on() -> None:
    assert CLAIM.look_at_ms == NOW_MS + 11 * DAY_MS
    assert claiming.fire(CLAIM, SETTINGS, NOW_MS + 11 * DAY_MS - 1) is CLAIM
    reminded = claiming.fire(CLAIM, SETTINGS, NOW_MS + 11 * DAY_MS)
    assert (reminded.state, reminded.is_reminded, reminded.look_at_ms) == (ClaimState.OPEN, True, CLAIM.due_at_ms)
    overdue = claiming.fire(reminded, SETTINGS, CLAIM.due_at_ms)
    assert (overdue.state, overdue.look_at_ms) == (ClaimState.OVERDUE, 0)


def test_too_little_leaves_it_as_it_was_with_the_reason_and_it_can_be_settled_again() -> None:
    for now_ms, state in ((NOW_MS, ClaimState.OPEN), (CLAIM.due_at_ms, ClaimState.OVERDUE)):
        settling = claiming.settle(CLAIM, "usr_fin", SETTINGS, now_ms)
        with pytest.raises(MoveRefused):
            claiming.settle(settling, "usr_fin", SETTINGS, now_ms)
        refused = claiming.answered(settling, "Too little.", SETTINGS, now_ms)
        assert (refused.state, refused.refusal) == (state, "Too little.")
        assert claiming.settle(refused, "usr_fin", SETTINGS, now_ms).refusal == ""


def test_what_was_settled_stays_so_unless_the_chargeback_is_won() -> None:
    settling = claiming.settle(CLAIM, "usr_fin", SETTINGS, NOW_MS)
    settled = claiming.answered(settling, "", SETTINGS, NOW_MS)
    assert claiming.answered(settled, "Too little.", SETTINGS, NOW_MS) is settled
    assert claiming.fire(settled, SETTINGS, CLAIM.due_at_ms) is settled
    dropped = claiming.drop(settled, SETTINGS, NOW_MS)
    assert (dropped.state, dropped.unsettled) == (ClaimState.DROPPED, True)
    assert claiming.answered(dropped, "", SETTINGS, NOW_MS) is dropped
