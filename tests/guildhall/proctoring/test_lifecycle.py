from itertools import product

import pytest

from guildhall.kit.lifecycle import MoveRefused
from guildhall.proctoring.lifecycle import (
    CONNECTION,
    SESSION,
    Actor,
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
