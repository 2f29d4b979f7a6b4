"""The moves of a session as compare-and-sets: the table says which are legal, the store says who was first."""

from collections.abc import Awaitable, Callable

from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.sockets import PageSaid
from guildhall.proctoring.lifecycle import (
    CONNECTION,
    SESSION,
    Actor,
    Connection,
    ConnectionEvent,
    SessionEvent,
    SessionState,
)
from guildhall.proctoring.model import Session
from guildhall.proctoring.store import ProctoringStore

MOVE_ATTEMPTS = 8  # compare-and-sets that lose to another tab before giving up


class SessionNotFound(NotFound):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no session {session_id}. Ask for a new link.")


class SessionBusy(Conflict):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"Session {session_id} is being opened in several places at once. Try again.")


class SessionTakenOver(Conflict):
    type = "taken-over"
    title = "This session goes on elsewhere"

    def __init__(self) -> None:
        super().__init__("The session goes on in another tab or on another device. Finish it there.")


async def never_reopened(attempt_id: str) -> bool:  # noqa: ARG001 - of the port
    """Where there are no exams beside the rooms: what is finished stays so."""
    return False


async def mark_lost(store: ProctoringStore, session: Session, now_ms: int) -> Session | None:
    """Online -> offline; None when somebody has moved the session since it was read, or it is offline already.

    Also used for sessions of dead processes.
    """
    if session.connection is Connection.OFFLINE:
        return None
    target = CONNECTION.move(session.connection, ConnectionEvent.LOSE, Actor.SYSTEM, None).target
    return await store.move_session(
        session, state=session.state, connection=target, at_ms=now_ms, owner="", epoch=session.epoch
    )


class SessionMoves:
    """Made for one process, whose name it writes into what it takes."""

    def __init__(self, owner: str, store: ProctoringStore, clock: Clock) -> None:
        self._owner = owner
        self._store = store
        self._clock = clock

    async def join(self, session_id: str, page: PageSaid, reopened: Callable[[str], Awaitable[bool]]) -> Session:
        """The candidate is here: own the session under a new epoch.

        Raises `SessionNotFound`, `SessionBusy`, `SessionTakenOver` when this page only comes back and a newer one has
        it, or `MoveRefused` when it is finished, and its attempt was not `reopened`.
        """
        for _ in range(MOVE_ATTEMPTS):
            seen = await self._seen(session_id)
            if not page.may_take_from(seen.page_id):
                raise SessionTakenOver
            is_reopened = (
                seen.state is SessionState.FINISHED and bool(seen.attempt_id) and await reopened(seen.attempt_id)
            )
            moved = await self._store.move_session(
                seen,
                state=SESSION.move(seen.state, SessionEvent.JOIN, Actor.CANDIDATE, is_reopened).target,
                connection=CONNECTION.move(seen.connection, ConnectionEvent.CONNECT, Actor.CANDIDATE, None).target,
                at_ms=self._clock.now_ms(),
                owner=self._owner,
                epoch=seen.epoch + 1,
                page_id=page.id,
            )
            if moved is not None:
                return moved
        raise SessionBusy(session_id)

    async def finish(self, owned: Session) -> Session:
        """Raises `SessionTakenOver` when this epoch does not own it any more."""
        for _ in range(MOVE_ATTEMPTS):
            seen = await self._seen(owned.id)
            if seen.epoch != owned.epoch:
                raise SessionTakenOver
            moved = await self._store.move_session(
                seen,
                state=SESSION.move(seen.state, SessionEvent.FINISH, Actor.CANDIDATE, None).target,
                connection=seen.connection,
                at_ms=self._clock.now_ms(),
                owner=seen.owner,
                epoch=seen.epoch,
            )
            if moved is not None:
                return moved
        raise SessionBusy(owned.id)

    async def reclaim(self, seen: Session) -> Session | None:
        """Offline -> online without a new epoch, where a sweep took this process for dead; None: somebody was first."""
        return await self._store.move_session(
            seen,
            state=seen.state,
            connection=CONNECTION.move(seen.connection, ConnectionEvent.CONNECT, Actor.CANDIDATE, None).target,
            at_ms=self._clock.now_ms(),
            owner=self._owner,
            epoch=seen.epoch,
        )

    async def _seen(self, session_id: str) -> Session:
        session = await self._store.session(session_id)
        if session is None:
            raise SessionNotFound(session_id)
        return session
