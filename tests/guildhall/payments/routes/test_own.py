"""One's own money: every route that moves any needs a key, and nobody sees another's."""

from aiohttp import web
from aiohttp.test_utils import TestClient

from guildhall.payments.jobs import look
from guildhall.payments.model.claims import Claim
from guildhall.payments.model.entries import Line
from guildhall.payments.model.flows import ProviderEvent
from guildhall.payments.model.holds import HoldTerms
from guildhall.payments.model.manual import ManualEntry
from guildhall.payments.model.transfers import BankLine, StatementEntry
from guildhall.payments.rules.stating import month_of
from guildhall.payments.service import PaymentsService
from tests.guildhall.payments.purse import draft, moved, paid_in
from tests.guildhall.payments.routes.conftest import Ask
from tests.guildhall.payments.service.test_bank_lines import camt, entry

CARD = {"minor": 5_000, "currency": "EUR", "method": "card_ok"}


async def test_what_is_paid_in_stands_in_the_balance_and_is_explained(payments: PaymentsService, ask: Ask) -> None:
    problem = await ask("ada", "POST", "/money/payments", CARD, 428)
    assert problem["type"] == "/problems/precondition-required"
    first = await ask("ada", "POST", "/money/payments", CARD, 201, key="my-key-1")
    assert await ask("ada", "POST", "/money/payments", CARD, 201, key="my-key-1") == first
    await look(payments)
    money = await ask("ada", "GET", "/money/mine")
    assert [(one["kind"], one["posted"]) for one in money["accounts"]] == [("client_balance", 5_000)]
    assert [one["state"] for one in money["payments"]] == ["succeeded"]
    account = money["accounts"][0]["account"]
    told = await ask("ada", "GET", f"/money/mine/explanation?account={account}")
    assert [(one["purpose"], one["posted"], one["balance"]) for one in told["postings"]] == [
        ("payment_in", 5_000, 5_000)
    ]
    await ask("eve", "GET", f"/money/mine/explanation?account={account}", status=404)
    await ask("eve", "GET", "/money/mine/explanation?account=nonsense", status=404)
    assert (await ask("eve", "GET", "/money/mine"))["payments"] == []
    await ask("", "GET", "/money/mine", status=401)


async def test_a_payout_is_asked_for_held_taken_back_and_refused_in_words(payments: PaymentsService, ask: Ask) -> None:
    await payments.ledger.post(draft("earned", moved(5_000, "cash:sandbox:EUR", "payable:ada:EUR")))
    wanted = {"minor": 4_000, "currency": "EUR"}
    await ask("ada", "POST", "/money/payouts", wanted, 404, key="my-key-1")
    await ask("ada", "PUT", "/money/payout-account", {"bank": "bank_ok", "label": "Mine"})
    payout = await ask("ada", "POST", "/money/payouts", wanted, 201, key="my-key-1")
    assert (payout["state"], payout["next_actor"]) == ("held", "calendar")
    problem = await ask("ada", "POST", "/money/payouts", wanted, 409, key="my-key-2")
    assert problem["type"] == "/problems/insufficient-funds"
    assert "1000 are there" in problem["detail"]
    path = f"/money/payouts/{payout['payout_id']}/actions"
    await ask("eve", "POST", path, {"action": "cancel"}, 404, key="my-key-3")
    assert (await ask("ada", "POST", path, {"action": "cancel"}, key="my-key-4"))["state"] == "cancelled"
    await ask("ada", "POST", path, {"action": "retry"}, 409, key="my-key-5")


async def test_the_step_of_a_card_is_the_payers_own(payments: PaymentsService, ask: Ask) -> None:
    payment = await ask("ada", "POST", "/money/payments", {**CARD, "method": "card_step"}, 201, key="my-key-1")
    await look(payments)
    path = f"/money/payments/{payment['payment_id']}/step"
    await ask("eve", "POST", path, status=404)
    assert (await ask("ada", "POST", path))["action_url"]
    await look(payments)
    assert (await ask("ada", "GET", "/money/mine"))["payments"][0]["state"] == "succeeded"


