"""A server that speaks OpenAI's Chat Completions and Responses, with every fault of a real one. Enter it to start it.

The first request of a turn (no stream) is answered with `plan`, the second (stream) with `tokens`; `faults` are used up
in order, one a request, before that.
"""

import asyncio
import json
import re
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol, Self

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


class Wire(Protocol):
    """How one of the two puts things; events are bodies of server-sent events."""

    def whole(self, text: str) -> dict[str, Any]: ...

    def piece(self, token: str) -> dict[str, Any]: ...

    def error(self) -> dict[str, Any]: ...

    def ending(self, fault: Fault) -> list[dict[str, Any] | str]: ...


class Completions:
    def whole(self, text: str) -> dict[str, Any]:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
        return {
            "id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage,
        }  # fmt: skip

    def piece(self, token: str) -> dict[str, Any]:
        return self._chunk({"delta": {"content": token}, "finish_reason": None})

    def error(self) -> dict[str, Any]:
        return {"error": {"message": "overloaded", "code": 503}}

    def ending(self, fault: Fault) -> list[dict[str, Any] | str]:
        finish = {Fault.FILTERED: "content_filter", Fault.TOO_LONG: "length"}.get(fault, "stop")
        usage = {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140}
        ends = [] if fault is Fault.NO_FINISH_BUT_USAGE else [self._chunk({"delta": {}, "finish_reason": finish})]
        return [*ends, {**self._chunk(None), "usage": usage}, "[DONE]"]

    def _chunk(self, choice: dict[str, Any] | None) -> dict[str, Any]:
        choices = [] if choice is None else [{"index": 0, **choice}]
        return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}


class Responses:
    def whole(self, text: str) -> dict[str, Any]:
        return self._response("completed", text, 120)

    def piece(self, token: str) -> dict[str, Any]:
        place = {"item_id": "m", "output_index": 0, "content_index": 0, "sequence_number": 1, "logprobs": []}
        return {"type": "response.output_text.delta", "delta": token, **place}

    def error(self) -> dict[str, Any]:
        return {"type": "error", "code": "503", "message": "overloaded", "param": None, "sequence_number": 2}

    def ending(self, fault: Fault) -> list[dict[str, Any] | str]:
        reason = {Fault.FILTERED: "content_filter", Fault.TOO_LONG: "max_output_tokens"}.get(fault)
        status = "completed" if reason is None else "incomplete"
        response = self._response(status, "", 140)
        if reason is not None:
            response["incomplete_details"] = {"reason": reason}
        return [{"type": f"response.{status}", "response": response, "sequence_number": 3}]

    def _response(self, status: str, text: str, tokens: int) -> dict[str, Any]:
        content = [{"type": "output_text", "text": text, "annotations": []}]
        usage = {
            "input_tokens": 100, "output_tokens": tokens - 100, "total_tokens": tokens,
            "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
        }  # fmt: skip
        message = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": content}
        return {
            "id": "r", "object": "response", "created_at": 1, "status": status, "model": "m", "output": [message],
            "usage": usage, "parallel_tool_calls": False, "tool_choice": "auto", "tools": [], "error": None,
            "incomplete_details": None,
        }  # fmt: skip


class FakeLlm:
    def __init__(self) -> None:
        self.plan: Callable[[dict[str, Any]], str] = first_entry
        self.tokens = [f"word{i} " for i in range(20)]
        self.faults: list[Fault] = []
        self.pace_seconds = 0.0
        """Between two tokens."""
        self.requests: list[dict[str, Any]] = []
        """Bodies; whichever API was asked, the prompt is under `messages`."""
        self.aborted = 0
        self.gate = asyncio.Event()
        """Cleared by a test that wants the stream to wait after CUT_AFTER tokens."""
        self.gate.set()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/responses", self._respond)
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
        return await self._answer(request, Completions())

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, Responses())

    async def _answer(self, request: web.Request, wire: Wire) -> web.StreamResponse:
        body = await request.json()
        body.setdefault("messages", body.get("input"))
        self.requests.append(body)
        fault = self.faults.pop(0) if self.faults else Fault.NONE
        if fault is Fault.RATE_LIMITED:
            headers = {"retry-after-ms": "20"}
            return web.json_response({"error": {"message": "slow down"}}, status=429, headers=headers)
        if fault is Fault.UNAVAILABLE:
            return web.json_response({"error": {"message": "boom"}}, status=500)
        if body.get("stream"):
            return await self._stream(request, wire, fault)
        return web.json_response(wire.whole(self.plan(body)))

    async def _stream(self, request: web.Request, wire: Wire, fault: Fault) -> web.StreamResponse:
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
                        await self._write(response, wire.error())
                        return response
                await self._write(response, wire.piece(token))
            for event in wire.ending(fault):
                await self._write(response, event)
        except (ConnectionResetError, asyncio.CancelledError):
            self.aborted += 1
            raise
        return response

    async def _write(self, response: web.StreamResponse, event: dict[str, Any] | str) -> None:
        body = event if isinstance(event, str) else json.dumps(event)
        await response.write(f"data: {body}\n\n".encode())
        await asyncio.sleep(self.pace_seconds)
