"""The one place that speaks with an AI: openai's client against any compatible server, in either dialect.

What the client leaves to us, as tried against 3.54: a stream that simply ends raises nothing and looks whole, so an end
without a finish reason and without the usage that we ask for is a cut; its timeout is for each read, so the whole has a
deadline of its own; and a connection that breaks in the middle is not tried again.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from guildhall.chat.answering.rules.breaking import Breaker
from guildhall.chat.answering.rules.grounding import Prompt
from guildhall.chat.answering.service.dialects import DIALECTS, AiFailed
from guildhall.chat.answering.settings import AiSettings
from guildhall.kit.clock import Clock
from guildhall.kit.logs import get_logger

CHARACTERS_A_TOKEN: Final = 3
"""Fewer than English has (4): budgets err to the safe side."""
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """The last thing of a stream. `is_whole` only where the server said so."""

    is_whole: bool
    tokens: int


class Ai:
    def __init__(self, settings: AiSettings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._client: Any = None
        self._dialect = DIALECTS[settings.api]
        self._breaker = Breaker(settings.failures_to_open, round(settings.rest_seconds * 1000))

    def state(self) -> tuple[str, str]:
        """Whether it is "on", "off" or "resting", and why."""
        if not self.settings.is_on:
            return "off", "no key and no address of a server are set (answering.ai)"
        if self._breaker.is_resting(self._clock.monotonic_ms()):
            return "resting", f"it failed {self._breaker.failures} times in a row; answers come from the FAQ meanwhile"
        return "on", ""

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def plan(self, prompt: Prompt) -> tuple[str, int]:
        """The text of a short answer, and the tokens it took. Raises AiFailed."""
        self._breaker = self._breaker.trying(self._clock.monotonic_ms())
        try:
            client = await self._open()
            async with asyncio.timeout(self.settings.total_seconds):
                text, used = await self._dialect.plan(client, self.settings, prompt)
        except Exception as error:
            raise self._failed(error) from error
        if not text:
            raise self._failed(AiFailed("empty"))
        self._breaker = self._breaker.succeeded()
        return text, used or estimate(prompt, text)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[str | Ended, None]:
        """Pieces of text, then `Ended`. Raises AiFailed, also in the middle; closing it closes the connection."""
        self._breaker = self._breaker.trying(self._clock.monotonic_ms())
        finish, tokens, length = "", 0, 0
        # Around each wait, not around the whole: what the reader of this generator does meanwhile is not the AI's time.
        try:
            client = await self._open()
            deadline = asyncio.get_running_loop().time() + self.settings.total_seconds
            async with asyncio.timeout_at(deadline):
                chunks = await self._dialect.open(client, self.settings, prompt)
            async with chunks, aclosing(self._dialect.pieces(chunks)) as pieces:
                while True:
                    async with asyncio.timeout_at(deadline):
                        kind, value = await anext(pieces)
                    if kind == "end":
                        break
                    if kind == "text":
                        length += len(value)
                        yield value
                    elif kind == "finish":
                        finish = value
                    else:
                        tokens = int(value)
        except Exception as error:
            raise self._failed(error) from error
        if finish == "content_filter":
            raise self._failed(AiFailed("filtered"))
        is_whole = finish == "stop" or (not finish and tokens > 0)
        if not is_whole and finish != "length":
            self._failed(AiFailed("cut"))
        else:
            self._breaker = self._breaker.succeeded()
        yield Ended(is_whole, tokens or estimate(prompt, "x" * length))

    async def _open(self) -> Any:
        if self._client is None:
            # Its import takes a second of CPU and more: not of the loop that everybody waits for.
            make = await asyncio.to_thread(_client_maker)
            if self._client is None:
                self._client = make(self.settings)
        return self._client

    def _failed(self, error: Exception) -> AiFailed:
        failure = error if isinstance(error, AiFailed) else AiFailed(_kind(error))
        self._breaker = self._breaker.failed(self._clock.monotonic_ms())
        log.warning("ai_failed", kind=failure.kind, reason=str(error)[:300])
        return failure


def _client_maker() -> Callable[[AiSettings], Any]:
    import httpx2
    from openai import AsyncOpenAI

    def make(settings: AiSettings) -> AsyncOpenAI:
        return AsyncOpenAI(
            api_key=settings.api_key or "none",  # it refuses to be made without one
            base_url=settings.base_url,
            timeout=httpx2.Timeout(settings.quiet_seconds, connect=settings.connect_seconds),
            max_retries=settings.retries,
        )

    return make


def _kind(error: Exception) -> str:
    import openai

    if isinstance(error, TimeoutError):
        return "too_slow"
    if isinstance(error, openai.APITimeoutError):
        return "stalled"
    if isinstance(error, openai.APIConnectionError):
        return "cut"
    if isinstance(error, openai.RateLimitError):
        return "rate_limited"
    if isinstance(error, openai.APIStatusError):
        return "unavailable" if error.status_code >= 500 else "refused"  # noqa: PLR2004 - of HTTP
    if isinstance(error, openai.APIError):
        return "error_in_stream"
    return "unreadable"


def estimate(prompt: Prompt, answer: str) -> int:
    """Tokens, from above, where a server does not count them."""
    return (sum(len(one["content"]) for one in prompt) + len(answer)) // CHARACTERS_A_TOKEN + 1
