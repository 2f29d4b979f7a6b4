"""The port: messages to whoever listens now, in this process or another."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict

Receive: TypeAlias = Callable[[bytes], None]
OnGap: TypeAlias = Callable[[], None]


def ignore_gap() -> None:
    """For subscribers that lose nothing by missing messages, such as those of live pictures."""


class BusSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    redis_url: str | None = None
    """The Redis that connects the processes; None when there is only this one."""


class Subscription(Protocol):
    async def close(self) -> None:
        """Receive nothing any more; closing again does nothing."""
        ...


class Bus(Protocol):
    """Publish and subscribe, without memory: a message that nobody listens to is gone.

    So nothing that must arrive travels only here. A message is a hint that something was stored; subscribers read the
    store from where they were when `on_gap` is called, since messages may be missing then.
    """

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    @property
    def is_connected(self) -> bool:
        """Whether messages of other processes arrive just now; always, in a process that is alone."""
        ...

    async def publish(self, topic: str, body: bytes, *, key: str | None = None) -> int:
        """Send to every subscriber of `topic`, here and elsewhere; 0 when there was none or the bus is away.

        Otherwise the number of those reached, where a whole process may count as one. Never raises for a lost bus.
        With a `key`, only the newest matters: while the bus is slow, a message takes the place of the one with the
        same key that still waits. One without a key may be dropped then.
        """
        ...

    async def subscribe(self, topic: str, receive: Receive, on_gap: OnGap = ignore_gap) -> Subscription:
        """From when this returns, `receive` is called with each message of `topic`, in the order of each publisher.

        Both callbacks are quick and never wait: they run on the event loop, between messages. One that raises is
        logged, and harms no other.
        """
        ...
