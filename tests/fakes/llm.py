"""A server that speaks OpenAI's Chat Completions, with every fault that a real one has. Enter it to start it.

The first request of a turn (no stream) is answered with `plan`, the second (stream) with `tokens`; `faults` are used up
in order, one a request, before that.
"""

import asyncio
import json
import re
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

CUT_AFTER = 6


class Fault(StrEnum):
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    CUT = "cut"  # the connection breaks after some tokens
    STALL = "stall"  # nothing more comes, and the connection stays
    SILENT_END = "silent_end"  # the stream ends cleanly, with neither finish reason nor usage
    ERROR_INSIDE = "error_inside"
    FILTERED = "filtered"
    TOO_LONG = "too_long"
    NO_FINISH_BUT_USAGE = "no_finish_but_usage"  # as some compatible servers do: whole all the same
    NONE = "none"


def given_ids(request: dict[str, Any]) -> list[str]:
    return re.findall(r'"id": "(faq_\w+)"', request["messages"][-1]["content"])


def first_entry(request: dict[str, Any]) -> str:
    return json.dumps({"action": "answer", "used_ids": given_ids(request)[:1]})


class FakeLlm:
    def __init__(self) -> None:
        self.plan: Callable[[dict[str, Any]], str] = first_entry
        self.tokens = [f"word{i} " for i in range(20)]
        self.faults: list[Fault] = []
        self.pace_seconds = 0.0
        """Between two tokens."""
        self.requests: list[dict[str, Any]] = []
        self.aborted = 0
        self.gate = asyncio.Event()
        """Cleared by a test that wants the stream to wait after CUT_AFTER tokens."""
        self.gate.set()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        self._server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self._server.make_url("/v1"))

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gate.set()
        await self._server.close()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        if fault is Fault.RATE_LIMITED:
            headers = {"retry-after-ms": "20"}
            return web.json_response({"error": {"message": "slow down"}}, status=429, headers=headers)
        if fault is Fault.UNAVAILABLE:
            return web.json_response({"error": {"message": "boom"}}, status=500)
        if body.get("stream"):
            return await self._stream(request, fault)
        message = {"role": "assistant", "content": self.plan(body)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        return web.json_response(
            {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
        )

    async def _stream(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        try:
            for i, token in enumerate(self.tokens):
                if i == CUT_AFTER:
                    await self.gate.wait()
                    if fault is Fault.CUT:
                        assert request.transport is not None
                        request.transport.abort()
                        return response
                    if fault is Fault.STALL:
                        await asyncio.sleep(60)
                    if fault is Fault.SILENT_END:
                        return response
                    if fault is Fault.ERROR_INSIDE:
                        await response.write(b'data: {"error":{"message":"overloaded","code":503}}\n\n')
                        return response
                await self._chunk(response, {"delta": {"content": token}, "finish_reason": None})
            if fault is not Fault.NO_FINISH_BUT_USAGE:
                finish = {Fault.FILTERED: "content_filter", Fault.TOO_LONG: "length"}.get(fault, "stop")
                await self._chunk(response, {"delta": {}, "finish_reason": finish})
            await self._chunk(response, None)
            await response.write(b"data: [DONE]\n\n")
        except (ConnectionResetError, asyncio.CancelledError):
            self.aborted += 1
            raise
        return response

    async def _chunk(self, response: web.StreamResponse, choice: dict[str, Any] | None) -> None:
        chunk: dict[str, Any] = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        chunk["choices"] = [] if choice is None else [{"index": 0, **choice}]
        if choice is None:
            chunk["usage"] = {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140}
        await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        await asyncio.sleep(self.pace_seconds)
