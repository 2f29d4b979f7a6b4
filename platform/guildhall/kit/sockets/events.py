"""Which events a namespace takes: declared beside their handlers, so that nothing else can be called from outside."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

from guildhall.kit.sockets.messages import Message

Answer: TypeAlias = "Message | Awaitable[Message | None] | None"
_RESERVED = frozenset({"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
_MARK = "_socket_event"
N = TypeVar("N")
P = TypeVar("P")
M = TypeVar("M", bound=Message)
R = TypeVar("R", bound="Answer | Awaitable[Answer]")


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one connection may send an event, and how large: a token bucket and a size."""

    per_second: float
    burst: int
    max_bytes: int = 16_000
    is_text: bool = False
    """The event may hold long texts, up to `max_bytes`; then the number of its values is bounded instead."""


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    message: type[Message]
    limit: Limit
    field_count: int = field(init=False)
    """Of `message`: asked for with every event that comes in."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "field_count", len(self.message.model_fields))


@dataclass(frozen=True, slots=True)
class Handler:
    """An event and the method, bound to its namespace, that takes it."""

    event: Event
    take: Callable[[Any, Any], Any]
    """Of an awaitable, or of the answer itself when `is_plain`."""
    is_plain: bool
    """Whether it never waits: it is then called as its packet is read, without a task or a timer."""


def on(name: str, message: type[M], limit: Limit) -> Callable[[Callable[[N, P, M], R]], Callable[[N, P, M], R]]:
    """Declare that the method below takes event `name`, whose one argument is read as `message`.

    What the method gives is the acknowledgement: a message, nothing, or an awaitable of either. With an awaitable
    the ordered part is over: later events run while the acknowledgement is awaited.

    A plain `def` costs a third of an `async def`, and is for what comes often and need not wait, such as frames.
    """
    if name in _RESERVED:
        raise ValueError(f"An event may not be called {name!r}: Socket.IO uses that name itself.")

    def declare(method: Callable[[N, P, M], R]) -> Callable[[N, P, M], R]:
        setattr(method, _MARK, Event(name, message, limit))
        return method

    return declare


def declared_handlers(namespace: object, limits: Mapping[str, Limit]) -> Mapping[str, Handler]:
    """The handlers of a namespace by event name.

    `limits` by event name stand in for the declared ones, where a limit follows from a setting. Raises ValueError when
    two methods take the same event, or a limit is for an event that none takes.
    """
    handlers: dict[str, Handler] = {}
    for attribute in dir(type(namespace)):
        event = getattr(getattr(type(namespace), attribute), _MARK, None)
        if not isinstance(event, Event):
            continue
        if event.name in handlers:
            raise ValueError(f"Two methods of {type(namespace).__name__} take the event {event.name!r}.")
        limited = replace(event, limit=limits.get(event.name, event.limit))
        method = getattr(namespace, attribute)
        handlers[event.name] = Handler(limited, method, is_plain=not inspect.iscoroutinefunction(method))
    for name in limits.keys() - handlers.keys():
        raise ValueError(f"{type(namespace).__name__} limits {name!r}, an event that it does not take.")
    return handlers
