"""An organisation's money over HTTP, for whoever keeps it: its balance, what is held for which work, paying in."""

from typing import Any, Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.errors import NotFound
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.payments.messages import (
    ExplainedShown,
    ExplainQuery,
    OrganisationMoneyShown,
    PaymentAsked,
    PaymentShown,
)
from guildhall.payments.routes.own import explained
from guildhall.payments.routes.showing import Cutting, account_shown, deposit_shown, held_shown, payment_shown
from guildhall.payments.service import PaymentsService

TAGS: Final = ("money",)
PERMISSION: Final = "payments.organisation"

READ = Operation(
    name="read_organisation_money",
    method="GET",
    path="/organisations/{organisation_id}/money",
    summary="What an organisation has paid in, and what of it is held for which work",
    permission=PERMISSION,
    answers={200: OrganisationMoneyShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
EXPLAIN = Operation(
    name="explain_organisation_account",
    method="GET",
    path="/organisations/{organisation_id}/money/explanation",
    summary="Why an organisation's account, or one of its holds, holds what it holds, line by line",
    permission=PERMISSION,
    query=ExplainQuery,
    answers={200: ExplainedShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
PAY_IN = Operation(
    name="pay_in_for_organisation",
    method="POST",
    path="/organisations/{organisation_id}/money/payments",
    summary="Pay into an organisation's balance with a card; its work is funded from there",
    permission=PERMISSION,
    rate_class="money",
    idempotency="required",
    body=PaymentAsked,
    answers={201: PaymentShown},
    problems=frozenset({"conflict", "invalid", "not-found"}),
    tags=TAGS,
)


def organisation_routes(service: PaymentsService) -> tuple[Route, ...]:
    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        organisation = _kept(call)
        balances = await service.ledger_store.accounts_of(organisation)
        cutting = Cutting()
        holds = cutting.show("holds", await service.flows.holds_of_payer(organisation))
        payments = cutting.show("payments", await service.flows.payments_of(organisation))
        deposits = cutting.show("deposits", await service.bank_lines.deposits_of(organisation))
        return Answer(
            OrganisationMoneyShown(
                accounts=tuple(account_shown(one) for one in balances),
                holds=tuple([held_shown(one, await service.holding.balance(one)) for one in holds]),
                payments=tuple(payment_shown(one) for one in payments),
                deposits=tuple(deposit_shown(one) for one in deposits),
                cut=cutting.cut,
            )
        )

    async def explain(call: Call[NoBody, ExplainQuery]) -> Answer:
        return Answer(await explained(service, call.query, _kept(call)))

    async def pay_in(call: Call[PaymentAsked, NoQuery]) -> Answer:
        asked, key = call.body, str(call.idempotency_key)
        payment = await service.paying.pay_in(_kept(call), key, asked.minor, asked.currency, asked.method)
        return Answer(payment_shown(payment), status=201)

    return (Route(READ, read), Route(EXPLAIN, explain), Route(PAY_IN, pay_in))


def _kept(call: Call[Any, Any]) -> str:
    organisation = call.path["organisation_id"]
    if organisation not in organisations_with(call.principal, PERMISSION):
        raise NotFound(f"There is no organisation {organisation} whose money you keep.")
    return organisation
