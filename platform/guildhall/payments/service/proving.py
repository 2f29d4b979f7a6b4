"""`python -m guildhall ledger`: whether all that is stored about money is as it was written, told in sentences.

It may run beside a house that is at work: what came after it began to read is left for the next time.
"""

from typing import TextIO

from guildhall.kit.audit.chain import ChainWalk, Witness
from guildhall.kit.entries import Entry as Block
from guildhall.payments.model.blocks import SealedEntry, sealed_entries
from guildhall.payments.model.entries import source_of_id
from guildhall.payments.rules.proving import LedgerReport, Proof
from guildhall.payments.store.ledger import STREAM, LedgerStore

_BLOCKS = 20


async def prove(store: LedgerStore, witness: Witness | None = None) -> LedgerReport:
    """Walk the chain, the accounts and the journal. Raises StorageUnavailable."""
    proof, walk = Proof(), ChainWalk(STREAM, witness, sealed_entries)
    after, is_chained = 0, True
    while blocks := await store.chain.read(STREAM, after, _BLOCKS):
        for block in blocks:
            is_chained = walk.follow(block) and is_chained
            if sealed := _sealed(block):
                proof.take_block(block.number, sealed, await store.readable_entries([one.id for one in sealed]))
        after = blocks[-1].number
    await _take_accounts(store, proof, after)
    proof.take_head(await store.chain.head(STREAM))
    row = ""
    while rows := await store.journal_ids_after(row):
        for row in rows:
            if not proof.is_explained(row) and not await _came_since(store, row, after):
                proof.take_stray(row)
    return proof.finish(walk.finish())


async def report(store: LedgerStore, out: TextIO, witness: str | None = None) -> int:
    """Say what came of it, and return the exit code: 0 whole, 1 broken, 2 misused."""
    try:
        witnessed = None if witness is None else Witness.read(witness)
    except ValueError as error:
        out.write(f"{error}\n")
        return 2
    found = await prove(store, witnessed)
    out.writelines(f"{fault.kind}: {fault.sentence}\n" for fault in found.faults)
    if not found.is_whole:
        out.write(f"The ledger is broken in {found.fault_count} places; {found.entries} entries are as written.\n")
        return 1
    out.write(f"The ledger is whole: {found.entries} entries in {found.blocks} blocks, each as it was written.\n")
    for currency, kinds in sorted(found.totals.items()):
        told = ", ".join(f"{kind} {total}" for kind, total in sorted(kinds.items()) if total)
        out.write(f"{currency}, in minor units, debits and credits alike: {told}.\n")
    if found.chain is not None and found.chain.head is not None:
        out.write(f"Keep this somewhere else, and hold the next check against it: {found.chain.head}\n")
    return 0


def _sealed(block: Block) -> list[SealedEntry]:
    try:
        return sealed_entries(block)
    except (ValueError, TypeError, KeyError):  # the walk along the chain names it
        return []


async def _take_accounts(store: LedgerStore, proof: Proof, known_blocks: int) -> None:
    account_id = ""
    while accounts := await store.accounts_after(account_id):
        for account in accounts:
            proof.take_account(account, known_blocks)
        account_id = accounts[-1].id
    for missing in proof.unmade():
        if not await _was_made(store, missing):
            proof.take_unmade(missing)


async def _was_made(store: LedgerStore, account: str) -> bool:
    """Whether it was there before and is not any more: an account is made before its first page."""
    return bool(await store.pages(account, 0, 1)) and await store.account(account) is None


async def _came_since(store: LedgerStore, entry: str, after: int) -> bool:
    """Whether an entry was decided or sealed after the walk came to its end."""
    account = await store.account(source_of_id(entry))
    if account is not None and any(intent.id == entry for intent in account.unsealed):
        return True
    while blocks := await store.chain.read(STREAM, after, _BLOCKS):
        if any(one.id == entry for block in blocks for one in _sealed(block)):
            return True
        after = blocks[-1].number
    return False
