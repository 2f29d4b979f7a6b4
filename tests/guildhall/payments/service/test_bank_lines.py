"""Bank transfers: a payout is in one file whoever dies, a bank's line counts once, and two people match the rest."""

import asyncio
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Conflict, Invalid, Unavailable
from guildhall.kit.storage import Storage, StorageUnavailable
from guildhall.payments.jobs import look
from guildhall.payments.lifecycle import PayoutState
from guildhall.payments.model.flows import Payout
from guildhall.payments.model.transfers import LineState, StatementEntry
from guildhall.payments.rules.bank_identifiers import (
    bank_letters,
    check_iban,
    deposit_reference,
    deposit_references_in,
    payout_reference,
)
from guildhall.payments.rules.bank_statements import read_statement
from guildhall.payments.rules.transfer_files import NAMESPACE
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.manual import SecondPersonNeeded
from guildhall.payments.settings import BankSettings, PaymentsSettings
from tests.fakes.dying import Dying
from tests.guildhall.payments.purse import balance_of, draft, moved, prove_whole

HOUSE_IBAN, AGENT_IBAN = "DE89370400440532013000", "GB82WEST12345698765432"  # the examples of ISO 13616
SETTINGS = PaymentsSettings(
    payout_cool_down_hours=0, bank=BankSettings(holder="The Guild", iban="DE89 3704 0044 0532 0130 00")
)
CASH, SUSPENSE = "cash:bank:EUR", "suspense:house:EUR"


def service_over(storage: Any, clock: ManualClock) -> PaymentsService:
    return PaymentsService(storage, clock, SETTINGS, "a secret of thirty-two bytes....")


@pytest.fixture
async def payments(sqlite: Storage) -> PaymentsService:
    service = service_over(sqlite, ManualClock())
    await service.ensure()
    return service


async def ask_for(payments: PaymentsService, *amounts: int, owner: str = "ada") -> list[Payout]:
    """Payouts that wait for a file."""
    await payments.ledger.post(draft(f"earned-{owner}-{amounts}", moved(sum(amounts), CASH, f"payable:{owner}:EUR")))
    await payments.paying.set_payout_account(owner, AGENT_IBAN, "Mine", holder="Łukasz Müller")
    return [await payments.paying.pay_out(owner, f"{owner}-{n}", minor, "EUR") for n, minor in enumerate(amounts)]


