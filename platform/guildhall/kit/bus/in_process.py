"""The bus of a process that is alone."""

from guildhall.kit.bus.bus import OnGap, Receive, ignore_gap
from guildhall.kit.bus.subscribers import Subscriber, Subscribers


class InProcessBus:
    """Delivers while `publish` runs: no queue, nothing to overflow, never a gap."""

    def __init__(self) -> None:
        self._subscribers = Subscribers()

    @property
    def is_connected(self) -> bool:
        return True

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        self._subscribers.clear()

    async def publish(self, topic: str, body: bytes, *, key: str | None = None) -> int:  # noqa: ARG002 - never slow
        return self._subscribers.deliver(topic, body)

    async def subscribe(self, topic: str, receive: Receive, on_gap: OnGap = ignore_gap) -> "InProcessSubscription":
        subscriber = Subscriber(topic, receive, on_gap)
        self._subscribers.add(subscriber)
        return InProcessSubscription(self._subscribers, subscriber)


class InProcessSubscription:
    def __init__(self, subscribers: Subscribers, subscriber: Subscriber) -> None:
        self._subscribers = subscribers
        self._subscriber = subscriber

    async def close(self) -> None:
        self._subscribers.remove(self._subscriber)
