"""The socket server of a process."""

import asyncio
from collections.abc import Collection
from typing import Any

from aiohttp import web

from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger
from guildhall.kit.sockets.connections import Connections
from guildhall.kit.sockets.messages import Message
from guildhall.kit.sockets.namespace import Namespace
from guildhall.kit.sockets.settings import SocketSettings
from guildhall.kit.sockets.wire import ROUTE, Wire
from guildhall.kit.tasks import TaskOwner

_PARTING_SECONDS = 5.0  # for `part` and what still runs when the server closes
_FLUSH_SECONDS = 1.0
log = get_logger(__name__)


class SocketServer:
    """Serves namespaces at /socket.io/ of an aiohttp application; the composition root makes and attaches it."""

    def __init__(self, settings: SocketSettings, clock: Clock) -> None:
        self._settings = settings
        self._owner = TaskOwner("sockets")  # the sweep and the library's own tasks
        self._work = TaskOwner("events")  # what peers have begun: given time to end
        self._wire = Wire(settings, self._owner, clock)
        self._connections = Connections(settings, clock, self._work, self._wire)
        self._wire.listen(self._connections)
        self._sweep: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def peers(self) -> int:
        """How many peers are connected."""
        return len(self._connections)

    def add(self, namespace: Namespace[Any]) -> None:
        """Serve a namespace; raises ValueError when its path or one of its events is taken twice."""
        self._connections.add(namespace)

    def attach(self, app: web.Application) -> None:
        """Serve on `app`: the server starts with it and closes when it shuts down, before its connections are."""
        self._wire.attach(app, ROUTE)
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._shut_down)

    def announce(self, path: str, room: str, message: Message) -> None:
        """Send `message` to every peer of this process in `room` of the namespace `path`, encoded once.

        Plain, as it waits for nobody: what is announced in one turn of the loop goes to each peer in one write.
        """
        self._connections.announce(path, room, message)

    def session_ids(self) -> frozenset[str]:
        """The sessions that the peers of this process are signed in with, as far as their claims name one."""
        return self._connections.session_ids()

    async def revoke(self, session_ids: Collection[str]) -> int:
        """Disconnect every peer of this process whose claims name one of these sessions, told that it is `revoked`.

        A session that was revoked never comes back: whoever is being admitted with it is refused. Returns how many
        peers there were. See `RevocationFeed` for sessions that other processes end.
        """
        return await self._connections.revoke(session_ids)

    async def close(self) -> None:
        """Part with every peer, let running events end for a moment, and leave no task or connection behind."""
        if self._closed:
            return
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        await self._connections.part_with_all()
        if not await self._work.drain(_PARTING_SECONDS):
            log.warning("events_given_up", still_running=len(self._work))
        await self._work.close()
        await self._wire.close(_FLUSH_SECONDS)
        await self._owner.close()

    async def _start(self, _: web.Application) -> None:
        self._sweep = self._owner.start("sweep", self._sweep_on())

    async def _shut_down(self, _: web.Application) -> None:
        await self.close()

    async def _sweep_on(self) -> None:
        while True:
            await asyncio.sleep(self._settings.sweep_seconds)
            try:
                await self._connections.sweep()
            except Exception:
                log.exception("sweep_crashed")
