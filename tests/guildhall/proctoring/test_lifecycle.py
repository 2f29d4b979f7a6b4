from itertools import product

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.proctoring.lifecycle import (
    CHECK_IN,
    CONNECTION,
    MOST_CHECK_INS,
    SESSION,
    Actor,
    CheckInEvent,
    CheckInState,
    Connection,
    ConnectionEvent,
    SessionEvent,
    SessionState,
    Standing,
    standing_of,
)

SESSION_MOVES = {
    (SessionState.WAITING, SessionEvent.JOIN, Actor.CANDIDATE): SessionState.OPEN,
    (SessionState.OPEN, SessionEvent.JOIN, Actor.CANDIDATE): SessionState.OPEN,
    (SessionState.OPEN, SessionEvent.FINISH, Actor.CANDIDATE): SessionState.FINISHED,
}
CONNECTION_MOVES = {
    (Connection.OFFLINE, ConnectionEvent.CONNECT, Actor.CANDIDATE): Connection.ONLINE,
    (Connection.ONLINE, ConnectionEvent.CONNECT, Actor.CANDIDATE): Connection.ONLINE,
    (Connection.ONLINE, ConnectionEvent.LOSE, Actor.SYSTEM): Connection.OFFLINE,
}


@pytest.mark.parametrize(("state", "event", "actor"), list(product(SessionState, SessionEvent, Actor)))
def test_a_session_moves_as_its_table_says_and_no_other_way(
    state: SessionState, event: SessionEvent, actor: Actor
) -> None:
    target = SESSION_MOVES.get((state, event, actor))
    if target is None:
        with pytest.raises(MoveRefused, match=f"{event}.* is not possible while the session is {state}"):
            SESSION.move(state, event, actor, None)
    else:
        assert SESSION.move(state, event, actor, None).target is target


@pytest.mark.parametrize(("state", "event", "actor"), list(product(Connection, ConnectionEvent, Actor)))
def test_a_connection_moves_as_its_table_says_and_no_other_way(
    state: Connection, event: ConnectionEvent, actor: Actor
) -> None:
    target = CONNECTION_MOVES.get((state, event, actor))
    if target is None:
        with pytest.raises(MoveRefused):
            CONNECTION.move(state, event, actor, None)
    else:
        assert CONNECTION.move(state, event, actor, None).target is target


@pytest.mark.parametrize(("state", "event", "actor"), list(product(SessionState, ConnectionEvent, Actor)))
def test_no_event_of_the_connection_moves_a_session(state: SessionState, event: ConnectionEvent, actor: Actor) -> None:
    with pytest.raises(MoveRefused, match="there is no such event"):
        SESSION.move(state, event, actor, None)


CHECK_IN_MOVES = {
    (CheckInState.WAITING, CheckInEvent.START, Actor.CANDIDATE): CheckInState.RUNNING,
    (CheckInState.MEASURED, CheckInEvent.START, Actor.CANDIDATE): CheckInState.RUNNING,
    (CheckInState.RUNNING, CheckInEvent.NEXT_STEP, Actor.CANDIDATE): CheckInState.RUNNING,
    (CheckInState.RUNNING, CheckInEvent.MEASURE, Actor.SYSTEM): CheckInState.MEASURED,
    (CheckInState.MEASURED, CheckInEvent.ACCEPT, Actor.CANDIDATE): CheckInState.ACCEPTED,
    (CheckInState.WAITING, CheckInEvent.SKIP, Actor.CANDIDATE): CheckInState.SKIPPED,
    (CheckInState.RUNNING, CheckInEvent.SKIP, Actor.CANDIDATE): CheckInState.SKIPPED,
}


@pytest.mark.parametrize(("state", "event", "actor"), list(product(CheckInState, CheckInEvent, Actor)))
def test_a_check_in_moves_as_its_table_says_and_no_other_way(
    state: CheckInState, event: CheckInEvent, actor: Actor
) -> None:
    target = CHECK_IN_MOVES.get((state, event, actor))
    if target is None:
        with pytest.raises(MoveRefused):
            CHECK_IN.move(state, event, actor, 0)
    else:
        assert CHECK_IN.move(state, event, actor, 0).target is target


@pytest.mark.parametrize("runs", range(MOST_CHECK_INS + 2))
def test_a_check_in_can_be_done_again_a_few_times_and_not_for_ever(runs: int) -> None:
    (start,) = (
        one for one in CHECK_IN.allowed_actions(CheckInState.MEASURED, Actor.CANDIDATE, runs) if one.event == "start"
    )
    assert start.allowed is (runs < MOST_CHECK_INS)
    assert (start.reason is None) is start.allowed


@pytest.mark.parametrize("state", [state for state in CheckInState if state not in CHECK_IN.final])
def test_the_candidate_can_leave_every_check_in_behind_by_themselves(state: CheckInState) -> None:
    leaving = {
        event
        for (source, event, actor), target in CHECK_IN_MOVES.items()
        if source is state and actor is Actor.CANDIDATE and target in CHECK_IN.final
    }
    assert leaving


def test_finishing_closes_what_is_open_and_taking_over_raises_the_epoch() -> None:
    finished = SESSION.move(SessionState.OPEN, SessionEvent.FINISH, Actor.CANDIDATE, None)
    assert finished.effects == ("close_open_incidents",)
    connected = CONNECTION.move(Connection.ONLINE, ConnectionEvent.CONNECT, Actor.CANDIDATE, None)
    assert connected.effects == ("raise_epoch",)


@pytest.mark.parametrize(("state", "connection"), list(product(SessionState, Connection)))
def test_a_proctor_reads_away_only_of_somebody_who_is_in_the_exam_and_not_connected(
    state: SessionState, connection: Connection
) -> None:
    shown = standing_of(state, connection)
    assert (shown is Standing.AWAY) == (state is SessionState.OPEN and connection is Connection.OFFLINE)
    assert (shown is Standing.LIVE) == (state is SessionState.OPEN and connection is Connection.ONLINE)
    assert (shown is Standing.FINISHED) == (state is SessionState.FINISHED)
