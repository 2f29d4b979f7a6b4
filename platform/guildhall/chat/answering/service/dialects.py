"""The two ways to ask an AI, behind one port: Chat Completions, which every compatible server speaks, and Responses.

Either gives a plan as text, and a stream as pieces of four kinds: "text", "usage" (tokens), "finish" ("stop", "length"
or "content_filter") and "end". A stream that ends without a finish was cut, whatever the client makes of it.
"""

from collections.abc import AsyncGenerator
from types import MappingProxyType
from typing import Any, Final, Protocol

from guildhall.chat.answering.rules.grounding import Prompt
from guildhall.chat.answering.settings import AiSettings

PLAN_TOKENS: Final = 200
Pieces = AsyncGenerator[tuple[str, str], None]


class AiFailed(Exception):
    """`kind` is a word for the why card: rate_limited, unavailable, refused, stalled, cut, too_slow, filtered..."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Dialect(Protocol):
    """`client` is openai's `AsyncOpenAI`; whatever it raises goes through."""

    async def plan(self, client: Any, settings: AiSettings, prompt: Prompt) -> tuple[str, int]:
        """The text, "" where there is none, and the tokens it took, 0 where the server does not count."""
        ...

    async def open(self, client: Any, settings: AiSettings, prompt: Prompt) -> Any:
        """A stream, to be entered and given to `pieces`."""
        ...

    def pieces(self, stream: Any) -> Pieces:
        """Raises AiFailed where the stream itself says so."""
        ...


class ChatCompletions:
    async def plan(self, client: Any, settings: AiSettings, prompt: Prompt) -> tuple[str, int]:
        found = await client.chat.completions.create(
            model=settings.model, messages=prompt, max_tokens=PLAN_TOKENS, temperature=0
        )
        text = found.choices[0].message.content if found.choices else None
        return text or "", found.usage.total_tokens if found.usage is not None else 0

    async def open(self, client: Any, settings: AiSettings, prompt: Prompt) -> Any:
        return await client.chat.completions.create(
            model=settings.model,
            messages=prompt,
            max_tokens=settings.answer_tokens,
            stream=True,
            stream_options={"include_usage": True},
        )

    async def pieces(self, stream: Any) -> Pieces:
        async for chunk in stream:
            if chunk.usage is not None:
                yield "usage", str(chunk.usage.total_tokens)
            for choice in chunk.choices[:1]:
                if choice.delta is not None and choice.delta.content:
                    yield "text", choice.delta.content
                if choice.finish_reason:
                    yield "finish", choice.finish_reason
        yield "end", ""


class Responses:
    """Nothing is kept on the other side (`store` is off): the conversation is ours."""

    async def plan(self, client: Any, settings: AiSettings, prompt: Prompt) -> tuple[str, int]:
        found = await client.responses.create(
            model=settings.model, input=prompt, max_output_tokens=PLAN_TOKENS, temperature=0, store=False
        )
        if found.error is not None:
            raise AiFailed("refused")
        return found.output_text or "", found.usage.total_tokens if found.usage is not None else 0

    async def open(self, client: Any, settings: AiSettings, prompt: Prompt) -> Any:
        return await client.responses.create(
            model=settings.model, input=prompt, max_output_tokens=settings.answer_tokens, stream=True, store=False
        )

    async def pieces(self, stream: Any) -> Pieces:
        async for event in stream:
            match event.type:
                case "response.output_text.delta":
                    yield "text", event.delta
                case "response.refusal.delta":
                    yield "finish", "content_filter"
                case "response.completed" | "response.incomplete":
                    if event.response.usage is not None:
                        yield "usage", str(event.response.usage.total_tokens)
                    yield "finish", _finish(event.response)
                case "response.failed" | "error":
                    raise AiFailed("error_in_stream")
        yield "end", ""


def _finish(response: Any) -> str:
    """In the words of Chat Completions."""
    if response.status != "incomplete":
        return "stop"
    reason = response.incomplete_details.reason if response.incomplete_details is not None else ""
    return "content_filter" if reason == "content_filter" else "length"


DIALECTS: Final = MappingProxyType[str, Dialect]({"chat_completions": ChatCompletions(), "responses": Responses()})
"""By `answering.ai.api`."""
