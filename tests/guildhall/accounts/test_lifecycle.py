"""Every state x event x actor of the three machines, against tables written by hand from the design."""

import itertools
from enum import StrEnum
from typing import Any

import pytest

from guildhall.accounts.lifecycle import (
    ACCOUNT,
    SESSION,
    SIGN_IN,
    AccountEvent,
    AccountFacts,
    AccountState,
    Actor,
    RefreshCase,
    SessionEvent,
    SessionState,
    SignInEvent,
    SignInState,
)
from guildhall.kit.lifecycle import Machine, MoveRefused

A, E = AccountState, AccountEvent
FAVOURABLE = AccountFacts(email_matches=True)
ACCOUNT_TABLE: dict[tuple[AccountState, AccountEvent, Actor], AccountState] = {
    (A.PENDING_VERIFICATION, E.VERIFY_EMAIL, Actor.SELF): A.ACTIVE,
    (A.PENDING_VERIFICATION, E.EXPIRE_SIGN_UP, Actor.TIMER): A.ERASED,
    (A.PENDING_VERIFICATION, E.ACCEPT_INVITATION, Actor.SELF): A.ACTIVE,
    (A.ACTIVE, E.SUSPEND, Actor.ADMIN): A.SUSPENDED,
    (A.ACTIVE, E.SUSPEND, Actor.RULE): A.SUSPENDED,
    (A.SUSPENDED, E.REINSTATE, Actor.ADMIN): A.ACTIVE,
    (A.ACTIVE, E.DEACTIVATE, Actor.SELF): A.DEACTIVATED,
    (A.DEACTIVATED, E.REACTIVATE, Actor.SELF): A.ACTIVE,
    (A.ACTIVE, E.REQUEST_ERASURE, Actor.SELF): A.ERASURE_PENDING,
    (A.DEACTIVATED, E.REQUEST_ERASURE, Actor.SELF): A.ERASURE_PENDING,
    (A.ERASURE_PENDING, E.CANCEL_ERASURE, Actor.SELF): A.ACTIVE,
    (A.ERASURE_PENDING, E.ERASE, Actor.TIMER): A.ERASED,
}
S = SessionState
SESSION_TABLE: dict[tuple[SessionState, SessionEvent, Actor], SessionState] = {
    (S.ACTIVE, SessionEvent.REFRESH, Actor.SELF): S.ACTIVE,
    (S.ACTIVE, SessionEvent.REVOKE, Actor.SELF): S.REVOKED,
    (S.ACTIVE, SessionEvent.REVOKE, Actor.ADMIN): S.REVOKED,
    (S.ACTIVE, SessionEvent.REVOKE, Actor.RULE): S.REVOKED,
    (S.ACTIVE, SessionEvent.EXPIRE, Actor.TIMER): S.EXPIRED,
}
F = SignInState
SIGN_IN_TABLE: dict[tuple[SignInState, SignInEvent, Actor], SignInState] = {
    (F.SECOND_FACTOR_REQUIRED, SignInEvent.PROVE, Actor.SELF): F.DONE,
    (F.SECOND_FACTOR_REQUIRED, SignInEvent.MISS, Actor.SELF): F.SECOND_FACTOR_REQUIRED,
}
MACHINES: list[tuple[Machine[Any], type[StrEnum], dict[Any, Any], Any]] = [
    (ACCOUNT, AccountEvent, ACCOUNT_TABLE, FAVOURABLE),
    (SESSION, SessionEvent, SESSION_TABLE, RefreshCase.CURRENT),
    (SIGN_IN, SignInEvent, SIGN_IN_TABLE, 3),
]


@pytest.mark.parametrize(("machine", "events", "table", "facts"), MACHINES, ids=[row[0].name for row in MACHINES])
def test_every_state_event_and_actor_leads_where_the_design_says_or_is_refused(
    machine: Machine[Any], events: type[StrEnum], table: dict[Any, Any], facts: Any
) -> None:
    states: list[Any] = list(machine.states.__members__.values())
    for state, event, actor in itertools.product(states, list(events), list(Actor)):
        target = table.get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                machine.move(state, event, actor, facts)
        else:
            assert machine.move(state, event, actor, facts).target is target


@pytest.mark.parametrize(
    ("state", "event", "actor", "facts", "reason"),
    [
        (A.PENDING_VERIFICATION, E.ACCEPT_INVITATION, Actor.SELF, AccountFacts(), "another e-mail"),
        (A.ACTIVE, E.SUSPEND, Actor.ADMIN, AccountFacts(is_own=True), "their own account"),
        (A.SUSPENDED, E.REINSTATE, Actor.ADMIN, AccountFacts(did_suspend=True), "other than the one"),
        (A.ACTIVE, E.DEACTIVATE, Actor.SELF, AccountFacts(is_bound=True), "still open"),
        (A.ACTIVE, E.REQUEST_ERASURE, Actor.SELF, AccountFacts(is_bound=True), "still open"),
        (A.DEACTIVATED, E.REACTIVATE, Actor.SELF, AccountFacts(state_age_seconds=366 * 86_400), "more than a year"),
        (A.ERASURE_PENDING, E.ERASE, Actor.TIMER, AccountFacts(is_held=True), "the law"),
    ],
)
def test_each_guard_says_why_not(
    state: AccountState, event: AccountEvent, actor: Actor, facts: AccountFacts, reason: str
) -> None:
    with pytest.raises(MoveRefused, match=reason):
        ACCOUNT.move(state, event, actor, facts)


def test_cancelling_an_erasure_leads_back_to_where_it_came_from() -> None:
    facts = AccountFacts(was=A.DEACTIVATED)
    assert ACCOUNT.move(A.ERASURE_PENDING, E.CANCEL_ERASURE, Actor.SELF, facts).target is A.DEACTIVATED


def test_an_older_refresh_token_ends_the_session_with_its_sockets_and_a_mail() -> None:
    moved = SESSION.move(S.ACTIVE, SessionEvent.REFRESH, Actor.SELF, RefreshCase.REUSED)
    assert (moved.target, moved.effects) == (S.REVOKED, ("close_sockets", "security_mail"))
    moved = SESSION.move(S.ACTIVE, SessionEvent.REFRESH, Actor.SELF, RefreshCase.GRACE)
    assert (moved.target, moved.effects) == (S.ACTIVE, ("repeat_successor",))
    with pytest.raises(MoveRefused, match="not of this sign-in"):
        SESSION.move(S.ACTIVE, SessionEvent.REFRESH, Actor.SELF, RefreshCase.UNKNOWN)


def test_the_last_wrong_code_ends_the_sign_in() -> None:
    assert SIGN_IN.move(F.SECOND_FACTOR_REQUIRED, SignInEvent.MISS, Actor.SELF, 0).target is F.FAILED


def test_erasure_waits_thirty_days() -> None:
    timer = ACCOUNT.move(A.ACTIVE, E.REQUEST_ERASURE, Actor.SELF, FAVOURABLE).timer
    assert timer is not None
    assert (timer.event, timer.after_seconds) == (E.ERASE, 30 * 86_400)