async def test_an_invoice_is_listed_and_downloaded_by_its_parties_and_finance_only(
    payments: PaymentsService, ask: Ask, http: TestClient[web.Request, web.Application]
) -> None:
    billing = {"name": "Ada Lovelace", "address": "1 Row", "country": "GB", "tax_id": "", "tax_basis_points": 2_000}
    assert await ask("ada", "PUT", "/money/billing", billing) == billing
    await ask("ada", "PUT", "/money/billing?organisation=org_1", billing, 404)
    for who in ("olga", "mona", "fred"):  # those who lead it, and whoever keeps its money
        of_it = {**billing, "name": f"Press, by {who}"}
        assert await ask(who, "PUT", "/money/billing?organisation=org_1", of_it) == of_it
        assert await ask(who, "GET", "/money/billing?organisation=org_1") == of_it
        assert (await ask(who, "GET", "/money/invoices?organisation=org_1"))["items"] == []
    await payments.ledger.post(paid_in("in", 1_200))
    terms = HoldTerms(subject="milestone:m1", payer="acme", payee="ada", minor=1_200, currency="EUR")
    hold = await payments.holding.hold("m1", terms, "usr_client")
    await payments.holding.release(hold.id, "m1", 1_200, "usr_client")
    await look(payments)
    listed = await ask("ada", "GET", "/money/invoices")
    assert await ask("ada", "GET", "/money/billing") == billing
    [work] = [one for one in listed["items"] if one["is_issuer"]]
    assert (work["name"], work["issuer_name"], work["tax_minor"]) == ("INV-000001", "Ada Lovelace", 200)
    assert (await ask("eve", "GET", "/money/invoices"))["items"] == []
    assert len((await ask("otto", "GET", "/finance/invoices?owner=ada"))["items"]) == 2
    await ask("ada", "GET", "/finance/invoices?owner=ada", status=403)
    for who, path in (("ada", "money"), ("otto", "finance")):
        async with http.get(f"/v1/{path}/invoices/{work['invoice_id']}/pdf", headers={"Authorization": who}) as answer:
            assert answer.content_type == "application/pdf"
            assert (await answer.read()).startswith(b"%PDF-")
    await ask("eve", "GET", f"/money/invoices/{work['invoice_id']}/pdf", status=404)


async def test_invoices_come_a_page_at_a_time_by_side_and_kind(payments: PaymentsService, ask: Ask) -> None:
    await payments.ledger.post(paid_in("in", 7_000))
    for number in range(7):
        terms = HoldTerms(subject=f"milestone:m{number}", payer="acme", payee="ada", minor=1_000, currency="EUR")
        hold = await payments.holding.hold(f"m{number}", terms, "usr_client")
        entry = await payments.holding.release(hold.id, f"m{number}", 1_000, "usr_client")
    await payments.ledger.reverse(entry.id, "mistake", "usr_finance")
    await look(payments)

    async def walk(who: str, path: str, limit: int) -> list[str]:
        found, cursor = [], ""
        while True:
            page = await ask(who, "GET", f"{path}limit={limit}{cursor}")
            found += [one["invoice_id"] for one in page["items"]]
            if not page["has_more"]:
                return found
            assert len(page["items"]) == limit
            cursor = f"&cursor={page['next_cursor']}"

    every = await walk("ada", "/money/invoices?", 100)
    assert len(every) == len(set(every)) == 16
    for limit in (1, 3, 5):
        assert await walk("ada", "/money/invoices?", limit) == every
        assert await walk("otto", "/finance/invoices?owner=ada&", limit) == every
    sizes = {"side=issued": 8, "side=received": 8, "kind=work": 7, "kind=fee": 7, "kind=credit": 2}
    for query, size in sizes.items():
        assert len(await walk("ada", f"/money/invoices?{query}&", 3)) == size
    first = await ask("ada", "GET", "/money/invoices?limit=3")
    for other in ("side=issued", "kind=fee"):
        await ask("ada", "GET", f"/money/invoices?limit=3&{other}&cursor={first['next_cursor']}", status=400)
    await ask("eve", "GET", f"/money/invoices?limit=3&cursor={first['next_cursor']}", status=400)


