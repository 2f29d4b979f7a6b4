"""One's own money over HTTP: what there is and why, paying in, being paid out."""

from typing import Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.errors import Invalid, NotFound
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.payments.lifecycle import Actor
from guildhall.payments.messages import (
    ExplainedShown,
    ExplainQuery,
    MoneyShown,
    PaymentAsked,
    PaymentShown,
    PayoutAccountGiven,
    PayoutAccountShown,
    PayoutAct,
    PayoutAsked,
    PayoutShown,
)
from guildhall.payments.model.chart import AccountKind, split_account
from guildhall.payments.model.flows import Payout
from guildhall.payments.routes.showing import (
    Cutting,
    account_shown,
    deposit_shown,
    payment_shown,
    payout_account_shown,
    payout_shown,
    postings_shown,
)
from guildhall.payments.service import PaymentsService

TAGS: Final = ("money",)
PERMISSION: Final = "payments.own"
FRESH_SECONDS: Final = 300
EXPLAINED_PAGES: Final = 50

READ = Operation(
    name="read_own_money",
    method="GET",
    path="/money/mine",
    summary="What you hold here, what came in, what goes out and where to",
    permission=PERMISSION,
    answers={200: MoneyShown},
    tags=TAGS,
)
EXPLAIN = Operation(
    name="explain_own_account",
    method="GET",
    path="/money/mine/explanation",
    summary="Why an account holds what it holds, line by line",
    permission=PERMISSION,
    query=ExplainQuery,
    answers={200: ExplainedShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
PAY_IN = Operation(
    name="pay_in",
    method="POST",
    path="/money/payments",
    summary="Pay into your balance with a card; what became of it, the provider says",
    permission=PERMISSION,
    rate_class="money",
    idempotency="required",
    body=PaymentAsked,
    answers={201: PaymentShown},
    problems=frozenset({"conflict", "invalid"}),
    tags=TAGS,
)
CONFIRM = Operation(
    name="confirm_payment_step",
    method="POST",
    path="/money/payments/{payment_id}/step",
    summary="Take the step that the sandbox's card_step asks for, as a bank's page would",
    permission=PERMISSION,
    rate_class="money",
    answers={200: PaymentShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
SET_ACCOUNT = Operation(
    name="set_payout_account",
    method="PUT",
    path="/money/payout-account",
    summary="Where your money goes; payouts wait for a while after a change",
    permission=PERMISSION,
    rate_class="money",
    fresh_seconds=FRESH_SECONDS,
    body=PayoutAccountGiven,
    answers={200: PayoutAccountShown},
    problems=frozenset({"invalid"}),
    tags=TAGS,
)
PAY_OUT = Operation(
    name="pay_out",
    method="POST",
    path="/money/payouts",
    summary="Have what you earned paid out",
    permission=PERMISSION,
    rate_class="money",
    idempotency="required",
    fresh_seconds=FRESH_SECONDS,
    body=PayoutAsked,
    answers={201: PayoutShown},
    problems=frozenset({"conflict", "invalid", "not-found", "insufficient-funds"}),
    tags=TAGS,
)
ACT = Operation(
    name="act_on_own_payout",
    method="POST",
    path="/money/payouts/{payout_id}/actions",
    summary="Try one that failed again, or take it back before it is sent",
    permission=PERMISSION,
    rate_class="money",
    idempotency="required",
    body=PayoutAct,
    answers={200: PayoutShown},
    problems=frozenset({"not-found", "move-refused"}),
    tags=TAGS,
)


def own_routes(service: PaymentsService) -> tuple[Route, ...]:
    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        owner, flows = call.principal.id, service.flows
        account, cutting = await flows.payout_accounts.get(owner), Cutting()
        payments = cutting.show("payments", await flows.payments_of(owner))
        deposits = cutting.show("deposits", await service.bank_lines.deposits_of(owner))
        payouts = cutting.show("payouts", await flows.payouts_of(owner))
        return Answer(
            MoneyShown(
                accounts=tuple(account_shown(one) for one in await service.ledger_store.accounts_of(owner)),
                payments=tuple(payment_shown(one) for one in payments),
                deposits=tuple(deposit_shown(one) for one in deposits),
                payouts=tuple(payout_shown(one, Actor.OWNER) for one in payouts),
                payout_account=account and payout_account_shown(account),
                cut=cutting.cut,
            )
        )

    async def explain(call: Call[NoBody, ExplainQuery]) -> Answer:
        return Answer(await explained(service, call.query, call.principal.id))

    async def pay_in(call: Call[PaymentAsked, NoQuery]) -> Answer:
        asked, key = call.body, str(call.idempotency_key)
        payment = await service.paying.pay_in(call.principal.id, key, asked.minor, asked.currency, asked.method)
        return Answer(payment_shown(payment), status=201)

    async def confirm(call: Call[NoBody, NoQuery]) -> Answer:
        payment = await service.flows.payments.read(call.path["payment_id"])
        kept = organisations_with(call.principal, "payments.organisation")
        if payment.owner != call.principal.id and payment.owner not in kept:
            raise NotFound(f"There is no payment {payment.id}.")
        await service.provider.confirm(payment.id)
        return Answer(payment_shown(payment))

    async def set_account(call: Call[PayoutAccountGiven, NoQuery]) -> Answer:
        given = call.body
        if (given.bank is None) is (given.iban == "") or (given.iban == "") is not (given.holder == ""):
            raise Invalid("Give an account number and its holder, or a bank of the sandbox.")
        bank = given.iban or str(given.bank)
        account = await service.paying.set_payout_account(call.principal.id, bank, given.label, given.holder)
        return Answer(payout_account_shown(account))

    async def pay_out(call: Call[PayoutAsked, NoQuery]) -> Answer:
        asked, key = call.body, str(call.idempotency_key)
        payout = await service.paying.pay_out(call.principal.id, key, asked.minor, asked.currency)
        return Answer(payout_shown(payout, Actor.OWNER), status=201)

    async def act(call: Call[PayoutAct, NoQuery]) -> Answer:
        payout = await _own_payout(service, call)
        return Answer(payout_shown(await service.paying.act(payout.id, call.body.action, Actor.OWNER), Actor.OWNER))

    return (
        Route(READ, read),
        Route(EXPLAIN, explain),
        Route(PAY_IN, pay_in),
        Route(CONFIRM, confirm),
        Route(SET_ACCOUNT, set_account),
        Route(PAY_OUT, pay_out),
        Route(ACT, act),
    )


async def _own_payout(service: PaymentsService, call: Call[PayoutAct, NoQuery]) -> Payout:
    payout = await service.flows.payouts.read(call.path["payout_id"])
    if payout.owner != call.principal.id:
        raise NotFound(f"There is no payout {payout.id}.")
    return payout


async def explained(service: PaymentsService, query: ExplainQuery, owner: str | None) -> ExplainedShown:
    """Of an owner's accounts and of what is held from or for them, or with no owner of any. Raises NotFound."""
    try:
        kind, whose, _ = split_account(query.account)
    except ValueError:
        raise NotFound(f"There is no account {query.account}.") from None
    is_theirs = owner in (None, whose)
    if not is_theirs and kind in {AccountKind.HELD, AccountKind.FROZEN}:
        hold = await service.flows.holds.get(whose)
        is_theirs = hold is not None and owner in {hold.terms.payer, hold.terms.payee}
    found = await service.ledger_store.account(query.account) if is_theirs else None
    if found is None:
        raise NotFound(f"There is no account {query.account}.")
    pages = await service.ledger.explain(query.account, query.after_block, EXPLAINED_PAGES)
    is_more = len(pages) == EXPLAINED_PAGES
    return ExplainedShown(
        account=account_shown(found),
        postings=postings_shown(pages),
        next_block=pages[-1].block if is_more else None,
    )
