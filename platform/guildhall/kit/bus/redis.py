"""The bus between processes: Redis pub/sub, over connections that may break at any moment."""

import asyncio
import random
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from guildhall.kit.bus.bus import OnGap, Receive, ignore_gap
from guildhall.kit.bus.subscribers import Subscriber, Subscribers
from guildhall.kit.ids import CROCKFORD_BASE32
from guildhall.kit.logs import get_logger
from guildhall.kit.tasks import TaskOwner

_CONNECT_SECONDS = 2.0
_IDLE_SECONDS = 10.0  # of silence before a ping, and again before the connection counts as lost
_CONFIRM_SECONDS = 2.0
_BACKOFF_FIRST_SECONDS = 0.05
_BACKOFF_MAX_SECONDS = 2.0
# After a failed publish the next ones are dropped this long, so that a Redis that swallows packets (no refusal, only
# silence) costs its callers one time-out and not one a message.
_PUBLISH_PAUSE_SECONDS = 0.25
_PUBLISH_CONNECTIONS = 4
_LOST = (RedisError, OSError, TimeoutError)
log = get_logger(__name__)


class RedisBus:
    """Listens on one connection and publishes on a few others.

    Messages are handed over as they are read, without a queue of our own. A process too slow for its messages is cut
    off by Redis (`client-output-buffer-limit pubsub`), reconnects, and its subscribers are told of the gap.
    """

    def __init__(self, url: str) -> None:
        # redis-py must not reconnect a listening connection by itself: it would hide the gap. A publish is tried once
        # more, since the first after a restart finds a connection that the old Redis closed.
        timeouts: dict[str, Any] = {"socket_connect_timeout": _CONNECT_SECONDS, "socket_timeout": _CONNECT_SECONDS}
        again = Retry(NoBackoff(), 1)
        pool = BlockingConnectionPool.from_url(
            url, max_connections=_PUBLISH_CONNECTIONS, timeout=_CONNECT_SECONDS, retry=again, **timeouts
        )
        self._publisher = Redis.from_pool(pool)
        self._listener = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **timeouts)
        self._subscribers = Subscribers()
        self._tasks = TaskOwner("redis bus")
        self._commands = asyncio.Lock()  # subscribing and unsubscribing, against a reconnect
        self._pubsub: PubSub | None = None
        self._confirmed: dict[str, asyncio.Future[None]] = {}
        self._publish_from_seconds = 0.0
        self._is_lost = False
        # Subscribed always, so that the connection listens from the start: redis-py refuses to read without a topic.
        self._own_topic = "bus-" + "".join(random.choices(CROCKFORD_BASE32, k=16))  # noqa: S311  no secret

    async def start(self) -> None:
        """Begin to listen; when Redis is away, go on trying in the background."""
        attempted = asyncio.get_running_loop().create_future()
        self._tasks.start("listen", self._listen(attempted))
        await asyncio.wait([attempted], timeout=_CONNECT_SECONDS)

    async def close(self) -> None:
        await self._tasks.close()
        self._subscribers.clear()
        await self._publisher.aclose(close_connection_pool=True)
        await self._listener.aclose()

    async def publish(self, topic: str, body: bytes) -> int:
        now_seconds = asyncio.get_running_loop().time()
        if now_seconds < self._publish_from_seconds:
            return 0
        try:
            reached = await self._publisher.publish(topic, body)
        except _LOST as error:
            self._publish_from_seconds = asyncio.get_running_loop().time() + _PUBLISH_PAUSE_SECONDS
            self._note_loss(error)
            return 0
        return int(reached)

    async def subscribe(self, topic: str, receive: Receive, on_gap: OnGap = ignore_gap) -> "RedisSubscription":
        subscriber = Subscriber(topic, receive, on_gap)
        confirmed: asyncio.Future[None] | None = None
        async with self._commands:
            is_first = self._subscribers.add(subscriber)
            if self._pubsub is not None and is_first:
                confirmed = self._confirmed[topic] = asyncio.get_running_loop().create_future()
                await self._command(self._pubsub.subscribe(topic))
            elif not is_first:
                confirmed = self._confirmed.get(topic)
        if confirmed is not None:
            await asyncio.wait([confirmed], timeout=_CONFIRM_SECONDS)
        return RedisSubscription(self, subscriber)

    async def unsubscribe(self, subscriber: Subscriber) -> None:
        async with self._commands:
            if self._subscribers.remove(subscriber) and self._pubsub is not None:
                await self._command(self._pubsub.unsubscribe(subscriber.topic))

    async def _command(self, command: Any) -> None:
        try:
            await command
        except _LOST as error:
            self._note_loss(error)  # the listening task finds the same, reconnects and subscribes to everything

    async def _listen(self, attempted: "asyncio.Future[None]") -> None:
        failures = 0
        while True:
            pubsub = self._listener.pubsub()
            try:
                await self._subscribe_all(pubsub)
                failures = 0
                await self._read(pubsub, attempted)
            except _LOST as error:
                self._note_loss(error)
                failures += 1
            finally:
                self._pubsub = None
                self._confirm_all()
                await pubsub.aclose()  # type: ignore[no-untyped-call]
            if not attempted.done():
                attempted.set_result(None)
            longest = min(_BACKOFF_MAX_SECONDS, _BACKOFF_FIRST_SECONDS * 2**failures)
            await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  so that processes do not come all at once

    async def _subscribe_all(self, pubsub: PubSub) -> None:
        async with self._commands:
            await pubsub.subscribe(*self._subscribers.topics, self._own_topic)
            self._pubsub = pubsub

    async def _read(self, pubsub: PubSub, attempted: "asyncio.Future[None]") -> None:
        is_silent = False
        while True:
            message = await pubsub.get_message(timeout=_IDLE_SECONDS)
            if message is None:
                if is_silent:
                    raise TimeoutError("Redis does not answer a ping")
                await pubsub.ping()
            is_silent = message is None
            if message is None:
                continue
            if message["type"] == "message":
                self._subscribers.deliver(message["channel"].decode(), message["data"])
            elif message["type"] == "subscribe":
                self._confirm(message["channel"].decode())
                # Subscribed last: everything before it is confirmed, so nothing is missed from here on.
                if message["channel"].decode() == self._own_topic:
                    self._resumed()
                    if not attempted.done():
                        attempted.set_result(None)

    def _resumed(self) -> None:
        self._publish_from_seconds = 0.0
        if self._is_lost:
            self._is_lost = False
            log.info("bus_regained", topics=len(self._subscribers.topics))
        self._subscribers.tell_of_gap()

    def _note_loss(self, error: Exception) -> None:
        if not self._is_lost:
            self._is_lost = True
            log.warning("bus_lost", reason=f"{type(error).__name__}: {error}")

    def _confirm(self, topic: str) -> None:
        confirmed = self._confirmed.pop(topic, None)
        if confirmed is not None and not confirmed.done():
            confirmed.set_result(None)

    def _confirm_all(self) -> None:
        for topic in list(self._confirmed):
            self._confirm(topic)


class RedisSubscription:
    def __init__(self, bus: RedisBus, subscriber: Subscriber) -> None:
        self._bus = bus
        self._subscriber = subscriber

    async def close(self) -> None:
        await self._bus.unsubscribe(self._subscriber)
