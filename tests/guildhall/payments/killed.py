"""What the random walks through money share: a house whose processes die at any write, over any storage."""

import asyncio
import contextlib
import os
import tempfile
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar, cast

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import Storage, StorageSettings, StorageUnavailable, open_storage
from guildhall.payments.jobs import look
from guildhall.payments.service import PaymentsService
from guildhall.payments.settings import PaymentsSettings
from tests.fakes.dying import Dying

T = TypeVar("T")
EXAMPLES: Final = int(os.environ.get("MONEY_EXAMPLES", "2"))
"""Of a machine over MongoDB's protocol: `make chaos-ledger` asks for more."""

IN_MEMORY: Final = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where there is such a place: processes die here and machines do not, so nothing is won by waiting for a disk."""


class KilledHouse(RuleBasedStateMachine):
    """`refused` are answers; anything else that is raised is a fault."""

    settings_of_house: ClassVar[PaymentsSettings]
    refused: ClassVar[tuple[type[Exception], ...]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="guildhall-money-", dir=IN_MEMORY)
        self.clock = ManualClock()
        self.storage = open_storage(self.where())
        self.run(self.storage.start())
        self.service = self.process(self.storage)
        self.run(self.service.ensure())
        self.count = 0

    def where(self) -> StorageSettings:
        return StorageSettings(sqlite_path=Path(self.folder.name) / "money.sqlite3")

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def process(self, storage: Any) -> PaymentsService:
        secret = "a secret of thirty-two bytes...."
        return PaymentsService(cast("Storage", storage), self.clock, self.settings_of_house, secret)

    def close(self) -> None:
        """The last of a teardown."""
        self.run(self.storage.close())
        self.runner.close()
        self.folder.cleanup()

    def key(self) -> str:
        self.count += 1
        return f"k{self.count}"

    def once(self, verb: Callable[[PaymentsService], Coroutine[Any, Any, T]], death: int | None) -> T | None:
        """By a process that may die in the middle of it; then again by one that lives, with the same key."""
        if death is not None:
            with contextlib.suppress(StorageUnavailable, *self.refused):
                self.run(verb(self.process(Dying(self.storage, {"left": death, "is_after": death % 2}))))
        try:
            return self.run(verb(self.service))
        except self.refused:
            return None

    def pass_of_a_worker(self, death: int | None) -> None:
        """The jobs, once. Whoever is killed in the middle of them leaves it to the next one's pass."""
        if death is None:
            self.run(look(self.service))
            return
        with contextlib.suppress(StorageUnavailable):
            self.run(look(self.process(Dying(self.storage, {"left": death, "is_after": death % 2}))))


def walk_over_mongo(machine: type[KilledHouse], url: str, steps: int) -> None:
    """The same walks, each in a database of its own of the server at `url`."""

    class OverMongo(machine):  # type: ignore[misc, valid-type]
        def where(self) -> StorageSettings:
            database = f"guildhall_test_{uuid.uuid4().hex[:12]}"
            return StorageSettings.model_validate({"mongo_url": url, "mongo_database": database})

    long = settings(max_examples=EXAMPLES, stateful_step_count=steps, deadline=None)
    run_state_machine_as_test(OverMongo, settings=long)
