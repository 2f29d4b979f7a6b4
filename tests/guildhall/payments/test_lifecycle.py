"""Every state x event x actor of money's three machines, against tables written by hand from the design."""

import itertools
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, cast

import pytest

from guildhall.kit.lifecycle import Machine, MoveRefused
from guildhall.payments.lifecycle import CLAIM, PAYMENT, PAYOUT, Actor, ClaimState, PaymentState, PayoutState

Table = Mapping[tuple[Any, str, Actor], StrEnum]
BANK, OWNER, STAFF, SYSTEM = Actor.PROVIDER, Actor.OWNER, Actor.ADMIN, Actor.SYSTEM
P, Q, C = PaymentState, PayoutState, ClaimState

# What a provider says arrives late, twice and in any order: the rank of a payment never falls.
PAYMENTS: Final[Table] = {
    (P.CREATED, "requires_action", BANK): P.REQUIRES_ACTION,
    (P.PROCESSING, "requires_action", BANK): P.REQUIRES_ACTION,
    (P.CREATED, "processing", BANK): P.PROCESSING,
    (P.REQUIRES_ACTION, "processing", BANK): P.PROCESSING,
    (P.CREATED, "failed", BANK): P.FAILED,
    (P.REQUIRES_ACTION, "failed", BANK): P.FAILED,
    (P.PROCESSING, "failed", BANK): P.FAILED,
    (P.CREATED, "succeeded", BANK): P.SUCCEEDED,
    (P.REQUIRES_ACTION, "succeeded", BANK): P.SUCCEEDED,
    (P.PROCESSING, "succeeded", BANK): P.SUCCEEDED,
    (P.FAILED, "succeeded", BANK): P.SUCCEEDED,
    (P.CREATED, "charged_back", BANK): P.CHARGED_BACK,
    (P.REQUIRES_ACTION, "charged_back", BANK): P.CHARGED_BACK,
    (P.PROCESSING, "charged_back", BANK): P.CHARGED_BACK,
    (P.FAILED, "charged_back", BANK): P.CHARGED_BACK,
    (P.SUCCEEDED, "charged_back", BANK): P.CHARGED_BACK,
    (P.CREATED, "chargeback_won", BANK): P.CHARGEBACK_WON,
    (P.REQUIRES_ACTION, "chargeback_won", BANK): P.CHARGEBACK_WON,
    (P.PROCESSING, "chargeback_won", BANK): P.CHARGEBACK_WON,
    (P.FAILED, "chargeback_won", BANK): P.CHARGEBACK_WON,
    (P.SUCCEEDED, "chargeback_won", BANK): P.CHARGEBACK_WON,
    (P.CHARGED_BACK, "chargeback_won", BANK): P.CHARGEBACK_WON,
}
PAYOUTS: Final[Table] = {
    (Q.REQUESTED, "reserve", SYSTEM): Q.PENDING,
    (Q.REQUESTED, "refuse", SYSTEM): Q.CANCELLED,
    (Q.REQUESTED, "hold", SYSTEM): Q.HELD,  # and by nobody else: nothing has been taken from the payable yet
    (Q.PENDING, "hold", SYSTEM): Q.HELD,
    (Q.PENDING, "hold", STAFF): Q.HELD,
    (Q.HELD, "release", SYSTEM): Q.PENDING,
    (Q.HELD, "release", STAFF): Q.PENDING,
    (Q.PENDING, "send", SYSTEM): Q.IN_TRANSIT,
    (Q.IN_TRANSIT, "paid", BANK): Q.PAID,
    (Q.FAILED, "paid", BANK): Q.PAID,
    # Tried again and not sent yet, when the bank carries out the first attempt after all.
    (Q.PENDING, "paid", BANK): Q.PAID,
    (Q.HELD, "paid", BANK): Q.PAID,
    (Q.PENDING, "returned", BANK): Q.RETURNED,
    (Q.HELD, "returned", BANK): Q.RETURNED,
    (Q.CANCELLED, "paid", BANK): Q.PAID_LATE,
    (Q.IN_TRANSIT, "failed", BANK): Q.FAILED,
    (Q.IN_TRANSIT, "returned", BANK): Q.RETURNED,
    (Q.FAILED, "returned", BANK): Q.RETURNED,
    (Q.PAID, "returned", BANK): Q.RETURNED,
    (Q.PAID_LATE, "returned", BANK): Q.RETURNED,
    (Q.CANCELLED, "returned", BANK): Q.RETURNED,
    (Q.PAID_LATE, "see_to", STAFF): Q.PAID,
    (Q.FAILED, "retry", OWNER): Q.PENDING,
    (Q.FAILED, "retry", STAFF): Q.PENDING,
    # Not once it is on its way: the provider has it, and only the provider says what became of it.
    (Q.HELD, "cancel", OWNER): Q.CANCELLED,
    (Q.HELD, "cancel", STAFF): Q.CANCELLED,
    (Q.PENDING, "cancel", OWNER): Q.CANCELLED,
    (Q.PENDING, "cancel", STAFF): Q.CANCELLED,
    (Q.FAILED, "cancel", OWNER): Q.CANCELLED,
    (Q.FAILED, "cancel", STAFF): Q.CANCELLED,
}
CLAIMS: Final[Table] = {
    (C.OPEN, "fall_due", SYSTEM): C.OVERDUE,
    (C.OPEN, "settle", OWNER): C.SETTLING,
    (C.OVERDUE, "settle", OWNER): C.SETTLING,
    (C.OPEN, "settled", SYSTEM): C.SETTLED,
    (C.OVERDUE, "settled", SYSTEM): C.SETTLED,
    (C.SETTLING, "settled", SYSTEM): C.SETTLED,
    (C.SETTLING, "refused", SYSTEM): C.OPEN,
    (C.OPEN, "drop", SYSTEM): C.DROPPED,
    (C.OVERDUE, "drop", SYSTEM): C.DROPPED,
    (C.SETTLING, "drop", SYSTEM): C.DROPPED,
    (C.SETTLED, "drop", SYSTEM): C.DROPPED,
}


