"""Somebody else's system that takes webhooks: verifies each with the standard's own library, says what it is told."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook

from guildhall.notifications.webhooks.rules.delivering import Answered


@dataclass
class Receiver:
    """`received` holds what was verified, in the order of its coming; `answers` by path what it says, else 204."""

    url: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    """By path."""
    received: list[tuple[str, str, Any]] = field(default_factory=list)
    """Path, webhook-id, and the body."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def types(self, path: str) -> list[str]:
        return [body["type"] for where, _, body in self.received if where == path]

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.path in self.secrets:
            told = Webhook(self.secrets[request.path]).verify(body, dict(request.headers))
            self.received.append((request.path, request.headers["webhook-id"], told))
        answer = self.answers.get(request.path)
        return web.Response(**({"status": 204} if answer is None else answer))


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", receiver.take)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("")).rstrip("/")
        yield receiver


@dataclass
class ScriptedSender:
    """A way out that leads nowhere: answers by URL what it is told to, 204 where it is told nothing."""

    answers: dict[str, Answered] = field(default_factory=dict)
    posted: list[tuple[str, str]] = field(default_factory=list)
    """URL and webhook-id, in the order in which they left."""

    def running(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def post(self, url: str, _body: bytes, headers: Mapping[str, str]) -> Answered:
        self.posted.append((url, headers["webhook-id"]))
        return self.answers.get(url, Answered(204, 1))
