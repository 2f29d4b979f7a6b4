"""A bank's report on a file (pain.002): what it rejects has failed, once; what fits nothing waits for somebody."""

from typing import Any

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.storage import Storage, StorageUnavailable
from guildhall.payments.jobs import look
from guildhall.payments.lifecycle import Actor, PayoutState
from guildhall.payments.model.flows import Payout
from guildhall.payments.model.reports import Verdict
from guildhall.payments.model.transfers import LineState
from guildhall.payments.rules.bank_identifiers import payout_reference
from guildhall.payments.rules.bank_reports import read_report
from guildhall.payments.rules.moving import act_on_payout
from guildhall.payments.service import PaymentsService
from guildhall.payments.settings import BankSettings, PaymentsSettings
from tests.fakes.bank import AGENT_IBANS, HOUSE_IBAN, Said, statement
from tests.fakes.bank_reports import group, reason, report, said_of
from tests.fakes.dying import Dying
from tests.guildhall.payments.purse import balance_of, draft, moved, prove_whole

SETTINGS = PaymentsSettings(payout_cool_down_hours=0, bank=BankSettings(holder="The Guild", iban=HOUSE_IBAN))


def service_over(storage: Any, clock: ManualClock) -> PaymentsService:
    return PaymentsService(storage, clock, SETTINGS, "a secret of thirty-two bytes....")


@pytest.fixture
async def payments(sqlite: Storage) -> PaymentsService:
    service = service_over(sqlite, ManualClock())
    await service.ensure()
    return service


async def three_in_a_file(payments: PaymentsService) -> list[Payout]:
    await payments.ledger.post(draft("earned", moved(6_000, "cash:bank:EUR", "payable:ada:EUR")))
    await payments.paying.set_payout_account("ada", AGENT_IBANS[0], "Mine", holder="Ada")
    made = [await payments.paying.pay_out("ada", f"k{minor}", minor, "EUR") for minor in (1_000, 2_000, 3_000)]
    await payments.transfers.make_file("EUR", "key", "kate")
    return made


async def states_of(payments: PaymentsService, *payouts: Payout) -> list[PayoutState]:
    return [(await payments.flows.payouts.read(one.id)).state for one in payouts]


async def test_of_a_file_taken_in_part_what_was_rejected_has_failed_and_says_why(payments: PaymentsService) -> None:
    first, second, third = await three_in_a_file(payments)
    body = report(
        group("PART"),
        said_of(payout_reference(first.id, 1), "ACSP"),
        said_of(payout_reference(second.id, 1).lower(), "RJCT", reason("AC04", "Closed in May.")),
    )
    told = await payments.bank_reports.take_in(body)
    assert (told.new, told.known, told.matched, told.unmatched) == (2, 0, 2, 0)
    told = await payments.bank_reports.take_in(body)
    assert (told.new, told.known) == (0, 2)
    sent, failed = PayoutState.IN_TRANSIT, PayoutState.FAILED
    assert await states_of(payments, first, second, third) == [sent, failed, sent]
    assert (await payments.flows.payouts.read(second.id)).said == (
        "The bank rejected it: AC04: the account is closed; Closed in May."
    )
    await payments.paying.act(second.id, "cancel", Actor.OWNER)
    assert (await balance_of(payments.ledger, "payable:ada:EUR"))[0] == 2_000
    await prove_whole(payments.ledger)


@pytest.mark.parametrize(
    "said",
    [
        {"group": group("RJCT", reason("FF01"))},
        {"group": "", "block": f"<PmtInfSts>RJCT</PmtInfSts>{reason('FF01')}"},
    ],
)
async def test_a_file_that_was_rejected_has_failed_with_all_that_is_in_it(
    payments: PaymentsService, said: dict[str, str]
) -> None:
    made = await three_in_a_file(payments)
    await payments.bank_reports.take_in(report(said["group"], block=said.get("block", "")))
    assert set(await states_of(payments, *made)) == {PayoutState.FAILED}
    assert "FF01: the form of the file" in (await payments.flows.payouts.read(made[0].id)).said


