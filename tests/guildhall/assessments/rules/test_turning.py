"""Attempts walked through every event by every actor, at any time: whatever happens, what is stored makes sense."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from guildhall.assessments.lifecycle import ATTEMPT, OVER, SITTING, Actor, AttemptEvent, AttemptState
from guildhall.assessments.model.attempts import (
    MOVES_MAX,
    Attempt,
    AttemptClock,
    AttemptMove,
    Form,
    Outage,
    PendingTurn,
    Suspension,
    SuspensionKind,
)
from guildhall.assessments.rules import clock as clocks
from guildhall.assessments.rules.answers import mark_entry
from guildhall.assessments.rules.turning import (
    BeingClosed,
    NoTimeLeft,
    Terms,
    TooManyTurns,
    Turn,
    actions_of,
    entry_of,
    finished,
    given_back,
    intended,
    turned,
)
from guildhall.assessments.service.projection import show_clock
from guildhall.kit.entries import Entry
from guildhall.kit.lifecycle import MoveRefused

NOW = 2_000_000
TERMS = Terms(grace_ms=2_000)
LOGGED = (AttemptEvent.SUBMIT, AttemptEvent.END, AttemptEvent.EXPIRE, AttemptEvent.VOID, AttemptEvent.REOPEN)


def an_attempt(state: AttemptState = AttemptState.CREATED, **changes: object) -> Attempt:
    suspensions: tuple[Suspension, ...] = ()
    if state in (AttemptState.PAUSED, AttemptState.ON_BREAK):
        kind = SuspensionKind.PAUSE if state is AttemptState.PAUSED else SuspensionKind.BREAK
        suspensions = (Suspension(key="s", kind=kind, began_at_ms=NOW - 10),)
    has_begun = state in SITTING or state in OVER
    clock = AttemptClock(
        budget_ms=60_000,
        break_budget_ms=5_000,
        started_at_ms=NOW - 1_000 if has_begun else None,
        suspensions=suspensions,
    )
    attempt = Attempt(
        id="att_1",
        created_at_ms=0,
        invitation_id="inv_1",
        delivery_id="dlv_1",
        exam_version_id="exm_1@1",
        organisation_id="",
        account_id="usr_ada",
        candidate_name="Ada",
        exam_title="Algebra",
        number=1,
        closes_at_ms=NOW * 2,
        form=Form(seed="s", slots=()),
        state=state,
        state_since_ms=NOW,
        clock=clock,
        over_at_ms=NOW if state in OVER else None,
    )
    return attempt.model_copy(update=changes)


def stored(attempt: Attempt) -> Attempt:
    """As another process reads it: a document that breaks its bounds is refused here."""
    return Attempt.model_validate(attempt.model_dump(mode="json", by_alias=True))


class Log:
    """The log of answers as far as ends go: what was stored under a key stays."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def append(self, attempt: Attempt, pending: PendingTurn, now_ms: int) -> Entry | None:
        wanted = entry_of(attempt, pending)
        if wanted is None:
            return None
        kind, key = wanted
        for known in self.entries:
            if known.key == key:
                return known
        newest = self.entries[-1] if self.entries else None
        body = mark_entry(kind, pending.by, attempt.id, key, now_ms, newest)
        entry = Entry(attempt.id, len(self.entries) + 1, key, now_ms, body)
        self.entries.append(entry)
        return entry

    @property
    def is_closed(self) -> bool:
        return bool(self.entries) and self.entries[-1].body["kind"] == "closed"


