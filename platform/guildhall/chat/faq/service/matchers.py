"""The matchers that this process answers with: loaded once, exchanged for the next one while they go on answering."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from guildhall.chat.faq.model import MatcherRecord
from guildhall.chat.faq.rules.bands import COLD, Match, match
from guildhall.chat.faq.rules.matching import Matcher, NoMatcher, from_bytes
from guildhall.chat.faq.service.context import Context
from guildhall.kit.bus import Subscription
from guildhall.kit.errors import Unavailable
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner

TOPIC: Final = "faq.matchers"
"""Carries the id of a record that has a new matcher."""
LOADED_MAX: Final = 200
"""Matchers of sites and languages in one process (policy: drop the one asked longest ago)."""
log = get_logger(__name__)


@dataclass(slots=True)
class Loaded:
    record: MatcherRecord | None
    matcher: Matcher | None
    looked_at_ms: int


def record_id(site: str, language: str) -> str:
    return f"{site}/{language}"


def blob_key(site: str, language: str, matcher: str) -> str:
    return f"faq/{site}/{language}/{matcher}"


class Matchers:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._loaded: dict[str, Loaded] = {}
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._tasks = TaskOwner("faq-matchers")
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        def hear(body: bytes) -> None:
            if (known := self._loaded.get(body.decode())) is not None:
                known.looked_at_ms = 0

        def look_again() -> None:
            for known in self._loaded.values():
                known.looked_at_ms = 0

        self._subscription = await self._context.bus.subscribe(TOPIC, hear, look_again)

    async def close(self) -> None:
        if self._subscription is not None:
            await self._subscription.close()
        await self._tasks.close()

    async def match(self, site: str, language: str, text: str) -> tuple[Match, MatcherRecord | None]:
        """What a question means there, and by which matcher. Never waits for a newer one, only for the first."""
        loaded = await self.of(site, language)
        bands = COLD if loaded.record is None else loaded.record.bands
        if loaded.matcher is not None and loaded.matcher.is_slow:
            return await asyncio.to_thread(match, loaded.matcher, bands, text), loaded.record
        return match(loaded.matcher, bands, text), loaded.record

    async def language(self, site: str, locale: str) -> str:
        """The language to look in: the asker's own where something is published in it, else the owner's."""
        own = locale.replace("_", "-").partition("-")[0].lower()
        if own and own != self._context.settings.language and own.isascii() and own.isalpha():
            loaded = await self.of(site, own)
            if loaded.record is not None and loaded.record.entries:
                return own
        return self._context.settings.language

    async def of(self, site: str, language: str) -> Loaded:
        key = record_id(site, language)
        known = self._loaded.pop(key, None)
        if known is None:
            await self._refresh(key)
            known = self._loaded.pop(key)
        self._loaded[key] = known
        if len(self._loaded) > LOADED_MAX:
            del self._loaded[next(iter(self._loaded))]
        age_ms = self._context.clock.now_ms() - known.looked_at_ms
        if age_ms > self._context.settings.refresh_seconds * 1000 and key not in self._loading:
            self._loading[key] = self._tasks.start("refresh", self._refresh_aside(key))
        return known

    async def settle(self) -> None:
        """Wait for what is being loaded; for tests and for whoever has just trained."""
        await asyncio.gather(*self._loading.values(), return_exceptions=True)

    async def load(self, record: MatcherRecord) -> Matcher | None:
        """The matcher of a record. Raises NoMatcher where its blob is gone or is no matcher."""
        if not record.matcher:
            return None
        blob = await self._context.blobs.get(blob_key(record.site, record.language, record.matcher))
        if blob is None:
            raise NoMatcher(f"The matcher {record.matcher} is gone.")
        matcher = await asyncio.to_thread(from_bytes, blob.body)
        return replace(matcher, embedder=self._context.embedder)

    async def _refresh_aside(self, key: str) -> None:
        try:
            await self._refresh(key)
        except (StorageUnavailable, Unavailable) as error:
            log.warning("matcher_not_refreshed", matcher=key, reason=str(error))
        finally:
            self._loading.pop(key, None)

    async def _refresh(self, key: str) -> None:
        now_ms = self._context.clock.now_ms()
        record = await self._context.store.matchers.get(key)
        known = self._loaded.get(key)
        if known is not None and known.record is not None and record is not None:
            is_same = known.record.matcher == record.matcher
            if is_same and (known.matcher is not None or not record.matcher):
                known.record, known.looked_at_ms = record, now_ms
                return
        try:
            matcher = None if record is None else await self.load(record)
        except NoMatcher as fault:
            # Replaced while it was read, or damaged: the one before goes on, and the next look tries again.
            log.warning("matcher_not_loaded", matcher=key, reason=str(fault))
            if known is not None:
                known.looked_at_ms = now_ms
                return
            matcher, record = None, None
        self._loaded[key] = Loaded(record, matcher, now_ms)