@pytest.mark.parametrize("status", ["ACCP", "ACTC", "ACSC", "RCVD", "PDNG"])
async def test_what_is_accepted_or_waits_is_paid_only_once_a_statement_says_so(
    payments: PaymentsService, status: str
) -> None:
    made = await three_in_a_file(payments)
    await payments.bank_reports.take_in(report(group(status), said_of(payout_reference(made[0].id, 1), status)))
    assert set(await states_of(payments, *made)) == {PayoutState.IN_TRANSIT}
    assert await payments.bank_reports.store.reports_in(LineState.UNMATCHED) == []


async def test_what_was_tried_again_is_not_failed_by_what_is_said_of_the_attempt_before(
    payments: PaymentsService,
) -> None:
    first, *_ = await three_in_a_file(payments)
    rejected = said_of(payout_reference(first.id, 1), "RJCT", reason("AM04"))
    await payments.bank_reports.take_in(report(group("PART"), rejected))
    await payments.paying.act(first.id, "retry", Actor.OWNER)
    await payments.bank_reports.take_in(report(group("PART"), rejected, message="R2"))
    again = await payments.flows.payouts.read(first.id)
    assert (again.state, again.attempt) == (PayoutState.IN_TRANSIT, 2)


@pytest.mark.parametrize("is_sent_again", [True, False], ids=["waits for its file", "not sent yet"])
async def test_what_the_bank_carries_out_after_it_was_tried_again_is_paid_once(
    payments: PaymentsService, *, is_sent_again: bool
) -> None:
    first, *others = await three_in_a_file(payments)
    rejected = said_of(payout_reference(first.id, 1), "RJCT", reason("AM04"))
    await payments.bank_reports.take_in(report(group("PART"), rejected))
    if is_sent_again:
        await payments.paying.act(first.id, "retry", Actor.OWNER)
    else:  # whoever tried it again died before it was sent
        now_ms = payments.clock.now_ms()
        await payments.flows.payouts.change(
            first.id, now_ms, lambda seen: act_on_payout(seen, "retry", Actor.OWNER, now_ms)
        )
    cash, *_ = await balance_of(payments.ledger, "cash:bank:EUR")
    taken = await payments.bank_lines.take_in(statement([Said("A1", -1_000, payout_reference(first.id, 1))]))
    await look(payments)
    assert (taken.matched, (await balance_of(payments.ledger, "cash:bank:EUR"))[0]) == (1, cash - 1_000)
    assert await states_of(payments, first, *others) == [PayoutState.PAID, *[PayoutState.IN_TRANSIT] * 2]
    with pytest.raises(Conflict, match="No payout in EUR waits"):
        await payments.transfers.make_file("EUR", "next", "kate")
    if is_sent_again:  # what no file ever held cannot have been paid, whatever a line says
        await payments.bank_lines.take_in(statement([Said("A2", -1_000, payout_reference(first.id, 2))]))
        assert [one.note for one in await payments.bank_lines.store.lines_in(LineState.UNMATCHED)] == [
            "That payout was in no file yet."
        ]
    await payments.ledger.post(draft("earned-more", moved(1_500, "cash:bank:EUR", "payable:ada:EUR")))
    another = await payments.paying.pay_out("ada", "another", 1_500, "EUR")
    made = await payments.transfers.make_file("EUR", "after", "kate")
    assert [one.order for one in made.transfers] == [f"{another.id}/1"]
    await prove_whole(payments.ledger)


