"""The collections of the FAQ; the only file here that queries."""

from collections.abc import AsyncIterator, Callable

from guildhall.chat.faq.lifecycle import EntryState
from guildhall.chat.faq.model import Case, EntryVersion, FaqEntry, MatcherRecord, Unanswered
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Schema, Storage, gt, gte, lte
from guildhall.kit.storage.versioned import Documents

ENTRIES = Schema(
    "faq_entries", index=(("site", "state"), ("site", "updated_at_ms"), ("untrained_since_ms",), ("audit_due_at_ms",))
)
VERSIONS = Schema("faq_versions", index=(("entry_id", "version"),))
MATCHERS = Schema("faq_matchers", index=(("site",),))
CASES = Schema("faq_cases", index=(("site", "language"),))
UNANSWERED = Schema("faq_unanswered", index=(("site", "settled", "asked_at_ms"),))

PAGE = 500
ENTRIES_MAX = 5_000
"""Of one site: more are refused, so that a training always sees all of them."""
CASES_MAX = 2_000
UNANSWERED_MAX = 2_000
"""Open questions that are grouped at once, the newest; older ones come up when those are settled."""


class NoSuchEntry(NotFound):
    pass


def _none_of(noun: str) -> Callable[[str], NotFound]:
    def missing(document_id: str) -> NotFound:
        return NoSuchEntry(f"There is no {noun} {document_id}.")

    return missing


class FaqStore:
    """Used by the service and the job."""

    def __init__(self, storage: Storage) -> None:
        self.entries = Documents(storage.collection(ENTRIES), FaqEntry, _none_of("FAQ entry"))
        self.versions = Documents(storage.collection(VERSIONS), EntryVersion, _none_of("version"))
        self.matchers = Documents(storage.collection(MATCHERS), MatcherRecord, _none_of("matcher"))
        self.cases = Documents(storage.collection(CASES), Case, _none_of("regression case"))
        self.unanswered = Documents(storage.collection(UNANSWERED), Unanswered, _none_of("unanswered question"))

    async def ensure(self) -> None:
        await self.entries.ensure()
        await self.versions.ensure()
        await self.matchers.ensure()
        await self.cases.ensure()
        await self.unanswered.ensure()

    async def count(self, site: str) -> int:
        return await self.entries.count({"site": site})

    async def of_site(self, site: str, state: EntryState | None = None) -> list[FaqEntry]:
        """Those changed last come first."""
        where = {"site": site} | ({} if state is None else {"state": state.value})
        return await self.entries.find(where, sort=(("updated_at_ms", -1),), limit=ENTRIES_MAX)

    async def published(self, site: str) -> list[FaqEntry]:
        """By id, so that the same entries are always the same training."""
        where = {"site": site, "state": EntryState.PUBLISHED.value}
        return await self.entries.find(where, limit=ENTRIES_MAX)

    async def untrained_sites(self, until_ms: int) -> set[str]:
        """Where something has changed; a site whose training fails again and again hides none."""
        pages = self.entries.pages({"untrained_since_ms": gt(0) & lte(until_ms)}, limit=PAGE)
        return {entry.site async for page in pages for entry in page}

    def unaudited(self, until_ms: int) -> AsyncIterator[list[FaqEntry]]:
        return self.entries.pages({"audit_due_at_ms": gt(0) & lte(until_ms)}, limit=PAGE)

    async def matchers_of(self, site: str) -> list[MatcherRecord]:
        return await self.matchers.find({"site": site}, limit=100)

    async def cases_of(self, site: str, language: str) -> list[Case]:
        return await self.cases.find({"site": site, "language": language}, limit=CASES_MAX)

    async def open_questions(self, site: str, since_ms: int) -> list[Unanswered]:
        """The newest first."""
        where = {"site": site, "settled": "", "asked_at_ms": gte(since_ms)}
        return await self.unanswered.find(where, sort=(("asked_at_ms", -1),), limit=UNANSWERED_MAX)
