"""Who listens to what in this process; both buses hand their messages to it."""

from collections.abc import Callable
from functools import partial

from guildhall.kit.bus.bus import OnGap, Receive
from guildhall.kit.logs import get_logger

log = get_logger(__name__)


class Subscriber:
    """One subscription's callbacks."""

    __slots__ = ("on_gap", "receive", "topic")

    def __init__(self, topic: str, receive: Receive, on_gap: OnGap) -> None:
        self.topic = topic
        self.receive = receive
        self.on_gap = on_gap


class Subscribers:
    def __init__(self) -> None:
        self._by_topic: dict[str, list[Subscriber]] = {}

    @property
    def topics(self) -> list[str]:
        return list(self._by_topic)

    def add(self, subscriber: Subscriber) -> bool:
        """True when it is the first of its topic."""
        listeners = self._by_topic.setdefault(subscriber.topic, [])
        listeners.append(subscriber)
        return len(listeners) == 1

    def remove(self, subscriber: Subscriber) -> bool:
        """True when it was there and the last of its topic."""
        listeners = self._by_topic.get(subscriber.topic, [])
        if subscriber not in listeners:
            return False
        listeners.remove(subscriber)
        if not listeners:
            del self._by_topic[subscriber.topic]
        return not listeners

    def deliver(self, topic: str, body: bytes) -> int:
        listeners = list(self._by_topic.get(topic, ()))
        for subscriber in listeners:
            _call(subscriber.topic, partial(subscriber.receive, body))
        return len(listeners)

    def tell_of_gap(self) -> None:
        for listeners in list(self._by_topic.values()):
            for subscriber in list(listeners):
                _call(subscriber.topic, subscriber.on_gap)

    def clear(self) -> None:
        self._by_topic.clear()


def _call(topic: str, callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception:
        log.exception("subscriber_crashed", topic=topic)
