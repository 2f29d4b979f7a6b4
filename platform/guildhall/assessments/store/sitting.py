"""What the sitting of exams leaves behind beside attempts and answers: files, outages of ours, and heartbeats."""

from guildhall.assessments.model.attempts import Outage, StoredFile
from guildhall.kit.storage import Change, Collection, Duplicate, Schema, Storage, gte, lte

FILES = Schema("assessments_files", index=(("attempt_id",),))
OUTAGES = Schema("assessments_outages", index=(("ended_at_ms",), ("settled",)))
BEATS = Schema("assessments_beats", index=(("at_ms",),))

PAGE = 200


class SittingStore:
    """A part of `AssessmentsStore`."""

    def __init__(self, storage: Storage) -> None:
        self._files = storage.collection(FILES)
        self._outages = storage.collection(OUTAGES)
        self._beats = storage.collection(BEATS)

    @property
    def sitting_collections(self) -> tuple[Collection, ...]:
        return self._files, self._outages, self._beats

    # --- files that candidates answer with

    async def file(self, attempt_id: str, sha256: str) -> StoredFile | None:
        found = await self._files.get(f"{attempt_id}/{sha256}")
        return None if found is None else StoredFile.model_validate(found)

    async def count_files(self, attempt_id: str) -> int:
        return await self._files.count({"attempt_id": attempt_id})

    async def keep_file(self, file: StoredFile) -> None:
        """The first name of the same bytes stays."""
        try:
            await self._files.insert(file.model_dump(mode="json", by_alias=True))
        except Duplicate:
            return

    # --- outages: found by the gap between the heartbeats of those who serve

    async def beat(self, owner: str, at_ms: int) -> None:
        await self._beats.upsert(owner, {}, Change(set={"at_ms": at_ms}))

    async def newest_beat_ms(self) -> int | None:
        found = await self._beats.find(sort=(("at_ms", -1),), limit=1)
        return int(found[0]["at_ms"]) if found else None

    async def forget_beats(self, before_ms: int) -> None:
        await self._beats.delete({"at_ms": lte(before_ms)})

    async def add_outage(self, outage: Outage) -> None:
        """The first to name an outage decides how long it was; whoever comes later changes nothing."""
        try:
            await self._outages.insert(outage.model_dump(mode="json", by_alias=True))
        except Duplicate:
            return

    async def outages_since(self, at_ms: int) -> list[Outage]:
        """All that ended at or after this moment, in the order of their ends."""
        found: list[Outage] = []
        while page := await self._outages.find({"ended_at_ms": gte(at_ms)}, sort=(("ended_at_ms", 1),), limit=PAGE):
            outages = [Outage.model_validate(document) for document in page]
            known = {outage.id for outage in found}
            found += [outage for outage in outages if outage.id not in known]
            if len(page) < PAGE or outages[-1].ended_at_ms == at_ms:
                break
            at_ms = outages[-1].ended_at_ms
        return found

    async def newest_outage_end_ms(self) -> int | None:
        found = await self._outages.find(sort=(("ended_at_ms", -1),), limit=1)
        return int(found[0]["ended_at_ms"]) if found else None

    async def outages_unsettled(self) -> list[Outage]:
        found = await self._outages.find({"settled": False}, limit=PAGE)
        return [Outage.model_validate(document) for document in found]

    async def settle_outage(self, outage_id: str) -> None:
        await self._outages.update_if(outage_id, {}, Change(set={"settled": True}))