@pytest.mark.parametrize(("state", "event", "actor"), list(product(AttemptState, AttemptEvent, Actor)))
def test_every_event_by_everybody_in_every_state_does_what_the_table_says_or_nothing(
    state: AttemptState, event: AttemptEvent, actor: Actor
) -> None:
    attempt = an_attempt(state, needs_admission=True)
    turn = Turn(event, actor, "usr_1", NOW, "because", 1_000)
    rows = [row for row in ATTEMPT.moves if state in row.sources and row.event == event and actor in row.actors]
    decide = intended if event in LOGGED else turned
    offered = {action.event for action in actions_of(attempt, actor, NOW, TERMS) if action.allowed}
    try:
        after = decide(attempt, turn, TERMS)
    except MoveRefused:
        assert event not in offered
        return
    if after is attempt:  # handed in, or voided, already
        assert event in LOGGED
        assert state in OVER
        return
    assert event in offered
    if event in LOGGED:
        assert after.pending is not None
        entry = Log().append(after, after.pending, NOW)
        after = finished(after, entry, TERMS, NOW)
    assert after.state in {row.target for row in rows}
    assert after.history[-1] == AttemptMove(at_ms=NOW, event=event, state=after.state, by="usr_1", reason="because")
    stored(after)


class AttemptMachine(RuleBasedStateMachine):
    """One attempt, whose turns may be cut off between any two writes, and carried on later."""

    @initialize(needs_admission=st.booleans(), budget_ms=st.integers(0, 20_000))
    def make(self, needs_admission: bool, budget_ms: int) -> None:
        clock = AttemptClock(budget_ms=budget_ms, break_budget_ms=5_000)
        self.attempt = an_attempt(needs_admission=needs_admission, clock=clock)
        self.log = Log()
        self.now_ms = NOW
        self.heads: list[tuple[int, str]] = []

    @rule(milliseconds=st.integers(0, 8_000))
    def pass_time(self, milliseconds: int) -> None:
        self.now_ms += milliseconds

    @rule(event=st.sampled_from(AttemptEvent), actor=st.sampled_from(Actor), is_open=st.booleans())
    def turn(self, event: AttemptEvent, actor: Actor, is_open: bool) -> None:
        turn = Turn(event, actor, "usr_1", self.now_ms, extra_ms=1_000)
        terms = Terms(TERMS.grace_ms, is_open)
        try:
            decide = intended if event in LOGGED else turned
            self.attempt = stored(decide(self.attempt, turn, terms))
        except (MoveRefused, TooManyTurns, NoTimeLeft):
            pass
        except BeingClosed:
            assert self.attempt.pending is not None

    @rule(is_cut_off=st.booleans())
    def carry_on(self, is_cut_off: bool) -> None:
        pending = self.attempt.pending
        if pending is None:
            return
        entry = self.log.append(self.attempt, pending, self.now_ms)
        if not is_cut_off:
            self.attempt = stored(finished(self.attempt, entry, TERMS, self.now_ms))

    @rule(began=st.integers(0, 5_000), long=st.integers(1, 5_000))
    def tell_of_an_outage(self, began: int, long: int) -> None:
        began_ms = self.now_ms - began - long
        outage = Outage(id=f"out_{began_ms}_{long}", began_at_ms=began_ms, ended_at_ms=began_ms + long)
        self.attempt = stored(given_back(self.attempt, [outage], TERMS, self.now_ms))

    @invariant()
    def it_makes_sense(self) -> None:
        if not hasattr(self, "attempt"):
            return
        attempt, state = self.attempt, self.attempt.state
        is_standing = clocks.is_standing(attempt.clock)
        assert is_standing == (state in (AttemptState.PAUSED, AttemptState.ON_BREAK))
        assert (attempt.clock.started_at_ms is None) or state in SITTING or state in OVER
        assert (attempt.over_at_ms is not None) == (state in OVER)
        if attempt.pending is not None:
            assert attempt.due_at_ms > 0  # a job will look at it
            return
        assert self.log.is_closed == (state in OVER)
        if state in OVER:
            assert attempt.due_at_ms == 0
            assert (attempt.head, attempt.head_hash) == (len(self.log.entries), self.log.entries[-1].body["hash"])
        elif state is AttemptState.RUNNING:
            deadline = clocks.deadline_ms(attempt.clock)
            assert deadline is not None
            assert attempt.due_at_ms == deadline + TERMS.grace_ms
        elif state is AttemptState.ON_BREAK:
            assert attempt.due_at_ms >= attempt.state_since_ms
        else:
            assert attempt.due_at_ms == 0


AttemptMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnAttempt = AttemptMachine.TestCase


def test_a_candidate_who_takes_breaks_for_ever_leaves_room_for_staff_and_the_end() -> None:
    moves = tuple(
        AttemptMove(at_ms=NOW, event="end_break", state=AttemptState.RUNNING, by="usr_ada")
        for _ in range(MOVES_MAX - 50)
    )
    attempt = an_attempt(AttemptState.RUNNING, history=moves)
    with pytest.raises(TooManyTurns):
        turned(attempt, Turn(AttemptEvent.TAKE_BREAK, Actor.CANDIDATE, "usr_ada", NOW), TERMS)
    paused = turned(attempt, Turn(AttemptEvent.PAUSE, Actor.PROCTOR, "usr_grace", NOW), TERMS)
    assert paused.state is AttemptState.PAUSED
    assert intended(paused, Turn(AttemptEvent.SUBMIT, Actor.CANDIDATE, "usr_ada", NOW), TERMS).pending is not None


def test_the_time_between_the_end_and_a_reopening_does_not_count() -> None:
    attempt = an_attempt(AttemptState.RUNNING)
    log = Log()
    ended = intended(attempt, Turn(AttemptEvent.SUBMIT, Actor.CANDIDATE, "usr_ada", NOW), TERMS)
    assert ended.pending is not None
    over = finished(ended, log.append(ended, ended.pending, NOW), TERMS, NOW)
    later = NOW + 3_600_000
    asked = intended(over, Turn(AttemptEvent.REOPEN, Actor.AUTHOR, "usr_k", later, "a mistake", 5_000), TERMS)
    assert asked.pending is not None
    again = finished(asked, log.append(asked, asked.pending, later), TERMS, later)
    assert again.state is AttemptState.RUNNING
    assert clocks.left_ms(again.clock, later) == 60_000 - 1_000 + 5_000
    assert [one.kind for one in show_clock(again.clock, later).credits] == ["reopening", "extension"]
    assert not again.unsettled


def test_an_attempt_whose_time_is_used_up_is_reopened_only_with_more_than_it_lacks() -> None:
    attempt, log, late = an_attempt(AttemptState.RUNNING), Log(), NOW + 59_000 + TERMS.grace_ms
    ended = intended(attempt, Turn(AttemptEvent.EXPIRE, Actor.SYSTEM, "system:clock", late), TERMS)
    assert ended.pending is not None
    over = finished(ended, log.append(ended, ended.pending, late), TERMS, late)
    later = late + 3_600_000
    (offered,) = [one for one in actions_of(over, Actor.AUTHOR, later, TERMS) if one.event == AttemptEvent.REOPEN]
    assert (offered.allowed, offered.reason) == (True, "its time is used up: give some with it")
    reopening = Turn(AttemptEvent.REOPEN, Actor.AUTHOR, "usr_k", later, "a mistake")
    for extra_ms in (0, TERMS.grace_ms):
        with pytest.raises(NoTimeLeft, match="over at once: say that time is given, more than 2 s"):
            intended(over, replace(reopening, extra_ms=extra_ms), TERMS)
    asked = intended(over, replace(reopening, extra_ms=TERMS.grace_ms + 1_000), TERMS)
    assert asked.pending is not None
    again = finished(asked, log.append(asked, asked.pending, later), TERMS, later)
    assert clocks.left_ms(again.clock, later) == 1_000


def test_a_turn_that_is_asked_for_again_under_its_key_is_taken_once() -> None:
    extend = Turn(AttemptEvent.EXTEND, Actor.PROCTOR, "usr_p", NOW, "ours", 60_000, "k1")
    once = turned(an_attempt(AttemptState.RUNNING), extend, TERMS)
    assert turned(once, extend, TERMS) is once
    assert [one.extra_ms for one in once.clock.extensions] == [60_000]
    assert len(turned(once, replace(extend, key="k2"), TERMS).clock.extensions) == 2
