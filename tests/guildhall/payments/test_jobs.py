"""The jobs' pass: what is stuck, however much of it there is, keeps nothing else from its turn."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Invalid
from guildhall.kit.storage import Storage
from guildhall.payments.jobs import look
from guildhall.payments.lifecycle import PaymentState
from guildhall.payments.model.flows import Payment
from guildhall.payments.model.transfers import BankLine, LineState, StatementEntry
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.provider import Asked
from guildhall.payments.service.sandbox import SandboxProvider
from guildhall.payments.settings import PaymentsSettings
from guildhall.payments.store.flows import CLAIMS
from tests.guildhall.payments.purse import CASH, balance_of, client, draft, moved

MANY = 101
"""More than one page."""


@pytest.fixture
async def payments(sqlite: Storage) -> PaymentsService:
    service = PaymentsService(sqlite, ManualClock(), PaymentsSettings(), "a secret of thirty-two bytes....")
    await service.ensure()
    return service


def a_payment(id_: str, clock: ManualClock, **more: object) -> Payment:
    return Payment.model_validate(
        {
            "_id": id_,
            "created_at_ms": clock.now_ms(),
            "owner": "acme",
            "key": id_,
            "minor": 900,
            "currency": "EUR",
            "provider": "sandbox",
            "method": "card_ok",
            **more,
        }
    )


def a_line(id_: str, target: str, clock: ManualClock) -> StatementEntry:
    said = BankLine(reference=id_, at="", minor=500, currency="EUR", is_credit=True, line=1)
    return StatementEntry(
        id=id_, created_at_ms=clock.now_ms(), iban="", said=said, state=LineState.CONFIRMED, target=target
    )


async def test_bookings_that_can_never_be_booked_hide_none_that_can(payments: PaymentsService) -> None:
    clock, flows = ManualClock(), payments.flows
    for number in range(MANY):
        nothing_there = draft(f"stuck-{number}", moved(900, client("poor"), CASH))
        await flows.payments.add(a_payment(f"pay_{number:03}", clock, bookings=(nothing_there,), unsettled=True))
    booking = draft("good", moved(900, CASH, client()))
    await flows.payments.add(a_payment("pay_z", clock, bookings=(booking,), unsettled=True))
    await payments.inbox.look()
    assert not (await flows.payments.read("pay_z")).unsettled
    assert (await balance_of(payments.ledger, client()))[0] == 900


async def test_lines_that_can_never_be_carried_out_hide_none_that_can(payments: PaymentsService) -> None:
    clock, lines = ManualClock(), payments.bank_lines
    for number in range(MANY):
        await lines.store.lines.add(a_line(f"bank_{number:03}", "pout_missing", clock))
    await lines.store.lines.add(a_line("bank_z", "acme", clock))
    await lines.look()
    assert (await lines.store.lines.read("bank_z")).state is LineState.MATCHED
    assert (await balance_of(payments.ledger, client()))[0] == 500


async def test_payments_that_the_provider_refuses_hide_none_that_it_takes(payments: PaymentsService) -> None:
    clock = ManualClock()

    class Choosy(SandboxProvider):
        async def charge(self, payment: Payment) -> Asked:
            if payment.method == "card_ok":
                return await super().charge(payment)
            raise Invalid("No such card.")

    provider = Choosy(payments.provider._store, "a secret of thirty-two bytes....", clock)
    paying = replace(payments.paying, provider=provider)
    for number in range(MANY):
        refused = a_payment(f"pay_{number:03}", clock, method="card_torn", look_at_ms=1)
        await payments.flows.payments.add(refused)
    await payments.flows.payments.add(a_payment("pay_z", clock, look_at_ms=2))
    for _ in range(2):
        await paying.look()
    assert (await payments.flows.payments.read("pay_z")).reference


async def test_a_row_that_somebody_broke_by_hand_is_told_and_keeps_no_other_part_from_its_turn(
    payments: PaymentsService, sqlite: Storage
) -> None:
    payment = await payments.paying.pay_in("acme", "key", 900, "EUR", "card_ok")
    await sqlite.collection(CLAIMS).insert({"_id": "pay_broken", "look_at_ms": 1})
    await payments.bank_lines.store.lines.add(a_line("bank_1", "acme", ManualClock()))
    with pytest.raises(ValidationError):
        await look(payments)
    assert (await payments.flows.payments.read(payment.id)).state is PaymentState.SUCCEEDED
    assert (await payments.bank_lines.store.lines.read("bank_1")).state is LineState.MATCHED
    assert await payments.ledger_store.reconciliations(1)
