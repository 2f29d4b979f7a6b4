"""Finance: two people for what is booked by hand, reasons for what is held, a proof on demand."""

from typing import cast

from aiohttp import web
from aiohttp.test_utils import TestClient

from guildhall.kit.clock import ManualClock
from guildhall.payments.jobs import look
from guildhall.payments.service import PaymentsService
from tests.fakes.bank_reports import report, said_of
from tests.guildhall.payments.purse import draft, moved
from tests.guildhall.payments.routes.conftest import Ask

ENTRY = {
    "reason": "a transfer without a name was Acme's",
    "lines": [{"account": "suspense:house:EUR", "minor": 500}, {"account": "client_balance:acme:EUR", "minor": -500}],
}


async def test_an_entry_by_hand_takes_two_people_and_is_booked_once(payments: PaymentsService, ask: Ask) -> None:
    await ask("ada", "POST", "/finance/entries", ENTRY, 403, key="my-key-0")
    await ask("otto", "POST", "/finance/entries", ENTRY, 403, key="my-key-0")
    proposed = await ask("kate", "POST", "/finance/entries", ENTRY, 201, key="my-key-1")
    path = f"/finance/entries/{proposed['manual_id']}/actions"
    problem = await ask("kate", "POST", path, {"action": "confirm"}, 403, key="my-key-2")
    assert problem["type"] == "/problems/second-person-needed"
    booked = await ask("alan", "POST", path, {"action": "confirm"}, key="my-key-3")
    assert (booked["state"], booked["confirmed_by"]) == ("booked", "alan")
    assert await ask("alan", "POST", path, {"action": "confirm"}, key="my-key-4") == booked
    await ask("kate", "POST", path, {"action": "withdraw"}, 409, key="my-key-5")
    (account,) = (await ask("otto", "GET", "/finance/accounts?owner=acme"))["items"]
    assert account["posted"] == 500
    told = await ask("otto", "GET", f"/finance/explanation?account={account['account']}")
    assert told["postings"][0]["purpose"] == "manual"


async def test_what_takes_from_an_agent_waits_for_the_notice_and_what_would_cross_a_floor_is_proposed_again(
    payments: PaymentsService, ask: Ask
) -> None:
    lines = [{"account": "payable:ada:EUR", "minor": 500}, {"account": "suspense:house:EUR", "minor": -500}]
    proposed = await ask("kate", "POST", "/finance/entries", {**ENTRY, "lines": lines}, 201, key="my-key-1")
    path = f"/finance/entries/{proposed['manual_id']}/actions"
    problem = await ask("alan", "POST", path, {"action": "confirm"}, 409, key="my-key-0")
    assert problem["type"] == "/problems/conflict"
    assert problem["detail"] == "It takes from an agent, who was told: it can be confirmed in 72 hours."
    clock = payments.clock
    assert isinstance(clock, ManualClock)
    clock.advance(72 * 3_600_000)
    problem = await ask("alan", "POST", path, {"action": "confirm"}, 409, key="my-key-2")
    assert problem["type"] == "/problems/insufficient-funds"
    finance = await ask("kate", "GET", "/finance")
    assert [one["state"] for one in finance["manual"]] == ["proposed"]
    assert (await ask("kate", "POST", path, {"action": "withdraw"}, key="my-key-3"))["state"] == "withdrawn"
    unbalanced = [{"account": "payable:ada:EUR", "minor": 500}, {"account": "suspense:house:EUR", "minor": -499}]
    await ask("kate", "POST", "/finance/entries", {**ENTRY, "lines": unbalanced}, 422, key="my-key-4")


async def test_a_payout_is_held_only_with_a_reason_somebody_and_a_day(payments: PaymentsService, ask: Ask) -> None:
    await payments.ledger.post(draft("earned", moved(5_000, "cash:sandbox:EUR", "payable:ada:EUR")))
    await payments.paying.set_payout_account("ada", "bank_ok", "Mine")
    payout = await payments.paying.pay_out("ada", "k1", 5_000, "EUR")
    path = f"/finance/payouts/{payout.id}/actions"
    hold = {"action": "hold", "reason": "the name differs", "next_actor": "finance", "expected_by_ms": 0}
    await ask("kate", "POST", path, hold, 422, key="my-key-1")
    assert [one["state"] for one in (await ask("kate", "GET", "/finance"))["payouts"]] == ["held"]
    assert (await ask("kate", "POST", path, {"action": "release"}, key="my-key-2"))["state"] == "in_transit"
    await look(payments)
    assert (await ask("kate", "GET", "/finance"))["payouts"] == []


async def test_the_ledger_is_proved_on_demand(payments: PaymentsService, ask: Ask) -> None:
    await payments.ledger.post(draft("earned", moved(5_000, "cash:sandbox:EUR", "payable:ada:EUR")))
    made = await ask("kate", "POST", "/finance/reconciliations", status=201)
    assert (made["entries"], made["fault_count"]) == (1, 0)
    assert made["totals"] == {"EUR": {"cash": 5_000, "payable": 5_000}}
    assert (await ask("otto", "GET", "/finance"))["reconciliations"] == [made]
    await ask("ada", "GET", "/finance", status=403)


