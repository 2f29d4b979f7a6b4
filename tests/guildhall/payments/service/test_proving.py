"""Whatever is done to the database by hand is found, and named."""

import io
from typing import Any

import pytest

from guildhall.kit.audit.chain import Witness
from guildhall.kit.storage import Change, Storage
from guildhall.payments.model.blocks import SealedEntry
from guildhall.payments.model.entries import Phase
from guildhall.payments.rules.drafting import make_entry, source_of
from guildhall.payments.rules.proving import Proof
from guildhall.payments.service.ledger import Ledger
from guildhall.payments.service.proving import prove, report
from guildhall.payments.store.ledger import ACCOUNTS, CHAIN, JOURNAL
from tests.guildhall.payments.purse import (
    client,
    draft,
    frozen,
    funded,
    held,
    moved,
    open_ledger,
    paid_in,
    payable,
    released,
)


async def tell(ledger: Ledger) -> str:
    """Three entries; the id of the release."""
    await ledger.post(paid_in("in", 1_000))
    await ledger.post(funded("fund", 1_000))
    return (await ledger.post(released("release", 600, fee=60))).id


async def faults_of(ledger: Ledger) -> list[tuple[str, str]]:
    return [(fault.kind, fault.where) for fault in (await prove(ledger.store)).faults]


async def test_an_edited_row_is_located(ledger: Ledger, sqlite: Storage) -> None:
    release = await tell(ledger)
    await sqlite.collection(JOURNAL).update_if(release, {}, Change(set={"refs": {"milestone": "other"}}))
    assert ("edited", release) in await faults_of(ledger)


def others(value: Any) -> list[Any]:
    """What somebody might write instead."""
    match value:
        case str():
            return [f"{value}x"]
        case int():
            return [value + 1_000]
        case list():
            return [value[1:], [{**value[0], "minor": 7}, *value[1:]]] if value else [[{"account": held(), "minor": 7}]]
    return [{**value, "milestone": "another"}]


async def test_whatever_is_changed_in_any_row_is_located_there_and_so_is_each_row_that_is_taken_away(
    storage: Storage,
) -> None:
    ledger = await open_ledger(storage)
    release = await tell(ledger)
    pending = await ledger.post(draft("freeze", moved(100, held(), frozen()), Phase.PENDING))
    await ledger.resolve(pending.id, "split", "usr_judge", moved(60, held(), payable()))
    await ledger.reverse(release, "mistake", "usr_finance", {"milestone": "m1"})
    journal = storage.collection(JOURNAL)
    rows = await journal.find({}, limit=20)
    assert len(rows) == 6
    for row in rows:
        for field in row.keys() - {"_id"}:
            for other in others(row[field]):
                await journal.update_if(row["_id"], {}, Change(set={field: other}))
                assert ("edited", row["_id"]) in await faults_of(ledger), (row["_id"], field, other)
                await journal.update_if(row["_id"], {}, Change(set={field: row[field]}))
        await journal.delete({"_id": row["_id"]})
        assert ("deleted", row["_id"]) in await faults_of(ledger)
        await journal.insert(row)
    assert await faults_of(ledger) == []


def test_a_floor_that_was_crossed_and_came_up_again_is_told() -> None:
    proof, drafts = Proof(), (paid_in("in", 100), funded("fund", 100), released("release", 300), funded("late", 200))
    for number, one in enumerate(drafts, start=1):
        entry = make_entry(one, source_of(one.lines), 2 if one.key == "late" else 1, 5, ())
        proof.take_block(number, [SealedEntry(entry.id, entry.number, entry.hash)], {entry.id: entry})
    assert [(fault.kind, fault.where) for fault in proof.faults] == [("floor", held())]
    assert "after block 3: -200" in proof.faults[0].sentence


async def test_an_edited_row_with_a_hash_that_fits_is_located_by_the_chain(ledger: Ledger, sqlite: Storage) -> None:
    release = await tell(ledger)
    forged = make_entry(released("release", 500, fee=60), held(), 1, 5, ())
    document = forged.model_dump(mode="json", by_alias=True)
    await sqlite.collection(JOURNAL).delete({"_id": release})
    await sqlite.collection(JOURNAL).insert(document)
    assert ("edited", release) in await faults_of(ledger)


async def test_a_deleted_row_is_located(ledger: Ledger, sqlite: Storage) -> None:
    release = await tell(ledger)
    await sqlite.collection(JOURNAL).delete({"_id": release})
    assert ("deleted", release) in await faults_of(ledger)


async def test_an_inserted_row_is_located(ledger: Ledger, sqlite: Storage) -> None:
    await tell(ledger)
    forged = make_entry(draft("mine", moved(400, held(), payable("eve"))), held(), 2, 5, ())
    await sqlite.collection(JOURNAL).insert(forged.model_dump(mode="json", by_alias=True))
    assert await faults_of(ledger) == [("inserted", forged.id)]


async def test_a_balance_changed_by_hand_is_located(ledger: Ledger, sqlite: Storage) -> None:
    await tell(ledger)
    await sqlite.collection(ACCOUNTS).update_if(payable(), {}, Change(inc={"folded.posted": 1}))
    assert ("balance", payable()) in await faults_of(ledger)


async def test_an_account_that_was_taken_away_is_located(ledger: Ledger, sqlite: Storage) -> None:
    await tell(ledger)
    await sqlite.collection(ACCOUNTS).delete({"_id": payable()})
    assert await faults_of(ledger) == [("deleted", payable())]


@pytest.mark.parametrize("block", [1, 2, 3])
async def test_a_block_that_was_taken_away_is_located(ledger: Ledger, sqlite: Storage, block: int) -> None:
    await tell(ledger)
    witness = (await prove(ledger.store)).chain
    assert witness is not None
    await sqlite.collection(CHAIN).delete({"number": block})
    kinds = {fault.kind for fault in (await prove(ledger.store, witness.head)).faults}
    assert "chain" in kinds
    assert "inserted" in kinds  # its entry stands in no block any more


async def test_a_tail_that_was_cut_off_shows_against_a_witness_and_by_what_is_left(
    ledger: Ledger, sqlite: Storage
) -> None:
    release = await tell(ledger)
    await sqlite.collection(CHAIN).delete({"number": 3})
    await sqlite.collection(JOURNAL).delete({"_id": release})
    for account in (held(), payable(), client()):
        await sqlite.collection(ACCOUNTS).update_if(account, {}, Change(set={"intents": []}))
    assert not (await prove(ledger.store)).is_whole
    assert not (await prove(ledger.store, Witness(3, "0" * 64))).is_whole


async def test_the_command_tells_it_in_sentences(ledger: Ledger, sqlite: Storage) -> None:
    release = await tell(ledger)

    async def told(**how: Any) -> tuple[int, str]:
        out = io.StringIO()
        return await report(ledger.store, out, **how), out.getvalue()

    code, words = await told()
    assert code == 0
    assert "The ledger is whole: 3 entries in 3 blocks" in words
    assert "cash 1000, fees 60, held 400, payable 540" in words
    head = words.rpartition(": ")[2].strip()
    assert (await told(witness=head))[0] == 0
    assert (await told(witness="nonsense"))[0] == 2
    await sqlite.collection(JOURNAL).delete({"_id": release})
    code, words = await told()
    assert code == 1
    assert f"deleted: {release} of block 3 is not in the journal any more." in words
