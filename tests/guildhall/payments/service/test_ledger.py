"""Posting, reserving, resolving, reversing, explaining; and races, on both kinds of database."""

import asyncio

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import Storage
from guildhall.payments.model.entries import Phase
from guildhall.payments.rules.deciding import (
    AlreadyResolved,
    InsufficientFunds,
    KeyTaken,
    NoSuchEntry,
    PendingExpired,
)
from guildhall.payments.rules.drafting import NotAnEntry
from guildhall.payments.service.ledger import Ledger
from tests.guildhall.payments.purse import (
    CASH,
    FEES,
    balance_of,
    client,
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


async def fund(ledger: Ledger, minor: int) -> None:
    await ledger.post(paid_in("in", minor))
    await ledger.post(funded("fund", minor))


async def test_what_was_posted_is_in_every_balance_when_it_returns(ledger: Ledger) -> None:
    await fund(ledger, 1_000)
    await ledger.post(released("release", 1_000, fee=100))
    assert await balance_of(ledger, CASH) == (1_000, 0, 0)
    assert await balance_of(ledger, held()) == (0, 0, 0)
    assert await balance_of(ledger, payable()) == (900, 0, 0)
    assert await balance_of(ledger, FEES) == (100, 0, 0)
    assert await prove_whole(ledger) == 3


async def test_the_same_key_again_gives_the_first_entry_and_moves_nothing(ledger: Ledger) -> None:
    first = await ledger.post(paid_in("in", 1_000))
    assert await ledger.post(paid_in("in", 1_000)) == first
    with pytest.raises(KeyTaken):
        await ledger.post(paid_in("in", 999))
    assert await balance_of(ledger, client()) == (1_000, 0, 0)
    assert await prove_whole(ledger) == 1


async def test_a_floor_is_not_crossed_and_the_sentence_says_by_how_much(ledger: Ledger) -> None:
    await fund(ledger, 1_000)
    with pytest.raises(InsufficientFunds, match="1001 minor units of EUR were asked for and 1000 are there"):
        await ledger.post(released("release", 1_001))
    assert await balance_of(ledger, held()) == (1_000, 0, 0)


async def test_what_is_pending_is_reserved_until_it_is_posted_in_part_or_voided(ledger: Ledger) -> None:
    await fund(ledger, 1_000)
    pending = await ledger.post(draft("freeze", moved(700, held(), frozen()), Phase.PENDING))
    assert await balance_of(ledger, held()) == (1_000, 700, 0)
    assert await balance_of(ledger, frozen()) == (0, 0, 700)
    with pytest.raises(InsufficientFunds, match="700 more are reserved"):
        await ledger.post(released("release", 301))
    with pytest.raises(NotAnEntry, match="reserved 700, and no more"):
        await ledger.resolve(pending.id, "split", "usr_judge", moved(701, held(), payable()))
    await ledger.resolve(pending.id, "split", "usr_judge", moved(400, held(), payable()))
    assert await balance_of(ledger, held()) == (600, 0, 0)
    assert await balance_of(ledger, frozen()) == (0, 0, 0)
    with pytest.raises(AlreadyResolved, match="posted already"):
        await ledger.resolve(pending.id, "void", "usr_judge")
    again = await ledger.post(draft("freeze-2", moved(600, held(), frozen()), Phase.PENDING))
    await ledger.resolve(again.id, "void", "usr_judge")
    assert await balance_of(ledger, held()) == (600, 0, 0)
    await prove_whole(ledger)


async def test_what_is_pending_expires_by_itself_and_then_cannot_be_posted(ledger: Ledger) -> None:
    clock = ledger.clock
    assert isinstance(clock, ManualClock)
    await fund(ledger, 1_000)
    end_ms = clock.now_ms() + 1_000
    pending = await ledger.post(draft("freeze", moved(700, held(), frozen()), Phase.PENDING, expires_at_ms=end_ms))
    assert await ledger.expire() == 0
    clock.advance(1_000)
    with pytest.raises(PendingExpired):
        await ledger.resolve(pending.id, "split", "usr_judge", moved(400, held(), payable()))
    assert await ledger.expire() == 1
    assert await balance_of(ledger, held()) == (1_000, 0, 0)
    assert await ledger.expire() == 0
    await prove_whole(ledger)


async def test_a_correction_is_a_reversal_and_happens_once(ledger: Ledger) -> None:
    await fund(ledger, 1_000)
    release = await ledger.post(released("release", 1_000, fee=100))
    reversal = await ledger.reverse(release.id, "mistake", "usr_finance")
    assert reversal.reverses == release.id
    assert await ledger.reverse(release.id, "mistake", "usr_finance") == reversal
    assert await balance_of(ledger, held()) == (1_000, 0, 0)
    assert await balance_of(ledger, FEES) == (0, 0, 0)
    with pytest.raises(NoSuchEntry):
        await ledger.reverse("held:x:EUR|none", "mistake", "usr_finance")
    await prove_whole(ledger)


async def test_a_balance_is_explained_line_by_line(ledger: Ledger) -> None:
    await fund(ledger, 1_000)
    await ledger.post(released("first", 400))
    await ledger.post(released("second", 600))
    pages = await ledger.explain(held())
    told = [(posting.entry, posting.change.posted) for page in pages for posting in page.postings]
    assert told == [
        (f"{client()}|fund", 1_000),
        (f"{held()}|first", -400),
        (f"{held()}|second", -600),
    ]
    assert [page.after.posted for page in pages] == [1_000, 600, 0]


async def test_of_a_hundred_releases_of_one_hold_one_releases_it(storage: Storage) -> None:
    ledger = await open_ledger(storage)
    await fund(ledger, 1_000)
    done = await asyncio.gather(
        *(ledger.post(released(f"release-{number}", 1_000, fee=100)) for number in range(100)), return_exceptions=True
    )
    assert [isinstance(one, InsufficientFunds) for one in done].count(True) == 99
    assert await balance_of(ledger, payable()) == (900, 0, 0)
    assert await prove_whole(ledger) == 3


async def test_a_hundred_times_the_same_release_is_one_entry_for_all(storage: Storage) -> None:
    ledgers = [await open_ledger(storage) for _ in range(3)]
    await fund(ledgers[0], 1_000)
    done = await asyncio.gather(*(ledgers[number % 3].post(released("release", 400)) for number in range(100)))
    assert len({entry.id for entry in done}) == 1
    assert await balance_of(ledgers[0], held()) == (600, 0, 0)
    assert await prove_whole(ledgers[0]) == 3


async def test_a_thousand_payouts_at_once_pay_exactly_what_is_there(storage: Storage) -> None:
    """From several processes, each with a ledger of its own over one database."""
    ledgers = [await open_ledger(storage) for _ in range(3)]
    await fund(ledgers[0], 10_000)
    await ledgers[0].post(released("release", 10_000))

    refused: list[int] = []

    async def pay(number: int) -> int:
        minor = 7 + number % 30
        try:
            await ledgers[number % 3].post(draft(f"payout-{number}", moved(minor, payable(), leaving())))
        except InsufficientFunds:
            refused.append(minor)
            return 0
        return minor

    paid = sum(await asyncio.gather(*(pay(number) for number in range(1_000))))
    left, reserved, _ = await balance_of(ledgers[1], payable())
    assert (paid + left, reserved) == (10_000, 0)
    assert 0 <= left < min(refused)
    assert await balance_of(ledgers[2], leaving()) == (paid, 0, 0)
    await prove_whole(ledgers[0])
