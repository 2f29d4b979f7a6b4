"""Background tasks with an owner: none is forgotten, none outlives the one that started it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from guildhall.kit.logs import get_logger

log = get_logger(__name__)


class TaskOwner:
    """A named set of running tasks; whoever makes one closes it.

    A task that crashes is logged when it does and takes nothing else with it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` until it ends or `close()`; raises RuntimeError once closed."""
        if self._closed:
            work.close()
            raise RuntimeError(f"{self._name} is closed and starts no more tasks.")
        task = asyncio.get_running_loop().create_task(work, name=f"{self._name}:{name}")
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def drain(self, timeout_seconds: float) -> bool:
        """Wait for the tasks to end by themselves; False when some still run after `timeout_seconds`."""
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while self._tasks and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)  # those that end may have started others
        return not self._tasks

    async def close(self) -> None:
        """Cancel what still runs and wait until it has ended; start nothing any more."""
        self._closed = True
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task_crashed", task=task.get_name(), exc_info=error)
