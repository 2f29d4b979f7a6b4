import asyncio

from guildhall.accounts.model import Tally
from guildhall.accounts.rules.following import audited, follow_up
from tests.guildhall.accounts.conftest import House
from tests.guildhall.accounts.documents import an_account


async def test_an_effect_is_settled_once_whoever_does_it(any_house: House) -> None:
    accounts = any_house.store.accounts
    await accounts.add(
        follow_up(an_account(), audited("usr_1", "accounts.test", 5), audited("usr_1", "accounts.more", 5))
    )
    await asyncio.gather(*(accounts.settle("usr_1", "audit_1_0", 5) for _ in range(10)))
    (kept,) = await accounts.with_pending(10)
    assert (list(kept.pending), kept.pending_count) == (["audit_1_1"], 1)
    await accounts.settle("usr_1", "audit_1_1", 5)
    assert await accounts.with_pending(10) == []


async def test_of_many_tallies_at_once_each_is_counted(any_house: House) -> None:
    store = any_house.store
    moved = await asyncio.gather(*(store.move_tally("t", Tally(), Tally(1, 5), 99) for _ in range(10)))
    assert sum(moved) == 1
    moved = await asyncio.gather(*(store.move_tally("t", Tally(1, 5), Tally(2, 6), 99) for _ in range(10)))
    assert (sum(moved), await store.tally("t")) == (1, Tally(2, 6))
    counts = await asyncio.gather(*(store.count_attempt("c", 1, 99) for _ in range(10)))
    assert sorted(counts) == list(range(1, 11))
    assert await store.forget_tallies(99) == 2
    assert await store.tally("t") == Tally()
