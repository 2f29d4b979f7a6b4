"""A statement says what the ledger says at both ends, and where its lines do not fit, by how much."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import Invalid, NotFound
from guildhall.kit.storage import Change, Storage
from guildhall.payments.model.holds import HoldTerms
from guildhall.payments.model.invoices import Party
from guildhall.payments.rules.stating import bounds_of
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.statement_files import render_statement, statement_csv
from guildhall.payments.settings import HouseSettings, PaymentsSettings
from guildhall.payments.store.ledger import JOURNAL
from tests.guildhall.payments.purse import client, paid_in, payable

OCTOBER = int(datetime(2026, 10, 20, 12, tzinfo=UTC).timestamp() * 1000)
_DAY_MS = 86_400_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(OCTOBER)


@pytest.fixture
async def payments(sqlite: Storage, clock: ManualClock) -> PaymentsService:
    settings = PaymentsSettings(house=HouseSettings(tax_basis_points=1_900))
    service = PaymentsService(sqlite, clock, settings, "a secret of thirty-two bytes....")
    await service.ensure()
    return service


async def earn(payments: PaymentsService, name: str, minor: int) -> str:
    """Funded and released; the entry."""
    await payments.ledger.post(paid_in(f"in-{name}", minor))
    terms = HoldTerms(subject=f"=part {name}", payer="acme", payee="ada", minor=minor, currency="EUR")
    hold = await payments.holding.hold(name, terms, "usr_client")
    return (await payments.holding.release(hold.id, name, minor, "usr_client")).id


async def test_a_month_begins_where_the_one_before_ended_and_says_what_each_line_was_for(
    payments: PaymentsService, clock: ManualClock
) -> None:
    await earn(payments, "m1", 10_000)
    clock.advance(20 * _DAY_MS)
    for name in ("m2", "m3"):
        await earn(payments, name, 5_000)
    october = await payments.stating.state("ada", payable(), "2026-10")
    november = await payments.stating.state("ada", payable(), "2026-11")
    assert (october.opening_minor, october.closing_minor, october.is_over) == (0, 9_000, True)
    assert (november.opening_minor, november.closing_minor, november.is_over) == (9_000, 18_000, False)
    assert [(line.minor, line.balance_minor) for line in november.lines] == [(4_500, 13_500), (4_500, 18_000)]
    assert november.lines[0].words == "Earned: =part m2 (after a fee of 5.00 EUR, 0.80 EUR of it tax)"
    assert (october.gap_minor, november.gap_minor, november.first_month) == (0, 0, "2026-10")
    paid = await payments.stating.state("acme", client(), "2026-11")
    assert [(line.words, line.minor) for line in paid.lines][:2] == [
        ("Test", 5_000),
        ("Put aside for work: =part m2", -5_000),
    ]
    assert paid.closing_minor == (await payments.ledger.balance(client())).amounts.posted
    before = await payments.stating.state("ada", payable(), "2026-09")
    assert (before.lines, before.opening_minor, before.closing_minor) == ((), 0, 0)


async def test_what_the_ledger_decided_before_midnight_and_sealed_after_it_is_in_the_new_month_and_in_no_other(
    payments: PaymentsService, clock: ManualClock
) -> None:
    _, ends_ms = bounds_of("2026-10")
    clock.advance(ends_ms - clock.now_ms() - 1)
    await earn(payments, "m1", 1_000)
    clock.advance(1)
    await earn(payments, "m2", 2_000)
    told = [await payments.stating.state("ada", payable(), month) for month in ("2026-10", "2026-11")]
    assert [[line.minor for line in one.lines] for one in told] == [[900], [1_800]]
    assert told[0].closing_minor == told[1].opening_minor == 900


@pytest.mark.parametrize("changed", ["edited", "unreadable"])
async def test_a_journal_that_was_changed_by_hand_shows_as_a_gap(
    payments: PaymentsService, sqlite: Storage, changed: str
) -> None:
    entry = await earn(payments, "m1", 10_000)
    journal = sqlite.collection(JOURNAL)
    document: dict[str, Any] = await journal.get(entry) or {}
    lines = [{**line, "minor": line["minor"] + 100 * (line["account"] == payable())} for line in document["lines"]]
    await journal.update_if(entry, {}, Change(set={"lines": lines if changed == "edited" else "?"}))
    told = await payments.stating.state("ada", payable(), "2026-10")
    assert told.closing_minor == 9_000
    assert told.gap_minor == (100 if changed == "edited" else 9_000)
    assert "In no line" in statement_csv(told).decode()


async def test_a_statement_is_of_ones_own_accounts_and_of_a_month(payments: PaymentsService) -> None:
    await earn(payments, "m1", 10_000)
    for owner, account in (("eve", payable()), ("hold_m1", "held:hold_m1:EUR"), ("ada", "nonsense")):
        with pytest.raises(NotFound):
            await payments.stating.state(owner, account, "2026-10")
    for month in ("2026-13", "1999-01", "9999-12"):
        with pytest.raises(Invalid):
            await payments.stating.state("ada", payable(), month)


async def test_the_files_say_the_same_and_a_subject_cannot_run_as_a_formula(payments: PaymentsService) -> None:
    await earn(payments, "m1", 123_456)
    paid = await payments.stating.state("acme", client(), "2026-10")
    rows = list(csv.reader(io.StringIO(statement_csv(paid).decode("utf-8-sig"), newline="")))
    assert [row[2:4] for row in rows[1:]] == [["", "0.00"], ["1234.56", "1234.56"], ["-1234.56", "0.00"], ["", "0.00"]]
    party = Party(name="Acme", address="1 Row\nDublin", country="IE", tax_id="IE1")
    first = render_statement(paid, party, "The Guild")
    assert first.startswith(b"%PDF-")
    assert first == render_statement(paid, party, "The Guild")
