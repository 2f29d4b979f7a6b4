"""The API's own description, made when somebody first asks for it.

Over all routes it is a second of work, which no start of a process has to wait for.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from guildhall.kit.http.docs_page import POLICY, render_docs, render_problem
from guildhall.kit.http.problems import Registry


class Publication:
    """The OpenAPI document and its page, byte for byte; made once, in a thread, however many ask meanwhile.

    `mount_v1` serves both. Whoever gives up waiting leaves the work running for who asks next; what could not be made
    is told to those who waited for it, and tried again for the next.
    """

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make = make
        self._making: asyncio.Future[tuple[bytes, str]] | None = None

    async def document(self) -> bytes:
        return (await self._made())[0]

    async def page(self) -> str:
        return (await self._made())[1]

    async def _made(self) -> tuple[bytes, str]:
        if self._making is None or _has_failed(self._making):
            self._making = asyncio.ensure_future(asyncio.to_thread(self._write))
        return await asyncio.shield(self._making)

    def _write(self) -> tuple[bytes, str]:
        document = self._make()
        return orjson.dumps(document), render_docs(document)


def _has_failed(made: asyncio.Future[tuple[bytes, str]]) -> bool:
    return made.done() and (made.cancelled() or made.exception() is not None)


def make_document_handler(publication: Publication) -> Handler:
    """Of /v1/openapi.json."""

    async def openapi(_: web.Request) -> web.StreamResponse:
        body = await publication.document()
        return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "no-cache"})

    return openapi


def add_docs(router: web.UrlDispatcher, publication: Publication, registry: Registry) -> None:
    """`/docs`, and a page for every type of problem."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}

    async def docs(_: web.Request) -> web.Response:
        return web.Response(text=await publication.page(), content_type="text/html", headers=headers)

    async def problem(request: web.Request) -> web.Response:
        page = render_problem(request.match_info["kind"], registry)
        return web.Response(text=page, content_type="text/html", headers=headers)

    router.add_get("/docs", docs)
    router.add_get("/problems/{kind}", problem)