async def test_what_fits_nothing_of_ours_waits_until_somebody_says_what_they_made_of_it(
    payments: PaymentsService,
) -> None:
    first, second, third = await three_in_a_file(payments)
    await payments.bank_lines.take_in(statement([Said("A1", -1_000, payout_reference(first.id, 1))]))
    body = report(
        group("PART"), said_of("NOBODYS-1", "RJCT"), said_of(payout_reference(first.id, 1), "RJCT", reason("AC06"))
    )
    told = await payments.bank_reports.take_in(body)
    assert (told.new, told.unmatched) == (2, 2)
    assert (await payments.bank_reports.take_in(report(group("RJCT"), of="GUILDHALL-EUR-00000009"))).unmatched == 1
    waiting = await payments.bank_reports.store.reports_in(LineState.UNMATCHED)
    notes = " ".join(note for one in waiting for note in one.notes)
    for words in ("NOBODYS-1 is no payment of", "and paid, says a statement", "No file of ours is called"):
        assert words in notes
    sent = PayoutState.IN_TRANSIT
    assert await states_of(payments, first, second, third) == [PayoutState.PAID, sent, sent]
    with pytest.raises(Invalid):
        await payments.bank_reports.see_to(waiting[0].id, "", "kate")
    for one in waiting:
        await payments.bank_reports.see_to(one.id, "The bank was asked.", "kate")
    with pytest.raises(Conflict):
        await payments.bank_reports.see_to(waiting[0].id, "I asked, too.", "alan")
    assert await payments.bank_reports.store.reports_in(LineState.UNMATCHED) == []


async def test_a_report_whose_reader_is_killed_at_any_write_is_finished_by_the_job(
    payments: PaymentsService, sqlite: Storage
) -> None:
    made = await three_in_a_file(payments)
    deaths = 0
    for left in range(1, 9):
        dying = service_over(Dying(sqlite, {"left": left, "is_after": left % 2}), ManualClock())
        try:
            await dying.bank_reports.take_in(report(group("RJCT"), message=f"R{left}"))
        except StorageUnavailable:
            deaths += 1
    assert deaths > 3
    await look(payments)
    assert set(await states_of(payments, *made)) == {PayoutState.FAILED}
    assert await payments.bank_reports.store.reports_in(LineState.TAKEN) == []
    await prove_whole(payments.ledger)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<Document>\n<a>", "Line 2"),
        (report(group("RJCT"), head="<!DOCTYPE a [<!ENTITY b 'c'>]>"), "Line 1.*DOCTYPE"),
        (b"<a>" * 60, "Line 1.*deep"),
        (report(group("RJCT")).replace(b"pain.002.001.10", b"pain.001.001.09"), "no pain.002"),
        (report(group("FINE")), "Line 3: 'FINE' is no status"),
        (report(), "says nothing of the file"),
        (report("", said_of("A", "PART")), "Line 5"),
        (report("", said_of("A", "RJCT"), said_of("a", "ACCP")), "stands in it twice"),
        (report("", said_of("", "RJCT")), "Line 5: reference"),
        (report(group("RJCT"), message=""), "Line 3: message"),
        (report("", *[said_of(f"A{n}", "ACCP") for n in range(501)]), "at most 500"),
    ],
)
async def test_a_bad_report_is_refused_whole_with_the_line(payments: PaymentsService, body: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        await payments.bank_reports.take_in(body)
    for state in LineState:
        assert await payments.bank_reports.store.reports_in(state) == []


async def test_a_report_that_says_something_else_later_is_told_and_changes_nothing(payments: PaymentsService) -> None:
    made = await three_in_a_file(payments)
    await payments.bank_reports.take_in(report(group("ACCP")))
    with pytest.raises(Conflict, match="said something else"):
        await payments.bank_reports.take_in(report(group("RJCT")))
    assert set(await states_of(payments, *made)) == {PayoutState.IN_TRANSIT}


def test_without_a_word_of_the_file_its_payments_say_what_became_of_it() -> None:
    assert read_report(report("", said_of("A", "ACSP"))).verdict is Verdict.ACCEPTED
    assert read_report(report("", said_of("A", "ACSP"), said_of("B", "RJCT"))).verdict is Verdict.PARTIALLY
