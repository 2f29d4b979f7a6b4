"""One's own money: every route that moves any needs a key, and nobody sees another's."""

from guildhall.payments.jobs import look
from guildhall.payments.service import PaymentsService
from tests.guildhall.payments.purse import draft, moved
from tests.guildhall.payments.routes.conftest import Ask

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
