"""The bus between processes: Redis pub/sub, over connections that may break at any moment."""

import asyncio
import random
from contextlib import suppress

from guildhall.kit.bus.bus import OnGap, Receive, ignore_gap
from guildhall.kit.bus.publishing import Publisher
from guildhall.kit.bus.redis_line import Line, LineLost, open_line
from guildhall.kit.bus.subscribers import Subscriber, Subscribers
from guildhall.kit.ids import CROCKFORD_BASE32
from guildhall.kit.logs import get_logger
from guildhall.kit.tasks import TaskOwner

_CONNECT_SECONDS = 2.0
_IDLE_SECONDS = 10.0  # of silence before a ping, and again before the connection counts as lost
_CONFIRM_SECONDS = 2.0
_WATCH_SECONDS = 0.5  # between looks at whether Redis still answers what is published
_BACKOFF_FIRST_SECONDS = 0.05
_BACKOFF_MAX_SECONDS = 2.0
log = get_logger(__name__)


class RedisBus:
    """Listens on one connection and publishes on another.

    Messages are handed over as they are read, without a queue of our own. A process too slow for its messages is cut
    off by Redis (`client-output-buffer-limit pubsub`), reconnects, and its subscribers are told of the gap.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._publisher = Publisher(url, _CONNECT_SECONDS)
        self._subscribers = Subscribers()
        self._tasks = TaskOwner("redis bus")
        self._line: Line | None = None  # that listens
        self._heard_at_seconds = 0.0
        self._confirmed: dict[str, asyncio.Future[None]] = {}
        self._attempted: asyncio.Future[None] | None = None
        self._is_lost = False
        # Subscribed last on every connection: once it is confirmed, so is everything before it.
        self._own_topic = "bus-" + "".join(random.choices(CROCKFORD_BASE32, k=16))  # noqa: S311  no secret

    @property
    def is_connected(self) -> bool:
        return self._line is not None and not self._is_lost

    async def start(self) -> None:
        """Begin to listen; when Redis is away, go on trying in the background."""
        self._attempted = asyncio.get_running_loop().create_future()
        self._tasks.start("listen", self._listen())
        self._tasks.start("watch", self._watch())
        await asyncio.wait([self._attempted], timeout=_CONNECT_SECONDS)

    async def close(self) -> None:
        await self._tasks.close()
        self._subscribers.clear()
        await self._publisher.close()

    async def publish(self, topic: str, body: bytes, *, key: str | None = None) -> int:
        try:
            return await self._publisher.publish(topic.encode(), body, None if key is None else key.encode())
        except LineLost as failure:
            self._note_loss(failure)
            return 0

    async def subscribe(self, topic: str, receive: Receive, on_gap: OnGap = ignore_gap) -> "RedisSubscription":
        subscriber = Subscriber(topic, receive, on_gap)
        if self._subscribers.add(subscriber) and self._line is not None:
            self._confirmed.setdefault(topic, asyncio.get_running_loop().create_future())
            self._line.say(b"SUBSCRIBE", topic.encode())
        if (confirmed := self._confirmed.get(topic)) is not None:
            await asyncio.wait([confirmed], timeout=_CONFIRM_SECONDS)
        return RedisSubscription(self, subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        if self._subscribers.remove(subscriber) and self._line is not None:
            self._line.say(b"UNSUBSCRIBE", subscriber.topic.encode())

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                line = await open_line(self._url, _CONNECT_SECONDS, self._take)
            except LineLost as failure:
                failures += 1
                self._note_loss(failure)
            else:
                failures = 0
                await self._keep_listening(line)
                self._note_loss(LineLost("the connection to Redis was lost"))
            self._attempt_is_over()
            longest = min(_BACKOFF_MAX_SECONDS, _BACKOFF_FIRST_SECONDS * 2**failures)
            await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  so that processes do not come all at once

    async def _keep_listening(self, line: Line) -> None:
        """Until the connection ends, or has been silent to a ping."""
        loop = asyncio.get_running_loop()
        self._line, self._heard_at_seconds = line, loop.time()
        try:
            line.say(b"SUBSCRIBE", *(topic.encode() for topic in (*self._subscribers.topics, self._own_topic)))
            while not line.lost.done():
                with suppress(TimeoutError):
                    async with asyncio.timeout(_IDLE_SECONDS):
                        await asyncio.shield(line.lost)
                silent_seconds = loop.time() - self._heard_at_seconds
                if silent_seconds > 2 * _IDLE_SECONDS:
                    return
                if silent_seconds > _IDLE_SECONDS / 2:
                    line.say(b"PING")
        finally:
            self._line = None
            await line.end()
            for topic in list(self._confirmed):
                self._confirm(topic)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            self._publisher.end_if_silent()

    def _take(self, push: list[bytes]) -> None:
        self._heard_at_seconds = asyncio.get_running_loop().time()
        kind = push[0]
        if kind == b"message":
            self._subscribers.deliver(push[1].decode(), push[2])
        elif kind == b"subscribe":
            topic = push[1].decode()
            self._confirm(topic)
            if topic == self._own_topic:
                self._resumed()
                self._attempt_is_over()

    def _attempt_is_over(self) -> None:
        if self._attempted is not None and not self._attempted.done():
            self._attempted.set_result(None)

    def _resumed(self) -> None:
        self._publisher.resume()
        if self._is_lost:
            self._is_lost = False
            log.info("bus_regained", topics=len(self._subscribers.topics))
        self._subscribers.tell_of_gap()

    def _note_loss(self, failure: Exception) -> None:
        if not self._is_lost:
            self._is_lost = True
            log.warning("bus_lost", reason=str(failure))

    def _confirm(self, topic: str) -> None:
        confirmed = self._confirmed.pop(topic, None)
        if confirmed is not None and not confirmed.done():
            confirmed.set_result(None)


class RedisSubscription:
    def __init__(self, bus: RedisBus, subscriber: Subscriber) -> None:
        self._bus = bus
        self._subscriber = subscriber

    async def close(self) -> None:
        self._bus.unsubscribe(self._subscriber)