def camt(*entries: str, iban: str = HOUSE_IBAN, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n<BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>\n" + "\n".join(entries) + "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(reference: str, amount: str, way: str = "DBIT", end_to_end: str = "", words: str = "", more: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs><RmtInf><Ustrd>{words}</Ustrd></RmtInf>{more}"
        "</TxDtls></NtryDtls></Ntry>"
    )


async def one_line(payments: PaymentsService, state: LineState) -> StatementEntry:
    [line] = await payments.bank_lines.store.lines_in(state)
    return line


async def test_what_waits_goes_into_one_file_in_the_banks_own_words(payments: PaymentsService) -> None:
    first, second = await ask_for(payments, 5_000, 123_456)
    assert first.state is PayoutState.IN_TRANSIT
    made = await payments.transfers.make_file("EUR", "key", "kate")
    assert await payments.transfers.make_file("EUR", "key", "kate") == made
    with pytest.raises(Conflict):
        await payments.transfers.make_file("EUR", "another", "kate")
    body = payments.transfers.as_pain(made)
    root, at = fromstring(body), f"{{{NAMESPACE}}}"
    sums = [node.text for node in root.iter(f"{at}CtrlSum")]
    ids = [node.text for node in root.iter(f"{at}EndToEndId")]
    assert sums == ["1284.56", "1284.56"]
    assert ids == [payout_reference(first.id, 1), payout_reference(second.id, 1)]
    assert all(len(one or "") <= 35 for one in ids)
    assert b"<Nm>Lukasz Muller</Nm>" in body
    assert body.isascii()
    assert b"1234.56" in payments.transfers.as_table(made)


async def test_ten_who_make_files_at_once_and_one_who_is_killed_put_every_payout_into_exactly_one(
    sqlite: Storage,
) -> None:
    clock = ManualClock()
    payments = service_over(sqlite, clock)
    await payments.ensure()
    orders = await ask_for(payments, *[1_000 + n for n in range(12)])
    for writes in range(1, 8):
        dying = service_over(Dying(sqlite, {"left": writes, "is_after": writes % 2}), clock)
        with pytest.raises((StorageUnavailable, Conflict)):
            await dying.transfers.make_file("EUR", f"dying-{writes}", "kate")
    made = await asyncio.gather(
        *(service_over(sqlite, clock).transfers.make_file("EUR", f"k{n}", "kate") for n in range(10)),
        return_exceptions=True,
    )
    assert all(isinstance(one, Conflict) or not isinstance(one, BaseException) for one in made)
    await payments.transfers.look_at_files()
    files = await payments.transfers.store.newest_files()
    inside = [transfer.reference for one in files for transfer in one.transfers]
    assert sorted(inside) == sorted(payout_reference(payout.id, 1) for payout in orders)
    again = await payments.transfers.make_file("EUR", files[-1].key, "kate")
    assert payments.transfers.as_pain(again) == payments.transfers.as_pain(files[-1])


async def test_the_statement_says_what_was_executed_returned_and_deposited_each_once(
    payments: PaymentsService,
) -> None:
    first, second = await ask_for(payments, 5_000, 6_000)
    await payments.transfers.make_file("EUR", "key", "kate")
    reference = await payments.bank_lines.reference_of("org_1")
    spread = f"{reference[:4].lower()} {reference[4:8]}-{reference[8:]}"
    executed = [
        entry("A1", "50.00", end_to_end=payout_reference(first.id, 1).lower()),
        entry("A2", "60.00", end_to_end=payout_reference(second.id, 1)),
    ]
    came = entry("A3", "77.7", "CRDT", words=f"invoice, {spread} thanks")
    back = entry(
        "A4", "60.00", "CRDT", payout_reference(second.id, 1), more="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    )
    told = await payments.bank_lines.take_in(camt(*executed, came))
    assert (told.new, told.matched, told.unmatched) == (3, 3, 0)
    told = await payments.bank_lines.take_in(camt(*executed, came, back))
    assert (told.new, told.known, told.matched) == (1, 3, 1)
    states = [(await payments.flows.payouts.read(one.id)).state for one in (first, second)]
    assert states == [PayoutState.PAID, PayoutState.RETURNED]
    assert "AC04" in (await payments.flows.payouts.read(second.id)).said
    assert (await balance_of(payments.ledger, "client_balance:org_1:EUR"))[0] == 7_770
    assert (await balance_of(payments.ledger, "payable:ada:EUR"))[0] == 6_000
    await prove_whole(payments.ledger)


async def test_what_matches_nothing_stands_in_suspense_until_two_people_say_what_it_is(
    payments: PaymentsService,
) -> None:
    [payout] = await ask_for(payments, 5_000)
    await payments.transfers.make_file("EUR", "key", "kate")
    lines = payments.bank_lines
    before = (await balance_of(payments.ledger, CASH))[0]
    assert (await lines.take_in(camt(entry("B1", "50.00", words="no reference")))).unmatched == 1
    assert (await balance_of(payments.ledger, CASH))[0] == before - 5_000
    lost = await one_line(payments, LineState.UNMATCHED)
    for target, reason in (("acme", "Theirs"), ("", "Why"), (payout.id, "x")):
        with pytest.raises(Invalid):
            await lines.propose(lost.id, target, reason, "kate")
    await lines.propose(lost.id, payout.id, "The bank left the reference out.", "kate")
    with pytest.raises(SecondPersonNeeded):
        await lines.confirm(lost.id, "kate")
    with pytest.raises(Conflict):
        await lines.propose(lost.id, payout.id, "The same.", "alan")
    done = await asyncio.gather(*(lines.confirm(lost.id, "alan") for _ in range(5)), return_exceptions=True)
    assert any(not isinstance(one, BaseException) for one in done)
    await look(payments)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.PAID
    assert (await balance_of(payments.ledger, SUSPENSE))[0] == 0
    assert (await balance_of(payments.ledger, CASH))[0] == before - 5_000
    await lines.take_in(camt(entry("B2", "9.00", "CRDT", words="hello")))
    gift = await one_line(payments, LineState.UNMATCHED)
    await lines.propose(gift.id, "acme", "They called.", "kate")
    await lines.withdraw(gift.id)
    await lines.propose(gift.id, "acme", "They called again.", "alan")
    await lines.confirm(gift.id, "kate")
    assert (await balance_of(payments.ledger, "client_balance:acme:EUR"))[0] == 900
    await prove_whole(payments.ledger)


@pytest.mark.parametrize("writes", [1, 2])
async def test_a_line_of_a_file_whose_maker_died_before_its_orders_were_told_is_settled_by_itself(
    payments: PaymentsService, sqlite: Storage, writes: int
) -> None:
    first, second = await ask_for(payments, 5_000, 6_000)
    dying = service_over(Dying(sqlite, {"left": writes, "is_after": 1}), ManualClock())
    with pytest.raises(StorageUnavailable):
        await dying.transfers.make_file("EUR", "key", "kate")
    untold = [await payments.transfers.store.orders.read(f"{one.id}/1") for one in (first, second)]
    assert not untold[1].file
    paid = entry("A1", "60.00", end_to_end=payout_reference(second.id, 1))
    back = entry("A2", "60.00", "CRDT", end_to_end=payout_reference(second.id, 1))
    told = await payments.bank_lines.take_in(camt(paid, back))
    assert (told.matched, told.unmatched) == (2, 0)
    assert (await payments.flows.payouts.read(second.id)).state is PayoutState.RETURNED
    with pytest.raises(Conflict, match="No payout in EUR waits"):
        await payments.transfers.make_file("EUR", "another", "kate")


async def test_no_line_is_said_to_be_a_payouts_that_still_waits_for_its_file(payments: PaymentsService) -> None:
    """It would be paid by that line, and by the next file again."""
    [sent] = await ask_for(payments, 5_000)
    await payments.transfers.make_file("EUR", "key", "kate")
    [waits] = await ask_for(payments, 5_000, owner="eve")
    await payments.bank_lines.take_in(camt(entry("B1", "50.00", words="no reference")))
    lost = await one_line(payments, LineState.UNMATCHED)
    with pytest.raises(Invalid, match="no file yet"):
        await payments.bank_lines.propose(lost.id, waits.id, "It is of that amount.", "kate")
    assert (await payments.bank_lines.propose(lost.id, sent.id, "It is hers.", "kate")).target == sent.id


async def test_makers_who_died_in_more_currencies_than_anybody_counts_leave_nothing_waiting(
    payments: PaymentsService, sqlite: Storage
) -> None:
    await ask_for(payments, 5_000)
    for currency in ("CHF", "CZK", "DKK", "NOK", "PLN", "SEK", "USD"):
        await payments.ledger.post(
            draft(f"earned-{currency}", moved(1_700, f"cash:house:{currency}", f"payable:ada:{currency}"))
        )
        await payments.paying.pay_out("ada", currency, 1_700, currency)
        dying = service_over(Dying(sqlite, {"left": 1, "is_after": 1}), ManualClock())
        with pytest.raises(StorageUnavailable):
            await dying.transfers.make_file(currency, currency, "kate")
    assert len(await payments.transfers.store.currencies_waiting()) == 8
    await payments.transfers.look_at_files()
    assert await payments.transfers.store.currencies_waiting() == ["EUR"]


async def test_two_lines_that_say_the_same_of_one_payout_count_once_and_the_second_is_left_to_people(
    payments: PaymentsService,
) -> None:
    [payout] = await ask_for(payments, 5_000)
    await payments.transfers.make_file("EUR", "key", "kate")
    before = (await balance_of(payments.ledger, CASH))[0]
    twice = [entry(name, "50.00", end_to_end=payout_reference(payout.id, 1)) for name in ("A1", "A2")]
    told = await payments.bank_lines.take_in(camt(*twice))
    assert (told.matched, told.unmatched) == (1, 1)
    left = await one_line(payments, LineState.UNMATCHED)
    with pytest.raises(Invalid, match="already"):
        await payments.bank_lines.propose(left.id, payout.id, "The same again.", "kate")
    assert (await balance_of(payments.ledger, CASH))[0] == before - 10_000
    assert (await balance_of(payments.ledger, SUSPENSE))[0] == -5_000
    await prove_whole(payments.ledger)


async def test_a_statement_that_is_killed_at_any_write_is_finished_by_the_same_file_and_counts_once(
    payments: PaymentsService, sqlite: Storage
) -> None:
    [payout] = await ask_for(payments, 5_000)
    await payments.transfers.make_file("EUR", "key", "kate")
    before = (await balance_of(payments.ledger, CASH))[0]
    paid = entry("A1", "50.00", end_to_end=payout_reference(payout.id, 1))
    body = camt(paid, entry("A2", "9.00", "CRDT", words=await payments.bank_lines.reference_of("org_1")),
                entry("A3", "1.00", words="fee"))  # fmt: skip
    for writes in range(1, 30):
        dying = service_over(Dying(sqlite, {"left": writes, "is_after": writes % 2}), ManualClock())
        try:
            await dying.bank_lines.take_in(body)
        except (StorageUnavailable, Unavailable):
            continue
        break
    await payments.bank_lines.take_in(body)
    await look(payments)
    assert (await payments.flows.payouts.read(payout.id)).state is PayoutState.PAID
    assert (await balance_of(payments.ledger, CASH))[0] == before - 5_000 + 900 - 100
    assert (await balance_of(payments.ledger, "client_balance:org_1:EUR"))[0] == 900
    await prove_whole(payments.ledger)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Line 1"),
        (b"<Document>\n<a>", "Line 2"),
        (camt(entry("A", "1.00"), head="<!DOCTYPE a [<!ENTITY b 'c'>]>"), "Line 1"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"/>', "no camt.053"),
        (camt(entry("A", "1.00"), iban="DE88370400440532013000"), "IBAN"),
        (camt(entry("A", "1.00"), iban=AGENT_IBAN), "house's account is DE89"),
        (camt(entry("A", "1.00"), entry("A", "2.00")), "Line 5: the reference A stands in line 4"),
        (camt(entry("A", "1.00"), entry("B", "1.001")), "Line 5"),
        (camt(entry("A", "1.00"), entry("B", "-1.00")), "Line 5"),
        (camt(entry("A", "1.00"), entry("B", "1.00", "both")), "Line 5"),
        (camt(entry("A", "1.00"), entry("", "1.00")), "Line 5"),
        (camt(entry("A", "1.00"), entry("B", "3.00", more='</TxDtls><TxDtls><Amt Ccy="EUR">1</Amt>')), "Line 5"),
        (b"reference,date,amount\nA,2026-11-02,1", "currency"),
        (b"reference,date,amount,currency\nA,2026-11-02,1,EUR\nB,2026-11-02,one,EUR", "Line 3"),
        ("reference,date,amount,currency\nÄ,x,1,EUR".encode("latin-1"), "Line 2"),
    ],
)
async def test_a_bad_file_is_refused_whole_with_the_line(payments: PaymentsService, body: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        await payments.bank_lines.take_in(body)
    assert await payments.bank_lines.store.lines_in(LineState.UNMATCHED) == []


async def test_a_reference_that_says_another_amount_later_is_told_and_changes_nothing(
    payments: PaymentsService,
) -> None:
    await payments.bank_lines.take_in(camt(entry("A", "1.00")))
    with pytest.raises(Conflict, match="taken in before"):
        await payments.bank_lines.take_in(camt(entry("B", "1.00"), entry("A", "2.00")))
    assert (await one_line(payments, LineState.UNMATCHED)).said.reference == "A"


def test_a_table_and_a_line_of_several_parts_are_read() -> None:
    table = (
        "\ufeffreference;date;amount;currency;end_to_end\nA;2026-11-02;-50.00;EUR;POUT-1\n;;;;\nB;2026-11-02;+7;EUR;"
    )
    assert [(one.minor, one.is_credit) for one in read_statement(table.encode()).lines] == [(5_000, False), (700, True)]
    both = (
        '<Ntry><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><AcctSvcrRef>C</AcctSvcrRef>'
        "<NtryDtls>"
        '<TxDtls><Amt Ccy="EUR">1.00</Amt></TxDtls><TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">2.00</Amt></TxAmt></AmtDtls>'
        "</TxDtls></NtryDtls></Ntry>"
    )
    pending = entry("P", "1.00").replace("BOOK", "PDNG")
    assert [(one.reference, one.minor) for one in read_statement(camt(both, pending)).lines] == [
        ("C/1", 100),
        ("C/2", 200),
    ]


def test_account_numbers_names_and_references_are_as_their_standards_say() -> None:
    assert check_iban("gb82 west 1234 5698 7654 32") == AGENT_IBAN
    for wrong in ("GB82WEST12345698765433", "DE8937040044053201300", "", "XX"):
        with pytest.raises(Invalid):
            check_iban(wrong)
    assert bank_letters("Zoë Ångström & Söhne <x>", 70) == "Zoe Angstrom + Sohne .x."
    reference = deposit_reference("org_1")
    assert deposit_references_in(f"x{reference}y") == [reference]
    swapped = reference[:-1] + ("0" if reference[-1] != "0" else "1")
    assert deposit_references_in(swapped) == []
