"""The chunks of signal logs, and the rule sets they were judged by."""

from guildhall.kit.storage import Change, Document, Duplicate, Schema, Storage, gt
from guildhall.proctoring.model.signals import Chunk
from guildhall.proctoring.settings import RuleSettings

CHUNKS = Schema("proctoring_signals", unique=(("session_id", "number"),))
RULE_SETS = Schema("proctoring_rule_sets")
KEYS = Schema("proctoring_keys")


class SignalStore:
    """One document a chunk: inserting it is the fence between owners, since a number is taken once."""

    def __init__(self, storage: Storage) -> None:
        self._chunks = storage.collection(CHUNKS)
        self._rule_sets = storage.collection(RULE_SETS)
        self._keys = storage.collection(KEYS)

    async def ensure(self) -> None:
        await self._chunks.ensure()
        await self._rule_sets.ensure()
        await self._keys.ensure()

    async def add(self, chunk: Chunk) -> bool:
        """False when its number is taken by another one; the very same again is fine."""
        document = chunk.model_dump(mode="json", by_alias=True, exclude={"payload"})
        try:
            await self._chunks.insert({**document, "payload": chunk.payload})
        except Duplicate:
            stored = await self._chunks.get(chunk.id)
            return stored is not None and stored["hash"] == chunk.hash
        return True

    async def newest(self, session_id: str) -> Chunk | None:
        found = await self._chunks.find({"session_id": session_id}, sort=(("number", -1),), limit=1)
        return Chunk.model_validate(found[0]) if found else None

    async def after(self, session_id: str, number: int, limit: int) -> list[Chunk]:
        where = {"session_id": session_id, "number": gt(number)}
        found = await self._chunks.find(where, sort=(("number", 1),), limit=limit)
        return [Chunk.model_validate(document) for document in found]

    async def documents_of(self, session_id: str) -> list[Document]:
        """Every chunk of a session as it is stored, whatever it is by now."""
        found: list[Document] = []
        while page := await self._chunks.find(
            {"session_id": session_id, "number": gt(found[-1]["number"] if found else -1)},
            sort=(("number", 1),),
            limit=200,
        ):
            found += page
        return found

    async def keep_rule_set(self, version: str, settings: RuleSettings) -> None:
        try:
            await self._rule_sets.insert({"_id": version, "settings": settings.model_dump(mode="json")})
        except Duplicate:
            return

    async def rule_sets(self) -> dict[str, RuleSettings]:
        found = await self._rule_sets.find(limit=10_000)
        return {str(one["_id"]): RuleSettings.model_validate(one["settings"]) for one in found}

    async def key(self, session_id: str, made: bytes) -> bytes:
        """The stored wrapped key; `made` becomes it where there is none yet. Empty once it was destroyed."""
        found = await self._keys.get(session_id)
        if found is None:
            try:
                await self._keys.insert({"_id": session_id, "wrapped": made, "destroyed_at_ms": 0})
            except Duplicate:
                found = await self._keys.get(session_id)
            else:
                return made
        return b"" if found is None else bytes(found["wrapped"])

    async def is_key_destroyed(self, session_id: str) -> bool:
        found = await self._keys.get(session_id)
        return found is not None and int(found["destroyed_at_ms"]) > 0

    async def destroy_key(self, session_id: str, at_ms: int) -> None:
        await self._keys.update_if(
            session_id, {"destroyed_at_ms": 0}, Change(set={"wrapped": b"", "destroyed_at_ms": at_ms})
        )
