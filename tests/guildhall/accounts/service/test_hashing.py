import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from guildhall.accounts.service.hashing import HashingBusy, PasswordHasher
from guildhall.accounts.settings import HashSettings
from tests.guildhall.accounts.conftest import CHEAP


@pytest.fixture
async def hasher() -> AsyncIterator[PasswordHasher]:
    made = PasswordHasher(CHEAP.model_copy(update={"threads": 1, "max_waiting": 2}))
    yield made
    made.close()


async def test_a_password_is_its_own_and_no_other(hasher: PasswordHasher) -> None:
    kept = await hasher.hash("seven lanterns")
    assert kept.startswith("$argon2id$")
    assert await hasher.verify("seven lanterns", kept) == (True, None)
    assert await hasher.verify("eight lanterns", kept) == (False, None)


async def test_the_hash_of_nobody_is_never_right_and_costs_the_same(hasher: PasswordHasher) -> None:
    before = hasher.hashes
    assert await hasher.verify("the password of nobody", "") == (False, None)
    assert hasher.hashes == before + 1


async def test_the_defaults_are_those_of_the_owasp_sheet() -> None:
    hasher = PasswordHasher(HashSettings())
    assert "m=19456,t=2,p=1" in await hasher.hash("seven lanterns")
    hasher.close()


async def test_the_same_password_typed_in_another_form_is_right(hasher: PasswordHasher) -> None:
    assert (await hasher.verify("A\u0308pfel", await hasher.hash("Äpfel")))[0]


async def test_a_flood_is_refused_and_cancelled_callers_still_hold_their_place(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow() -> str:
        gate.wait()
        return "hash"

    waiting = [asyncio.ensure_future(hasher._run(slow)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[2].cancel()
    await asyncio.sleep(0)
    with pytest.raises(HashingBusy):
        await hasher.hash("one too many")
    gate.set()
    assert await asyncio.gather(*waiting[:2]) == ["hash", "hash"]
    async with asyncio.timeout(10):
        while hasher._unfinished:
            await asyncio.sleep(0.01)
    assert await hasher.hash("room again")
