"""Killed at every write, before and after it: what follows recovers, and the same keys again finish what was begun."""

import asyncio
import contextlib
import os
from typing import Any, cast

from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import Collection, Schema, Storage, StorageUnavailable
from guildhall.payments.model.balances import LedgerAccount
from guildhall.payments.model.entries import Phase
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.store import LedgerStore
from tests.fakes.dying import Dying
from tests.guildhall.payments.purse import (
    FEES,
    balance_of,
    draft,
    frozen,
    funded,
    held,
    leaving,
    moved,
    open_ledger,
    paid_in,
    payable,
    prove_whole,
    released,
)

LIVES_MAX = 8
EVERY = int(os.environ.get("LEDGER_KILL_EVERY", "4"))
"""Which writes the killing test tries: `make chaos-ledger` tries each."""


async def story(ledger: Ledger, life: str) -> None:
    """Two holds at once, one of them frozen and split, a payout, and a reversal of it; all of one life's own."""
    ada, first, second = payable(f"ada{life}"), held(f"m1{life}"), f"m2{life}"
    await ledger.post(paid_in(f"in-{life}", 3_000, name=life))
    both = (
        ledger.post(funded("fund-1", 1_000, name=life, hold=f"m1{life}")),
        ledger.post(funded("fund-2", 2_000, name=life, hold=second)),
    )
    for done in await asyncio.gather(*both, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done
    pending = await ledger.post(draft("freeze", moved(700, first, frozen(life)), Phase.PENDING))
    await ledger.post(released("release", 2_000, fee=200, hold=second, name=f"ada{life}"))
    await ledger.resolve(pending.id, "split", "usr_judge", moved(500, first, payable(f"eve{life}")))
    payout = await ledger.post(draft("payout", moved(1_800, ada, leaving(life))))
    await ledger.reverse(payout.id, "returned", "system:provider")


async def assert_told(ledger: Ledger, life: str, lives: int) -> None:
    assert await balance_of(ledger, held(f"m1{life}")) == (500, 0, 0)
    assert await balance_of(ledger, payable(f"ada{life}")) == (1_800, 0, 0)
    assert await balance_of(ledger, payable(f"eve{life}")) == (500, 0, 0)
    assert await balance_of(ledger, leaving(life)) == (0, 0, 0)
    assert await balance_of(ledger, FEES) == (200 * lives, 0, 0)
    assert await prove_whole(ledger) == 8 * lives


async def is_told_to_the_end(storage: Any, clock: ManualClock, life: str) -> bool:
    try:
        await story(Ledger(LedgerStore(storage), clock), life)
    except StorageUnavailable:
        return False
    return True


async def test_killed_at_any_write_the_next_process_finds_all_of_it_or_none(sqlite: Storage) -> None:
    """After a write and before the next one is the same moment, so one of them is tried."""
    clock, store = ManualClock(), Renamed(sqlite, "")
    for count, number in enumerate(range(1, 400, EVERY)):
        lives = count % LIVES_MAX + 1
        if lives == 1:
            store = Renamed(sqlite, f"from_{number}_")
            await open_ledger(store, clock)
        came_to_its_end = await is_told_to_the_end(Dying(store, {"left": number, "is_after": 1}), clock, f"x{number}")
        clock.advance(10_000)
        survivor = Ledger(LedgerStore(cast("Storage", store)), clock)
        await prove_whole(survivor)  # what is on its way is no fault, whoever looks at it
        await survivor.recover(clock.now_ms())
        await prove_whole(survivor)
        assert not await survivor.store.unsettled(clock.now_ms())
        await story(survivor, f"x{number}")
        await assert_told(survivor, f"x{number}", lives)
        if came_to_its_end:
            assert number > 30
            return
    raise AssertionError("the story has no end")


async def test_two_processes_that_die_in_turns_lose_and_double_nothing(storage: Storage) -> None:
    clock = ManualClock()
    await open_ledger(storage, clock)
    for number in range(1, 60, 3):
        await is_told_to_the_end(Dying(storage, {"left": number, "is_after": number % 2}), clock, "ours")
    ledgers = [Ledger(LedgerStore(storage), clock) for _ in range(2)]
    await asyncio.gather(*(story(ledger, "ours") for ledger in ledgers))
    await assert_told(ledgers[0], "ours", 1)


async def test_what_another_process_has_just_recovered_is_waited_for_by_nobody(storage: Storage) -> None:
    clock = ManualClock()
    await (await open_ledger(storage, clock)).post(paid_in("in", 1_000))
    other = Ledger(LedgerStore(storage), clock)
    for number in range(1, 40):
        dying = Ledger(LedgerStore(cast("Storage", Dying(storage, {"left": number, "is_after": 1}))), clock)
        with contextlib.suppress(StorageUnavailable):
            await dying.post(funded(f"fund-{number}", 1))
        if await other.store.unsettled(clock.now_ms()):
            break

    class Late(LedgerStore):
        async def unsettled(self, until_ms: int, after_id: str = "") -> list[LedgerAccount]:
            found = await super().unsettled(until_ms, after_id)
            await other.recover(until_ms)
            await late.chain.catch_up()
            return found

    late = Ledger(Late(storage), clock)
    assert await late.recover(clock.now_ms()) == 1
    await prove_whole(late)
    assert not await other.store.unsettled(clock.now_ms())


class Renamed:
    """The same database with collections of its own, since a proof is of all that a house has."""

    def __init__(self, inner: Storage, prefix: str) -> None:
        self._inner, self._prefix = inner, prefix

    def collection(self, schema: Schema) -> Collection:
        return self._inner.collection(Schema(self._prefix + schema.name, schema.unique, schema.index))


async def test_what_another_process_seals_while_the_first_account_is_read_is_not_sealed_again(sqlite: Storage) -> None:
    """A process knows where it begins to look through blocks before it reads what it might owe (seen: sealed twice)."""
    clock = ManualClock()
    await (await open_ledger(sqlite, clock)).post(paid_in("in", 1_000))
    with contextlib.suppress(StorageUnavailable):
        await Ledger(LedgerStore(Dying(sqlite, {"left": 2, "is_after": 1})), clock).post(funded("fund", 1_000))
    late, other = Ledger(LedgerStore(sqlite), clock), Ledger(LedgerStore(sqlite), clock)
    read = late.store.open_account

    async def read_slowly(account: str) -> LedgerAccount:
        found = await read(account)
        await other.recover(clock.now_ms())
        await other.chain.catch_up()  # which keeps where a process that begins goes on
        return found

    late.store.open_account = read_slowly  # type: ignore[method-assign]
    await late.post(funded("fund", 1_000))
    assert await balance_of(late, held()) == (1_000, 0, 0)
    assert await prove_whole(late) == 2
