"""Invoices follow the ledger: numbers without a gap or a double, whoever is killed, and the ledger's totals."""

import asyncio
import dataclasses
from typing import Any, cast

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Change, Schema, Storage, StorageUnavailable
from guildhall.payments.jobs import look
from guildhall.payments.model.chart import HOUSE
from guildhall.payments.model.holds import HoldTerms
from guildhall.payments.model.invoices import Invoice, InvoiceKind, Party
from guildhall.payments.rules.fee_tax import Tax
from guildhall.payments.rules.invoicing import REVERSE_CHARGE, Wanted, is_as_booked, is_as_issued
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.invoice_pdf import render_invoice
from guildhall.payments.settings import HouseSettings, PaymentsSettings
from guildhall.payments.store.invoices import INVOICES, InvoiceDiffers
from tests.fakes.dying import Dying
from tests.guildhall.payments.purse import FEES, TAX, balance_of, paid_in, prove_whole, released

HOUSE_OF_TESTS = HouseSettings(name="The Guild", country="IE", tax_id="IE1", tax_basis_points=2_300)


def service_over(storage: Any, clock: ManualClock) -> PaymentsService:
    settings = PaymentsSettings(house=HOUSE_OF_TESTS)
    return PaymentsService(storage, clock, settings, "a secret of thirty-two bytes....")


@pytest.fixture
async def payments(storage: Storage) -> PaymentsService:
    service = service_over(storage, ManualClock())
    await service.ensure()
    return service


async def release(payments: PaymentsService, name: str, minor: int, payee: str = "ada") -> str:
    """Funded and released; the entry."""
    await payments.ledger.post(paid_in(f"in-{name}", minor))
    terms = HoldTerms(subject=f"milestone:{name}", payer="acme", payee=payee, minor=minor, currency="EUR")
    hold = await payments.holding.hold(name, terms, "usr_client")
    return (await payments.holding.release(hold.id, name, minor, "usr_client")).id


async def numbers_of(payments: PaymentsService, series: str) -> list[int]:
    return [one.number for one in await payments.invoicing.store.numbered(series, 0)]


async def assert_proven(payments: PaymentsService) -> None:
    assert await payments.invoicing.check() == []
    await prove_whole(payments.ledger)


async def test_what_is_released_is_invoiced_once_by_the_agent_and_its_fee_by_the_house(
    payments: PaymentsService,
) -> None:
    await payments.invoicing.set_billing("ada", Party(name="Ada", country="DE", tax_id="DE1"), 1_900)
    await release(payments, "m1", 10_005)
    await look(payments)
    await payments.invoicing.look()
    fee, work = sorted(await payments.invoicing.store.of("ada"), key=lambda one: one.kind.value)
    assert (work.issuer, work.payer, work.kind, work.name) == ("ada", "acme", InvoiceKind.WORK, "INV-000001")
    assert (work.net_minor, work.tax_minor, work.total_minor) == (8_408, 1_597, 10_005)
    assert (fee.issuer, fee.payer, fee.total_minor) == (HOUSE, "ada", 1_000)
    # Both are businesses, in different countries.
    assert (fee.tax_minor, fee.note, work.note) == (0, REVERSE_CHARGE, "")
    assert (await payments.reconciling.make("rec_1")).faults == ()


async def test_the_invoice_of_a_fee_says_what_the_ledger_says_whatever_was_changed_in_between(
    payments: PaymentsService,
) -> None:
    entry = await release(payments, "m1", 12_345)
    await payments.invoicing.set_billing("ada", Party(name="Ada", country="DE", tax_id="DE1"), 0)
    await payments.invoicing.look()
    [fee] = [one for one in await payments.invoicing.store.of("ada") if one.kind is InvoiceKind.FEE]
    assert (fee.net_minor, fee.tax_minor, fee.total_minor, fee.note) == (1_003, 231, 1_234, "")
    assert await balance_of(payments.ledger, TAX) == (231, 0, 0)
    assert await balance_of(payments.ledger, FEES) == (1_003, 0, 0)
    assert (await payments.reconciling.make("rec_1")).faults == ()
    await payments.ledger.reverse(entry, "mistake", "usr_finance")
    await payments.invoicing.look()
    [credit] = [one for one in await payments.invoicing.store.of("ada") if one.is_credit and one.issuer == HOUSE]
    assert (credit.net_minor, credit.tax_minor, credit.credit_of) == (1_003, 231, fee.id)
    assert [await balance_of(payments.ledger, one) for one in (TAX, FEES)] == [(0, 0, 0), (0, 0, 0)]
    await assert_proven(payments)


