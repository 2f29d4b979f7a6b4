"""Bank details lie sealed: in every document of a payout's way, also those from before, under keys that change."""

import json
import logging
from collections.abc import Iterable
from typing import Any

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Unavailable
from guildhall.kit.key_ring import KeyMissing
from guildhall.kit.storage import Storage, StorageUnavailable
from guildhall.payments.jobs import look
from guildhall.payments.model.transfers import TransferFile
from guildhall.payments.rules.bank_identifiers import payout_reference
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.sealing import PLACE
from guildhall.payments.settings import BankSettings, PaymentsSettings
from guildhall.payments.store import flows as flow_store
from guildhall.payments.store import transfers as transfer_store
from tests.fakes.bank import HOUSE_IBAN, Said, statement
from tests.fakes.dying import Dying
from tests.guildhall.payments.purse import draft, moved

IBAN, HOLDER = "GB82WEST12345698765432", "Lukasz Muller"
OLD, NEW = "an old secret of thirty-two bytes or so", "a new secret of thirty-two bytes or so"
BANK = BankSettings(holder="The Guild", iban=HOUSE_IBAN)
SEALED_IN = (flow_store.PAYOUT_ACCOUNTS, flow_store.PAYOUTS, transfer_store.ORDERS, transfer_store.FILES)
CASH = "cash:bank:EUR"


def service_over(storage: Any, clock: ManualClock, *sealing: str, cool_down_hours: float = 0) -> PaymentsService:
    settings = PaymentsSettings(payout_cool_down_hours=cool_down_hours, bank=BANK)
    return PaymentsService(storage, clock, settings, OLD, sealing=sealing)


async def ask_for(payments: PaymentsService, minor: int = 5_000, owner: str = "ada") -> str:
    await payments.ledger.post(draft(f"earned-{owner}", moved(minor, CASH, f"payable:{owner}:EUR")))
    await payments.paying.set_payout_account(owner, IBAN, "Mine", holder=HOLDER)
    return (await payments.paying.pay_out(owner, f"{owner}-1", minor, "EUR")).id


async def seal_all(payments: PaymentsService) -> None:
    """More often than there are sorts of documents."""
    for _ in range(6):
        await payments.sealing.look()


async def everything_in(storage: Storage, schemas: Iterable[Any]) -> str:
    kept = [await storage.collection(schema).find({}, limit=1_000) for schema in schemas]
    return json.dumps(kept)