async def test_bank_transfers_are_made_taken_in_and_matched_by_two_people_of_finance(
    payments: PaymentsService, ask: Ask, http: TestClient[web.Request, web.Application]
) -> None:
    given = {"iban": "GB82 WEST 1234 5698 7654 32", "holder": "Ada", "label": "Mine"}
    assert (await ask("ada", "PUT", "/money/payout-account", given))["bank"] == "…5432"
    await ask("ada", "PUT", "/money/payout-account", {**given, "bank": "bank_ok"}, 422)
    await ask("ada", "PUT", "/money/payout-account", {**given, "iban": "GB82 WEST 1234 5698 7654 33"}, 422)
    cool_down_ms = int(payments.settings.payout_cool_down_hours * 3_600_000) + 1
    cast("ManualClock", payments.clock).advance(cool_down_ms)
    await payments.ledger.post(draft("earned", moved(5_000, "cash:bank:EUR", "payable:ada:EUR")))
    wanted = {"minor": 4_000, "currency": "EUR"}
    assert (await ask("ada", "POST", "/money/payouts", wanted, 201, key="my-key-1"))["state"] == "in_transit"
    await ask("otto", "POST", "/finance/transfers", status=403, key="my-key-2")
    made = await ask("kate", "POST", "/finance/transfers", status=201, key="my-key-2")
    assert (made["count"], made["total_minor"]) == (1, 4_000)
    await ask("kate", "POST", "/finance/transfers", status=409, key="my-key-3")
    async with http.get(f"/v1/finance/transfers/{made['file_id']}/pain", headers={"Authorization": "kate"}) as answer:
        assert (answer.status, answer.content_type) == (200, "application/xml")
    table = b"reference,date,amount,currency\nA,2026-11-02,9,EUR\n"
    headers = {"Authorization": "kate", "Content-Type": "text/csv"}
    async with http.post("/v1/finance/bank-statements", data=table, headers=headers) as answer:
        assert (await answer.json())["unmatched"] == 1
    reported = report("<GrpSts>ACCP</GrpSts>", said_of("NOBODYS-1", "RJCT"))
    headers = {"Authorization": "kate", "Content-Type": "application/xml"}
    async with http.post("/v1/finance/bank-statements", data=reported, headers=headers) as answer:
        assert (answer.status, (await answer.json())["unmatched"]) == (200, 1)
    shown = await ask("otto", "GET", "/finance/transfers")
    [unfit], [file] = shown["reports"], shown["files"]
    assert (file["verdict"], unfit["file"]) == ("accepted", file["name"])
    seen_to = f"/finance/bank-reports/{unfit['report_id']}/actions"
    await ask("otto", "POST", seen_to, {"reason": "I asked them."}, 403, key="my-key-7")
    await ask("kate", "POST", seen_to, {"reason": "I asked them."}, key="my-key-8")
    assert (await ask("otto", "GET", "/finance/transfers"))["reports"] == []
    [line] = (await ask("otto", "GET", "/finance/transfers"))["lines"]
    path = f"/finance/bank-lines/{line['line_id']}/actions"
    said = {"action": "propose", "target": "acme", "reason": "They called."}
    assert (await ask("kate", "POST", path, said, key="my-key-4"))["state"] == "proposed"
    await ask("kate", "POST", path, {"action": "confirm"}, 403, key="my-key-5")
    assert (await ask("alan", "POST", path, {"action": "confirm"}, key="my-key-6"))["state"] == "matched"
    assert (await ask("otto", "GET", "/finance/transfers"))["lines"] == []
    assert (await ask("fred", "GET", "/money/deposit?organisation=org_1"))["reference"].startswith("RF")
    await ask("mona", "GET", "/money/deposit?organisation=org_1", status=404)


async def test_each_currency_has_a_console_of_its_own(
    payments: PaymentsService, ask: Ask, http: TestClient[web.Request, web.Application]
) -> None:
    for currency in ("EUR", "USD"):
        lines = moved(5_000, f"cash:sandbox:{currency}", f"payable:ada:{currency}")
        await payments.ledger.post(draft(f"earned-{currency}", lines))
    await payments.paying.set_payout_account("ada", "bank_ok", "Mine")
    for minor, currency in ((1_000, "EUR"), (2_000, "USD")):
        await payments.paying.pay_out("ada", currency, minor, currency)
    await ask("kate", "POST", "/finance/reconciliations", status=201)
    table = b"reference,date,amount,currency\nA,2026-11-02,9,EUR\nB,2026-11-02,8,CHF\n"
    headers = {"Authorization": "kate", "Content-Type": "text/csv"}
    async with http.post("/v1/finance/bank-statements", data=table, headers=headers) as answer:
        assert answer.status == 200
    euro = await ask("otto", "GET", "/finance")
    assert (euro["currency"], euro["currencies"]) == ("EUR", ["CHF", "EUR", "USD"])
    dollar = await ask("otto", "GET", "/finance?currency=USD")
    for shown, minor in ((euro, 1_000), (dollar, 2_000)):
        assert [(one["minor"], one["currency"]) for one in shown["payouts"]] == [(minor, shown["currency"])]
    for currency, amounts in (("EUR", [900]), ("CHF", [800]), ("USD", [])):
        shown = await ask("otto", "GET", f"/finance/transfers?currency={currency}")
        assert [one["minor"] for one in shown["lines"]] == amounts