async def test_an_entry_from_before_tax_was_booked_is_invoiced_as_it_was(payments: PaymentsService) -> None:
    await payments.ledger.post(paid_in("in", 1_000))
    terms = HoldTerms(subject="milestone:m1", payer="acme", payee="ada", minor=1_000, currency="EUR")
    hold = await payments.holding.hold("m1", terms, "usr_client")
    before = released("release/m1", 1_000, 100, hold.id).model_copy(
        update={"purpose": "release", "refs": {"hold": hold.id, "subject": "milestone:m1"}}
    )
    await payments.ledger.post(before)
    assert (await payments.holding.release(hold.id, "m1", 1_000, "usr_client")).lines == before.lines
    await payments.invoicing.look()
    [fee] = [one for one in await payments.invoicing.store.of("ada") if one.kind is InvoiceKind.FEE]
    assert (fee.tax_minor, fee.total_minor) == (19, 100)
    await assert_proven(payments)


async def test_an_invoice_with_other_tax_than_the_ledgers_is_found(payments: PaymentsService) -> None:
    await release(payments, "m1", 12_345)
    await payments.invoicing.look()
    [fee] = [one for one in await payments.invoicing.store.of("ada") if one.kind is InvoiceKind.FEE]
    wanted = Wanted(fee.key, fee.kind, HOUSE, "ada", 1_234, tax=Tax(2_300), tax_minor=231)
    assert is_as_booked(fee, wanted)
    for other in ({"tax_minor": 230}, {"minor": 1_233}, {"payer": "eve"}):
        assert not is_as_booked(fee, dataclasses.replace(wanted, **cast("Any", other)))


async def test_fifty_releases_at_once_by_several_processes_have_fifty_numbers_in_a_row(
    storage: Storage, payments: PaymentsService
) -> None:
    await asyncio.gather(*(release(payments, f"m{number}", 1_000) for number in range(50)))
    others = [service_over(storage, cast("ManualClock", payments.clock)) for _ in range(4)]
    await asyncio.gather(*(one.invoicing.look() for one in (payments, *others)))
    await payments.invoicing.look()
    for series in ("ada/INV", f"{HOUSE}/INV"):
        assert await numbers_of(payments, series) == list(range(1, 51))
    await assert_proven(payments)


async def test_a_reversal_is_a_credit_note_of_what_was_issued_and_a_refund_of_held_funds_is_none(
    payments: PaymentsService,
) -> None:
    entry = await release(payments, "m1", 1_190)
    await payments.invoicing.set_billing("ada", Party(name="Ada"), 1_900)
    await payments.invoicing.look()
    await payments.invoicing.set_billing("ada", Party(name="Another"), 0)
    await payments.ledger.reverse(entry, "mistake", "usr_finance")
    terms = HoldTerms(subject="milestone:m2", payer="acme", payee="ada", minor=300, currency="EUR")
    await payments.ledger.post(paid_in("in-m2", 300))
    hold = await payments.holding.hold("m2", terms, "usr_client")
    await payments.holding.refund(hold.id, "m2", 300, "usr_client")
    await payments.invoicing.look()
    of_client = await payments.invoicing.store.of("acme")
    [credit] = [one for one in of_client if one.is_credit]
    [invoice] = [one for one in of_client if not one.is_credit]
    assert (credit.name, credit.credit_of, credit.credit_of_name) == ("CN-000001", invoice.id, "INV-000001")
    assert (credit.lines, credit.issuer_party, credit.total_minor) == (invoice.lines, invoice.issuer_party, 1_190)
    assert credit.tax_minor == 190
    assert await numbers_of(payments, f"{HOUSE}/CN") == [1]
    await assert_proven(payments)


