"""Two machines watch a session, independent of each other: is the exam going on, and is the candidate connected.

No move of the connection ever ends the session: a lost network is not a decision.
"""

from enum import StrEnum

from guildhall.kit.lifecycle import Machine, Move


class Actor(StrEnum):
    CANDIDATE = "candidate"
    PROCTOR = "proctor"
    SYSTEM = "system"


class SessionState(StrEnum):
    WAITING = "waiting"  # invited, never seen
    OPEN = "open"
    FINISHED = "finished"


class SessionEvent(StrEnum):
    JOIN = "join"
    FINISH = "finish"


class Connection(StrEnum):
    OFFLINE = "offline"
    ONLINE = "online"


class ConnectionEvent(StrEnum):
    CONNECT = "connect"
    LOSE = "lose"


SESSION: Machine[SessionState] = Machine(
    name="session",
    states=SessionState,
    initial=SessionState.WAITING,
    final=frozenset({SessionState.FINISHED}),
    moves=(
        Move(
            event=SessionEvent.JOIN,
            sources=frozenset({SessionState.WAITING, SessionState.OPEN}),
            target=SessionState.OPEN,
            actors=frozenset({Actor.CANDIDATE}),
        ),
        Move(
            event=SessionEvent.FINISH,
            sources=frozenset({SessionState.OPEN}),
            target=SessionState.FINISHED,
            actors=frozenset({Actor.CANDIDATE}),
            effects=("close_open_incidents",),
        ),
    ),
)

CONNECTION: Machine[Connection] = Machine(
    name="connection",
    states=Connection,
    initial=Connection.OFFLINE,
    final=frozenset(),
    moves=(
        Move(
            event=ConnectionEvent.CONNECT,
            # A second tab or device takes over from the first one: the newest epoch owns the session.
            sources=frozenset({Connection.OFFLINE, Connection.ONLINE}),
            target=Connection.ONLINE,
            actors=frozenset({Actor.CANDIDATE}),
            effects=("raise_epoch",),
        ),
        Move(
            event=ConnectionEvent.LOSE,
            sources=frozenset({Connection.ONLINE}),
            target=Connection.OFFLINE,
            actors=frozenset({Actor.SYSTEM}),
        ),
    ),
)


class Standing(StrEnum):
    """What a proctor reads on a tile: one word made of both machines."""

    WAITING = "waiting"
    LIVE = "live"
    AWAY = "away"
    FINISHED = "finished"


def standing_of(state: SessionState, connection: Connection) -> Standing:
    if state is SessionState.FINISHED:
        return Standing.FINISHED
    if state is SessionState.WAITING:
        return Standing.WAITING
    return Standing.LIVE if connection is Connection.ONLINE else Standing.AWAY