async def test_what_is_owed_after_a_chargeback_is_settled_by_whoever_keeps_the_payers_money(
    payments: PaymentsService, ask: Ask
) -> None:
    payment = await payments.paying.pay_in("org_1", "in", 1_000, "EUR", "card_ok")
    await look(payments)
    terms = HoldTerms(subject="A chart", payer="org_1", payee="ada", minor=700, currency="EUR")
    await payments.holding.hold("m1", terms, "usr_client")
    event = ProviderEvent(id="evt", type="charged_back", subject=payment.id, at_ms=1)
    await payments.inbox.receive("sandbox", event)
    [owed] = (await ask("olga", "GET", "/money/claims?organisation=org_1"))["items"]
    await ask("mona", "GET", "/money/claims?organisation=org_1", status=404)
    assert (owed["minor"], owed["state"]) == (700, "open")
    assert [one["claim"]["claim_id"] for one in (await ask("otto", "GET", "/finance"))["claims"]] == [owed["claim_id"]]
    act, settle = f"/money/claims/{owed['claim_id']}/actions", {"action": "settle"}
    for who in ("ada", "mona"):
        await ask(who, "POST", act, settle, 404, key="my-key-1")
    assert "is owed and 0.00 EUR is there" in (await ask("fred", "POST", act, settle, key="my-key-2"))["refusal"]
    await payments.ledger.post(paid_in("more", 700, "org_1"))
    assert (await ask("fred", "POST", act, settle, key="my-key-3"))["state"] == "settled"
    await ask("fred", "POST", act, settle, 409, key="my-key-4")


