"""A database that dies under its writer, as a process does that is killed."""

from typing import Any

from guildhall.kit.storage import StorageUnavailable


class Dying:
    """The database of a process that is killed at its n-th write: that write happened or not, what follows does not."""

    def __init__(self, inner: Any, box: dict[str, int]) -> None:
        self._inner, self._box = inner, box

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def collection(self, schema: Any) -> Any:
        return Dying(self._inner.collection(schema), self._box)

    async def _die(self, name: str, *arguments: Any, **named: Any) -> Any:
        self._box["left"] -= 1
        if self._box["left"] < 0:
            raise StorageUnavailable("killed")
        done = await getattr(self._inner, name)(*arguments, **named)
        if self._box["left"] == 0 and self._box["is_after"]:
            raise StorageUnavailable("killed")
        return done

    async def insert(self, *arguments: Any) -> Any:
        return await self._die("insert", *arguments)

    async def update_if(self, *arguments: Any) -> Any:
        return await self._die("update_if", *arguments)

    async def upsert(self, *arguments: Any) -> Any:
        return await self._die("upsert", *arguments)

    async def delete(self, *arguments: Any) -> Any:
        return await self._die("delete", *arguments)
