"""An unmodified Socket.IO client, as a page has one: connects with a token, calls events, keeps what it is told."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import socketio


class SocketClient:
    def __init__(self, base_url: str, namespace: str, token: str, **page: Any) -> None:
        """`page` and `returning`: what a page says of itself, see `kit.sockets.PageSaid`."""
        self._base_url = base_url
        self._page = page
        self._namespace = namespace
        self._token = token
        self._client = socketio.AsyncClient(reconnection=False)
        self._told = asyncio.Condition()
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.refusal: dict[str, Any] | None = None
        self._client.on("*", self._hear, namespace=namespace)
        self._client.on("connect_error", self._refused, namespace=namespace)

    async def __aenter__(self) -> Self:
        await self._client.connect(
            self._base_url,
            namespaces=[self._namespace],
            auth={"token": self._token, **self._page},
            transports=["websocket"],
            wait_timeout=10,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.disconnect()

    @property
    def connected(self) -> bool:
        return self._namespace in self._client.namespaces

    async def call(self, event: str, *arguments: Any, seconds: float = 10) -> dict[str, Any]:
        """The acknowledgement; `arguments` is usually one object."""
        data = arguments[0] if len(arguments) == 1 else arguments
        answer: dict[str, Any] = await self._client.call(event, data, namespace=self._namespace, timeout=seconds)
        return answer

    async def agree(self) -> dict[str, Any]:
        """As a candidate's page does before it opens the camera: agree to all that is asked; the admission then."""
        told = await self.hear(lambda event, _: event == "admission")
        answers = [{"signal": one["signal"], "text_hash": one["text_hash"], "given": True} for one in told["consents"]]
        return await self.call("consent", {"answers": answers})

    async def emit(self, event: str, message: dict[str, Any]) -> None:
        await self._client.emit(event, message, namespace=self._namespace)

    async def hear(self, wanted: Callable[[str, dict[str, Any]], bool], seconds: float = 10) -> dict[str, Any]:
        """The first message told so far, or from now on, for which `wanted(event, message)` holds."""
        async with asyncio.timeout(seconds), self._told:
            while True:
                for event, message in self.told:
                    if wanted(event, message):
                        return message
                await self._told.wait()

    async def _hear(self, event: str, message: dict[str, Any]) -> None:
        async with self._told:
            self.told.append((event, message))
            self._told.notify_all()
        if event == "tile":  # shown at once, as a wall that keeps up does
            await self.emit("seen", {"session_id": message["session_id"], "number": message["number"]})

    async def _refused(self, refusal: dict[str, Any]) -> None:
        self.refusal = refusal