async def test_claims_are_read_a_page_at_a_time_however_many_there_are(payments: PaymentsService, ask: Ask) -> None:
    for number in range(105):
        due = {"created_at_ms": number // 2, "owner": "ada", "minor": 1, "currency": "EUR", "due_at_ms": number + 1}
        await payments.flows.claims.add(Claim.model_validate({"_id": f"pay_{number:03}", **due}))
    found, cursor, has_more = list[str](), "", True
    while has_more:
        page = await ask("ada", "GET", f"/money/claims?limit=50{cursor}")
        found += [one["claim_id"] for one in page["items"]]
        cursor, has_more = f"&cursor={page['next_cursor']}", page["has_more"]
    assert len(found) == len(set(found)) == 105
    assert (found[0], found[-1]) == ("pay_104", "pay_001")
    assert (await ask("eve", "GET", "/money/claims"))["items"] == []
    await ask("eve", "GET", f"/money/claims?limit=50&cursor={page['next_cursor']}", status=400)
    owed = await ask("otto", "GET", "/finance")
    assert (len(owed["claims"]), owed["cut"]) == (100, ["claims"])
    assert owed["claims"][0]["claim"]["claim_id"] == "pay_000"


async def test_a_list_that_goes_on_says_so_and_what_waits_for_people_is_not_behind_what_is_done(
    payments: PaymentsService, ask: Ask
) -> None:
    assert (await ask("ada", "GET", "/money/mine"))["cut"] == []
    lines = (Line(account="cash:house:EUR", minor=1), Line(account="fees:house:EUR", minor=-1))
    waiting = await payments.manual.propose("The oldest of all", lines, "kate")
    for number in range(101):
        at_ms = payments.clock.now_ms() + 1 + number
        booked = {"created_at_ms": at_ms, "state": "booked", "reason": "why", "lines": lines, "proposed_by": "kate"}
        await payments.flows.manual.add(ManualEntry.model_validate({"_id": f"man_z{number:03}", **booked}))
        said = BankLine(reference=f"B{number}", at="", minor=5, currency="EUR", is_credit=True, line=1)
        line = {"created_at_ms": at_ms, "iban": "", "said": said, "target": "ada", "state": "matched"}
        await payments.bank_lines.store.lines.add(StatementEntry.model_validate({"_id": f"bank_{number:03}", **line}))
    finance = await ask("otto", "GET", "/finance")
    assert finance["cut"] == ["manual"]
    assert finance["manual"][0]["manual_id"] == waiting.id
    mine = await ask("ada", "GET", "/money/mine")
    assert (len(mine["deposits"]), mine["cut"]) == (100, ["deposits"])
    assert mine["deposits"][0]["deposit_id"] == "bank_100"


async def test_deposits_by_bank_transfer_stand_with_what_was_paid_in(payments: PaymentsService, ask: Ask) -> None:
    for owner, amount in (("org_1", "77.70"), ("ada", "12.00")):
        reference = await payments.bank_lines.reference_of(owner)
        await payments.bank_lines.take_in(camt(entry(f"A-{owner}", amount, "CRDT", words=f"thanks, {reference}")))
    await payments.bank_lines.take_in(camt(entry("A-nobody", "5.00", "CRDT", words="for nobody")))
    [of_it] = (await ask("fred", "GET", "/organisations/org_1/money"))["deposits"]
    assert (of_it["minor"], of_it["currency"], of_it["reference"]) == (7_770, "EUR", "A-org_1")
    assert [one["minor"] for one in (await ask("ada", "GET", "/money/mine"))["deposits"]] == [1_200]
    assert (await ask("eve", "GET", "/money/mine"))["deposits"] == []


async def test_an_organisations_money_is_for_its_owner_and_finance(payments: PaymentsService, ask: Ask) -> None:
    at = "/organisations/org_1/money"
    await ask("mona", "GET", at, status=404)  # leads it, and does not keep its money
    await ask("ada", "POST", f"{at}/payments", CARD, 404, key="my-key-1")
    payment = await ask("fred", "POST", f"{at}/payments", {**CARD, "method": "card_step"}, 201, key="my-key-2")
    await look(payments)
    await ask("mona", "POST", f"/money/payments/{payment['payment_id']}/step", status=404)
    await ask("olga", "POST", f"/money/payments/{payment['payment_id']}/step")
    await look(payments)
    terms = HoldTerms(subject="Part 1", payer="org_1", payee="ada", minor=2_000, currency="EUR")
    await payments.holding.hold("m1", terms, "system:gigs")
    money = await ask("olga", "GET", at)
    assert [(one["kind"], one["posted"]) for one in money["accounts"]] == [("client_balance", 3_000)]
    assert [(one["subject"], one["held_minor"]) for one in money["holds"]] == [("Part 1", 2_000)]
    held = money["holds"][0]["account"]
    told = await ask("fred", "GET", f"{at}/explanation?account={held}")
    assert [(one["purpose"], one["balance"]) for one in told["postings"]] == [("fund", 2_000)]
    assert await ask("ada", "GET", f"/money/mine/explanation?account={held}") == told
    await ask("eve", "GET", f"/money/mine/explanation?account={held}", status=404)
    await ask("mona", "GET", f"{at}/explanation?account={held}", status=404)


async def test_a_statement_is_read_and_downloaded_by_whoever_keeps_the_money(
    payments: PaymentsService, ask: Ask, http: TestClient[web.Request, web.Application]
) -> None:
    await payments.ledger.post(paid_in("in", 1_200, "org_1"))
    month = month_of(payments.clock.now_ms())
    at = f"?organisation=org_1&account=client_balance:org_1:EUR&month={month}"
    told = await ask("fred", "GET", f"/money/statement{at}")
    assert (told["opening_minor"], [line["minor"] for line in told["lines"]], told["gap_minor"]) == (0, [1_200], 0)
    await ask("mona", "GET", f"/money/statement{at}", status=404)  # leads it, and does not keep its money
    await ask("eve", "GET", f"/money/statement?account=client_balance:org_1:EUR&month={month}", status=404)
    await ask("fred", "GET", f"/money/statement{at.replace(month, '2026-13')}", status=422)
    for kind, content_type in (("pdf", "application/pdf"), ("csv", "text/csv")):
        async with http.get(f"/v1/money/statement/{kind}{at}", headers={"Authorization": "fred"}) as answer:
            assert (answer.status, answer.content_type) == (200, content_type)
