"""Keeping entries: write, publish, withdraw, archive; every version that was published stays."""

from collections.abc import Callable

from guildhall.chat.faq.lifecycle import EntryEvent, EntryState
from guildhall.chat.faq.model import Content, Deed, EntryVersion, FaqEntry
from guildhall.chat.faq.rules.writing import noted, tidied, turned, with_phrasings
from guildhall.chat.faq.service.context import Context
from guildhall.chat.faq.store import ENTRIES_MAX, NoSuchEntry
from guildhall.kit.errors import Conflict
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate


class Entries:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def begin(self, site: str, content: Content, by: str) -> FaqEntry:
        """A new draft. Raises NoSuchEntry for no site of ours, Invalid, Conflict when the site is full."""
        self.check_site(site)
        if await self._store.count(site) >= ENTRIES_MAX:
            raise Conflict(f"A site keeps {ENTRIES_MAX} entries, and this one does.")
        deed = self._deed("begin", by)
        entry = FaqEntry(
            id=new_id("faq", self._context.clock),
            created_at_ms=deed.at_ms,
            updated_at_ms=deed.at_ms,
            site=site,
            draft=tidied(content),
            changed_by=by,
        )
        await self._store.entries.add(noted(entry, deed))
        return await self.tell_audit(await self._store.entries.read(entry.id))

    async def edit(self, entry_id: str, content: Content, by: str, expected_rev: int | None = None) -> FaqEntry:
        """Write the draft anew; what people are answered with stays until it is published. Raises Conflict."""
        new, deed = tidied(content), self._deed("edit", by)

        def decide(seen: FaqEntry) -> FaqEntry:
            if expected_rev is not None and seen.rev != expected_rev:
                raise Conflict("Somebody else has written this entry meanwhile; look at it again.")
            if seen.draft == new:
                return seen
            return noted(seen.model_copy(update={"draft": new, "changed_by": by}), deed)

        return await self._change(entry_id, decide)

    async def turn(self, entry_id: str, event: EntryEvent, by: str) -> FaqEntry:
        """Publish, withdraw, archive, restore. Raises MoveRefused, and Invalid where something is missing."""
        deed = self._deed(event, by)
        entry = await self._change(entry_id, lambda seen: turned(seen, event, deed))
        if event is EntryEvent.PUBLISH:
            await self.keep_version(entry)
        return entry

    async def add_phrasings(self, entry_id: str, language: str, phrasings: tuple[str, ...], by: str) -> FaqEntry:
        """How people really put it: into the draft, and where it is published, published at once as a new version."""
        deed = self._deed("add_phrasings", by)

        def decide(seen: FaqEntry) -> FaqEntry:
            grown = seen.model_copy(update={"draft": with_phrasings(seen.draft, language, phrasings), "changed_by": by})
            if seen.published is not None and seen.published.in_language(language) is not None:
                published = with_phrasings(seen.published, language, phrasings)
                since_ms = seen.untrained_since_ms or deed.at_ms
                grown = grown.model_copy(
                    update={"published": published, "version": seen.version + 1, "untrained_since_ms": since_ms}
                )
            return noted(grown, deed)

        entry = await self._change(entry_id, decide)
        await self.keep_version(entry)
        return entry

    async def keep_version(self, entry: FaqEntry) -> None:
        """What is published now, for ever; once. The job does it too, before it trains."""
        if entry.published is None or not entry.version:
            return
        version = EntryVersion(
            id=f"{entry.id}/{entry.version:06}",
            created_at_ms=self._context.clock.now_ms(),
            entry_id=entry.id,
            version=entry.version,
            by=entry.changed_by,
            content=entry.published,
        )
        try:
            await self._store.versions.add(version)
        except Duplicate:
            return

    async def versions(self, entry_id: str) -> list[EntryVersion]:
        """The newest first."""
        await self._store.entries.read(entry_id)
        return await self._store.versions.find({"entry_id": entry_id}, sort=(("version", -1),), limit=200)

    async def answerable(self, entry_id: str) -> FaqEntry | None:
        """The entry, while it is published."""
        entry = await self._store.entries.get(entry_id)
        return entry if entry is not None and entry.state is EntryState.PUBLISHED else None

    async def tell_audit(self, entry: FaqEntry) -> FaqEntry:
        """What the audit log must still be told of it; again tells nothing twice."""
        for deed in entry.unaudited:
            await self._context.audit.record(
                deed.by, f"faq.{deed.action}", "faq_entry", entry.id, "allowed", key=deed.key, at_ms=deed.at_ms
            )
        told = {deed.key for deed in entry.unaudited}

        def decide(seen: FaqEntry) -> FaqEntry:
            left = tuple(deed for deed in seen.unaudited if deed.key not in told)
            if len(left) == len(seen.unaudited):
                return seen
            return seen.model_copy(update={"unaudited": left, "audit_due_at_ms": left[0].at_ms if left else 0})

        return await self._store.entries.change(entry.id, self._context.clock.now_ms(), decide)

    def check_site(self, site: str) -> None:
        if site not in self._context.sites:
            raise NoSuchEntry(f"There is no site {site!r}.")

    def _deed(self, action: str, by: str) -> Deed:
        clock = self._context.clock
        return Deed(key=new_id("fad", clock), action=action, by=by, at_ms=clock.now_ms())

    async def _change(self, entry_id: str, decide: Callable[[FaqEntry], FaqEntry]) -> FaqEntry:
        entry = await self._store.entries.change(entry_id, self._context.clock.now_ms(), decide)
        return await self.tell_audit(entry)