async def test_killed_at_any_write_no_number_is_lost_and_none_is_given_twice(
    storage: Storage, payments: PaymentsService
) -> None:
    """One ledger, and for each write that may be the last one invoices from the beginning."""
    await release(payments, "m1", 1_000)
    entry = await release(payments, "m2", 1_000)
    await payments.ledger.reverse(entry, "mistake", "usr_finance")
    clock, left, is_dead = cast("ManualClock", payments.clock), 0, True
    while is_dead:
        store = InvoicesAnew(storage, f"life_{left}_")
        recovering = service_over(store, clock)
        await recovering.ensure()
        try:
            await service_over(Dying(store, {"left": left, "is_after": left % 2}), clock).invoicing.look()
            is_dead = False
        except StorageUnavailable:
            await assert_no_gap(recovering)
        await recovering.invoicing.look()
        for series, many in (("ada/INV", 2), ("ada/CN", 1), (f"{HOUSE}/INV", 2), (f"{HOUSE}/CN", 1)):
            assert await numbers_of(recovering, series) == list(range(1, many + 1))
        assert await recovering.invoicing.check() == []
        left += 1
    assert left > 20


class InvoicesAnew:
    """A database whose invoices are others, over the same ledger."""

    def __init__(self, inner: Any, prefix: str) -> None:
        self._inner, self._prefix = inner, prefix

    def collection(self, schema: Schema) -> Any:
        is_of_invoices = schema.name.startswith("invoice")
        renamed = Schema(f"{self._prefix}{schema.name}", schema.unique, schema.index)
        return self._inner.collection(renamed if is_of_invoices else schema)


async def assert_no_gap(payments: PaymentsService) -> None:
    """At any moment: a number that was taken has its invoice, in the collection or in its series."""
    store = payments.invoicing.store
    for series in await store.series_after(""):
        numbers = {one.number for one in (*await store.numbered(series.id, 0), *series.intents)}
        assert numbers == set(range(1, series.number + 1))


async def test_the_reconciliation_names_what_was_changed_deleted_or_added(
    storage: Storage, payments: PaymentsService
) -> None:
    for name in ("m1", "m2", "m3"):
        await release(payments, name, 1_000)
    await payments.invoicing.look()
    collection = storage.collection(INVOICES)
    first, second, _ = await payments.invoicing.store.numbered("ada/INV", 0)
    await collection.update_if(first.id, {}, Change(set={"total_minor": 9}))
    await collection.delete({"_id": second.id})
    stray = first.model_copy(update={"id": "inv_x", "key": "x", "number": 4})
    await collection.insert(stray.model_dump(mode="json", by_alias=True))
    made = await payments.reconciling.make("rec_1")
    told = " ".join(made.faults)
    assert made.fault_count == 6
    for words in (
        "INV-000001 of ada is not as it was issued",
        "Number 2 of ada/INV is missing",
        "no invoice says otherwise",
        "for nothing in the ledger",
    ):
        assert words in told


async def test_an_invoice_put_in_by_hand_stops_its_number_and_not_the_reconciliation(
    storage: Storage, payments: PaymentsService
) -> None:
    await release(payments, "m1", 1_000)
    await payments.invoicing.look()
    [first] = await payments.invoicing.store.numbered("ada/INV", 0)
    stray = first.model_copy(update={"id": "inv_x", "key": "x", "number": 2})
    await storage.collection(INVOICES).insert(stray.model_dump(mode="json", by_alias=True))
    await release(payments, "m2", 1_000)
    with pytest.raises(InvoiceDiffers, match="INV-000002 of ada"):
        await look(payments)
    [made] = await payments.ledger_store.reconciliations(5)
    assert "INV-000001 of ada is for nothing in the ledger." in made.faults


async def test_an_invoice_is_read_by_its_two_parties_only_and_its_pdf_is_the_same_every_time(
    payments: PaymentsService,
) -> None:
    await release(payments, "m1", 1_000)
    await payments.invoicing.look()
    invoice: Invoice = (await payments.invoicing.store.of("acme"))[0]
    assert is_as_issued(invoice)
    assert not is_as_issued(invoice.model_copy(update={"subject": "else"}))
    for reader in ("acme", "ada"):
        assert await payments.invoicing.read(invoice.id, frozenset({reader})) == invoice
    with pytest.raises(NotFound):
        await payments.invoicing.read(invoice.id, frozenset({"eve"}))
    pdf = render_invoice(invoice)
    assert pdf[:5] == b"%PDF-"
    assert pdf == render_invoice(invoice)
