"""Password hashes: argon2id in a few threads, so that a flood of sign-ins takes neither memory nor the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from guildhall.accounts.rules.passwords import normalise_password
from guildhall.accounts.settings import HashSettings
from guildhall.kit.errors import Unavailable

T = TypeVar("T")


class HashingBusy(Unavailable):
    def __init__(self) -> None:
        super().__init__("Too many people are signing in at this moment. Try again in a few seconds.")


class PasswordHasher:
    """`threads` hashes run at once and `max_waiting` wait; above that the newest is refused (REFUSE_NEWEST).

    A thread holds `memory_kib` while it hashes, so the memory of a login flood is bounded: 2 x 19 MiB by default.
    """

    def __init__(self, settings: HashSettings) -> None:
        self._hash = PasswordHash(
            (Argon2Hasher(time_cost=settings.passes, memory_cost=settings.memory_kib, parallelism=1),)
        )
        self._threads = ThreadPoolExecutor(settings.threads, thread_name_prefix="password-hash")
        self._max_unfinished = settings.threads + settings.max_waiting
        self._unfinished = 0
        self._of_nobody = self._hash.hash("the password of nobody")
        self.hashes = 0
        """How many were computed: what tests count to see that strangers cost as much work as members."""

    async def hash(self, password: str) -> str:
        """Raises HashingBusy."""
        return await self._run(lambda: self._hash.hash(normalise_password(password)))

    async def verify(self, password: str, password_hash: str) -> tuple[bool, str | None]:
        """Whether it is the password, and a newer hash where the parameters have risen. Raises HashingBusy.

        An empty hash, which is that of an unknown account, costs the same work and is never right.
        """
        against = password_hash or self._of_nobody
        is_right, newer = await self._run(lambda: self._hash.verify_and_update(normalise_password(password), against))
        return (is_right, newer) if password_hash else (False, None)

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._unfinished >= self._max_unfinished:
            raise HashingBusy
        self._unfinished += 1
        self.hashes += 1
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        # Counted down when the thread is done, not when the caller gives up: a cancelled sign-in still holds its place.
        future.add_done_callback(self._finished)
        return await asyncio.shield(future)

    def _finished(self, future: "asyncio.Future[T]") -> None:
        self._unfinished -= 1
        if not future.cancelled():
            future.exception()  # looked at, also where whoever asked has gone