IN_TIME: Final = True  # the one fact that a guard of these machines asks for
MACHINES: Final[tuple[tuple[Machine[Any], Table], ...]] = ((PAYMENT, PAYMENTS), (PAYOUT, PAYOUTS), (CLAIM, CLAIMS))


@pytest.mark.parametrize(("machine", "table"), MACHINES, ids=lambda one: getattr(one, "name", ""))
def test_every_event_by_every_actor_leads_where_the_design_says_or_is_refused(
    machine: Machine[Any], table: Table
) -> None:
    events = {row.event for row in machine.moves} | {event for _, event, _ in table}
    for state, event, actor in itertools.product(tuple(cast("type[StrEnum]", machine.states)), sorted(events), Actor):
        target = table.get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                machine.move(state, event, actor, IN_TIME)
        else:
            assert machine.move(state, event, actor, IN_TIME).target is target, (state, event, actor)


def test_a_refused_settling_is_overdue_again_once_its_day_is_over() -> None:
    assert CLAIM.move(C.SETTLING, "refused", SYSTEM, False).target is C.OVERDUE


BOOKED_BY_THEN: Final = {
    P.SUCCEEDED: {"book_money_in"},
    P.CHARGED_BACK: {"book_money_in", "book_chargeback"},
    P.CHARGEBACK_WON: {"book_money_in", "book_chargeback", "book_won"},
    Q.PAID: {"book_paid"},
}


@pytest.mark.parametrize("machine", [PAYMENT, PAYOUT], ids=lambda one: one.name)
def test_by_whatever_way_a_state_is_reached_the_same_is_booked_and_nothing_twice(machine: Machine[Any]) -> None:
    walks: list[tuple[Any, tuple[str, ...]]] = [(machine.initial, ())]
    seen = set(walks)
    while walks:
        state, booked = walks.pop()
        assert len(set(booked)) == len(booked), (state, booked)
        if state in BOOKED_BY_THEN and "book_paid_late" not in booked:
            assert set(booked) == BOOKED_BY_THEN[state], (state, booked)
        for row in machine.moves:
            if state in row.sources and row.target is not state:
                new = tuple(sorted((*booked, *(one for one in row.effects if one.startswith("book_")))))
                if (row.target, new) not in seen:
                    seen.add((row.target, new))
                    walks.append((row.target, new))
    assert {state for state, _ in seen} == set(cast("type[StrEnum]", machine.states))
