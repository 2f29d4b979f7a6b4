"""A process that ends between two writes, as far as a test can end one."""

from typing import Any

import pytest

from guildhall.kit.storage.sqlite import SqliteCollection


class Killed(BaseException):
    """What a process that is killed raises in nobody."""


class Killer:
    """Ends the process, as far as a test can, before or after the n-th write to a database of this kind."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, collection: type[Any] = SqliteCollection) -> None:
        self.left, self.after = -1, False
        for name in ("insert", "update_if", "upsert", "delete"):
            monkeypatch.setattr(collection, name, self._counting(getattr(collection, name)))

    def _counting(self, write: Any) -> Any:
        async def counted(collection: Any, *given: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Killed
            done = await write(collection, *given, **named)
            if self.left == 0:
                raise Killed
            return done

        return counted