async def open_as_before(storage: Storage) -> None:
    """What stands there now, as the version before sealed nothing: `bank` and `iban` with the holder beside."""

    def opened(of: dict[str, Any], field: str) -> dict[str, Any]:
        kept = {name: value for name, value in of.items() if name != "account"}
        return {**kept, field: IBAN, "holder": HOLDER}

    for schema in SEALED_IN:
        collection = storage.collection(schema)
        for found in await collection.find({}, limit=1_000):
            before = dict(found)
            if "transfers" in before:
                before["transfers"] = [opened(one, "iban") for one in before["transfers"]]
            elif "transfer" in before:
                before["transfer"] = opened(before["transfer"], "iban")
            else:
                before = opened(before, "bank")
            await collection.delete({"_id": before["_id"]})
            await collection.insert(before)
    await storage.collection(transfer_store.SEALINGS).delete({"_id": PLACE})


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def test_no_document_and_no_line_of_the_log_has_an_account_number_on_the_whole_way_of_a_payout(
    sqlite: Storage, clock: ManualClock, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    schemas = set[Any]()
    inner = sqlite.collection

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(sqlite, name)

        def collection(self, schema: Any) -> Any:
            schemas.add(schema)
            return inner(schema)

    payments = service_over(Watched(), clock, cool_down_hours=72)
    await payments.ensure()
    payout = await ask_for(payments)
    clock.advance(73 * 3_600_000)
    await look(payments)
    made = await payments.transfers.make_file("EUR", "key", "kate")
    assert IBAN.encode() in payments.transfers.as_pain(made)
    assert HOLDER.encode() in payments.transfers.as_table(made)
    reference = payout_reference(payout, 1)
    paid, back = Said("A1", -5_000, reference), Said("A2", 5_000, reference, returned="AC04")
    for lines in ([paid], [back]):
        await payments.bank_lines.take_in(statement(lines))
        await look(payments)
    assert (await payments.flows.payouts.read(payout)).state.value == "returned"
    assert len(schemas) > 15
    stored = await everything_in(sqlite, schemas)
    assert payout in stored
    shown = capsys.readouterr()
    said = stored + caplog.text + shown.out + shown.err + repr(made) + repr(await payments.flows.payouts.read(payout))
    assert IBAN not in said
    assert IBAN[4:-4] not in said
    assert HOLDER not in said


async def test_the_same_account_again_starts_no_cool_down_and_another_one_does(
    sqlite: Storage, clock: ManualClock
) -> None:
    payments = service_over(sqlite, clock)
    await payments.ensure()
    first = await payments.paying.set_payout_account("ada", IBAN, "Mine", holder=HOLDER)
    clock.advance(1_000)
    after = service_over(sqlite, clock, NEW, OLD)
    assert await after.paying.set_payout_account("ada", "gb82 west 1234 5698 7654 32", "Mine", holder=HOLDER) == first
    other = await after.paying.set_payout_account("ada", IBAN, "Mine", holder="Somebody Else")
    assert other.changed_at_ms > first.changed_at_ms
    token = await after.paying.set_payout_account("ada", "bank_ok", "Mine")
    assert (token.bank, token.account) == ("bank_ok", None)


async def test_what_is_from_before_is_read_and_the_next_write_of_it_is_sealed(
    sqlite: Storage, clock: ManualClock
) -> None:
    payments = service_over(sqlite, clock)
    await payments.ensure()
    payout = await ask_for(payments)
    await open_as_before(sqlite)
    assert IBAN in await everything_in(sqlite, SEALED_IN)
    made = await payments.transfers.make_file("EUR", "key", "kate")
    body = payments.transfers.as_pain(made)
    assert f"<IBAN>{IBAN}</IBAN>".encode() in body
    assert f"<Nm>{HOLDER}</Nm>".encode() in body
    # The file was written now, and its order was told so.
    assert IBAN not in await everything_in(sqlite, (transfer_store.ORDERS, transfer_store.FILES))
    assert (await payments.flows.payouts.read(payout)).bank == ""
    kept = await payments.paying.set_payout_account("ada", IBAN, "Mine", holder=HOLDER)
    assert kept.rev == 1


async def test_the_job_seals_all_that_is_from_before_though_it_is_killed_at_any_write(
    sqlite: Storage, clock: ManualClock
) -> None:
    payments = service_over(sqlite, clock)
    await payments.ensure()
    for owner in ("ada", "bea", "cay"):
        await ask_for(payments, owner=owner)
    made = await payments.transfers.make_file("EUR", "key", "kate")
    body = payments.transfers.as_pain(made)
    await open_as_before(sqlite)
    deaths = 0
    for left in range(1, 12):
        dying = service_over(Dying(sqlite, {"left": left % 3 + 1, "is_after": left % 2}), clock)
        try:
            await seal_all(dying)
        except StorageUnavailable:
            deaths += 1
    assert deaths > 3
    await seal_all(payments)
    assert IBAN not in await everything_in(sqlite, SEALED_IN)
    assert payments.transfers.as_pain(await payments.transfers.store.files.read(made.id)) == body


async def test_after_the_key_was_replaced_all_is_sealed_again_and_the_old_one_opens_nothing_more(
    sqlite: Storage, clock: ManualClock
) -> None:
    before = service_over(sqlite, clock)
    await before.ensure()
    await ask_for(before)
    made = await before.transfers.make_file("EUR", "key", "kate")
    body = before.transfers.as_pain(made)
    await seal_all(before)
    after = service_over(sqlite, clock, NEW, OLD)
    assert after.transfers.as_pain(await file_of(after, made.id)) == body
    await seal_all(after)
    alone = service_over(sqlite, clock, NEW)
    assert alone.transfers.as_pain(await file_of(alone, made.id)) == body
    stored = await everything_in(sqlite, SEALED_IN)
    assert stored.count(f'"{alone.bank_seal.ring.newest}.') == 4
    assert before.bank_seal.ring.newest not in stored
    with pytest.raises(KeyMissing):
        before.transfers.as_pain(await file_of(before, made.id))


async def test_without_the_key_payouts_go_on_and_only_the_download_says_what_to_do(
    sqlite: Storage, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    payments = service_over(sqlite, clock)
    await payments.ensure()
    payout = await ask_for(payments)
    other = service_over(sqlite, clock, NEW)
    await seal_all(other)
    await look(other)
    made = await other.transfers.make_file("EUR", "key", "kate")
    assert [one.order for one in made.transfers] == [f"{payout}/1"]
    with pytest.raises(Unavailable, match=r"puts that secret back: as TOKEN_SECRET"):
        other.transfers.as_pain(made)
    back = service_over(sqlite, clock, NEW, OLD)
    assert IBAN.encode() in back.transfers.as_pain(await file_of(back, made.id))


async def file_of(payments: PaymentsService, file_id: str) -> TransferFile:
    return await payments.transfers.store.files.read(file_id)
