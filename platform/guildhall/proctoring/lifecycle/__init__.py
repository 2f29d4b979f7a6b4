"""Four machines watch a session: the exam, the candidate's connection, their check-in, and who attends to them.

Each action of a proctor has a fifth. All are independent of each other.

No move of the connection ever ends the session: a lost network is not a decision. No state of the check-in keeps
anybody from the exam: it only says how well the person can be read.
"""

from enum import StrEnum
from typing import Final

from guildhall.kit.lifecycle import Guard, Machine, Move


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


class CheckInState(StrEnum):
    WAITING = "waiting"  # not begun; what is known of the person comes from their first calm seconds
    RUNNING = "running"
    MEASURED = "measured"  # the result is before the candidate: go on, or once more
    ACCEPTED = "accepted"
    SKIPPED = "skipped"


class CheckInEvent(StrEnum):
    START = "start"
    NEXT_STEP = "next_step"
    MEASURE = "measure"
    ACCEPT = "accept"
    SKIP = "skip"


MOST_CHECK_INS: Final = 3  # looking away is not judged while one runs, so nobody runs it for ever

RUNS_ARE_LEFT: Final = Guard(
    "runs_are_left",
    lambda runs: runs < MOST_CHECK_INS,
    f"the check-in was done {MOST_CHECK_INS} times, which is as often as it can be done",
)


IS_REOPENED: Final = Guard("is_reopened", bool, "the exam is over and was not opened again")


SESSION: Machine[SessionState] = Machine(
    name="session",
    states=SessionState,
    initial=SessionState.WAITING,
    final=frozenset(),
    moves=(
        Move(
            event=SessionEvent.JOIN,
            sources=frozenset({SessionState.FINISHED}),
            target=SessionState.OPEN,
            actors=frozenset({Actor.CANDIDATE}),
            guard=IS_REOPENED,
        ),
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

# Guards look at how often the check-in was begun.
CHECK_IN: Machine[CheckInState] = Machine(
    name="check-in",
    states=CheckInState,
    initial=CheckInState.WAITING,
    final=frozenset({CheckInState.ACCEPTED, CheckInState.SKIPPED}),
    moves=(
        Move(
            event=CheckInEvent.START,
            sources=frozenset({CheckInState.WAITING, CheckInState.MEASURED}),
            target=CheckInState.RUNNING,
            actors=frozenset({Actor.CANDIDATE}),
            guard=RUNS_ARE_LEFT,
        ),
        Move(
            event=CheckInEvent.NEXT_STEP,
            sources=frozenset({CheckInState.RUNNING}),
            target=CheckInState.RUNNING,
            actors=frozenset({Actor.CANDIDATE}),
        ),
        Move(
            event=CheckInEvent.MEASURE,
            sources=frozenset({CheckInState.RUNNING}),
            target=CheckInState.MEASURED,
            actors=frozenset({Actor.SYSTEM}),
            effects=("fit_baseline",),
        ),
        Move(
            event=CheckInEvent.ACCEPT,
            sources=frozenset({CheckInState.MEASURED}),
            target=CheckInState.ACCEPTED,
            actors=frozenset({Actor.CANDIDATE}),
        ),
        Move(
            event=CheckInEvent.SKIP,
            sources=frozenset({CheckInState.WAITING, CheckInState.RUNNING}),
            target=CheckInState.SKIPPED,
            actors=frozenset({Actor.CANDIDATE}),
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
