"""Finance over HTTP: whether the ledger proves, what waits for somebody, why any account holds what it holds."""

from typing import Final

from guildhall.kit.errors import Invalid
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.kit.ids import new_id
from guildhall.payments.lifecycle import Actor, PayoutState
from guildhall.payments.messages import (
    AccountsShown,
    EntryProposed,
    ExplainedShown,
    ExplainQuery,
    FinanceQuery,
    FinanceShown,
    ManualAct,
    ManualShown,
    OwedShown,
    OwnerQuery,
    PayoutDecided,
    PayoutShown,
    ReconciliationShown,
)
from guildhall.payments.model.entries import Line
from guildhall.payments.routes.own import explained
from guildhall.payments.routes.showing import (
    Cutting,
    account_shown,
    claim_shown,
    manual_shown,
    payout_shown,
    reconciliation_shown,
)
from guildhall.payments.service import PaymentsService

TAGS: Final = ("finance",)
LOOK: Final = "payments.look"
KEEP: Final = "payments.keep"
_SLOW_SECONDS: Final = 60.0
_RECONCILIATIONS: Final = 14
_EURO: Final = "EUR"
WAITING: Final = (
    PayoutState.PAID_LATE,
    PayoutState.HELD,
    PayoutState.FAILED,
    PayoutState.IN_TRANSIT,
    PayoutState.PENDING,
)

READ = Operation(
    name="read_finance",
    method="GET",
    path="/finance",
    summary="Whether the ledger proves, the entries to be confirmed, and of one currency what waits and is owed",
    permission=LOOK,
    aal=2,
    query=FinanceQuery,
    answers={200: FinanceShown},
    tags=TAGS,
)
ACCOUNTS = Operation(
    name="list_ledger_accounts",
    method="GET",
    path="/finance/accounts",
    summary="The accounts of one owner: an account's id, an organisation's, a hold's, or `house`",
    permission=LOOK,
    aal=2,
    query=OwnerQuery,
    answers={200: AccountsShown},
    tags=TAGS,
)
EXPLAIN = Operation(
    name="explain_account",
    method="GET",
    path="/finance/explanation",
    summary="Why any account holds what it holds, line by line",
    permission=LOOK,
    aal=2,
    query=ExplainQuery,
    answers={200: ExplainedShown},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
RECONCILE = Operation(
    name="reconcile_ledger",
    method="POST",
    path="/finance/reconciliations",
    summary="Prove the whole ledger now, and keep what came of it",
    permission=KEEP,
    aal=2,
    rate_class="money",
    deadline_seconds=_SLOW_SECONDS,
    answers={201: ReconciliationShown},
    tags=TAGS,
)
DECIDE = Operation(
    name="decide_payout",
    method="POST",
    path="/finance/payouts/{payout_id}/actions",
    summary="Hold a payout with a reason that the agent reads, release or cancel it; one paid late is seen to",
    permission=KEEP,
    aal=2,
    rate_class="money",
    idempotency="required",
    body=PayoutDecided,
    answers={200: PayoutShown},
    problems=frozenset({"not-found", "move-refused", "invalid"}),
    tags=TAGS,
)
PROPOSE = Operation(
    name="propose_entry",
    method="POST",
    path="/finance/entries",
    summary="Propose an entry by hand; another person has to confirm it",
    permission=KEEP,
    aal=2,
    rate_class="money",
    idempotency="required",
    body=EntryProposed,
    answers={201: ManualShown},
    problems=frozenset({"not-an-entry"}),
    tags=TAGS,
)
ACT = Operation(
    name="act_on_proposed_entry",
    method="POST",
    path="/finance/entries/{manual_id}/actions",
    summary="Confirm another person's entry, or withdraw one",
    permission=KEEP,
    aal=2,
    rate_class="money",
    idempotency="required",
    body=ManualAct,
    answers={200: ManualShown},
    problems=frozenset(
        {"not-found", "conflict", "second-person-needed", "insufficient-funds", "not-an-entry", "key-taken"}
    ),
    tags=TAGS,
)


def finance_routes(service: PaymentsService) -> tuple[Route, ...]:
    async def read(call: Call[NoBody, FinanceQuery]) -> Answer:
        cutting = Cutting()
        made = await service.ledger_store.reconciliations(_RECONCILIATIONS)
        currencies = await service.currencies(made[0] if made else None)
        currency = call.query.currency or (_EURO if _EURO in currencies or not currencies else currencies[0])
        waiting = [
            payout
            for state in WAITING
            for payout in cutting.show("payouts", await service.flows.payouts_in(state.value, currency))
        ]
        manual = list(cutting.show("manual", await service.flows.manual_to_do()))
        known = {one.id for one in manual}
        newest = cutting.show("manual", await service.flows.newest_manual())
        manual += [one for one in newest if one.id not in known]
        owed = cutting.show("claims", await service.flows.claims_open(currency))
        return Answer(
            FinanceShown(
                currency=currency,
                currencies=tuple(sorted({currency, *currencies})),
                reconciliations=tuple(reconciliation_shown(one) for one in made),
                payouts=tuple(payout_shown(one, Actor.ADMIN) for one in waiting),
                manual=tuple(manual_shown(one, call.principal.id) for one in manual),
                claims=tuple(OwedShown(owner=one.owner, claim=claim_shown(one)) for one in owed),
                cut=cutting.cut,
            )
        )

    async def accounts(call: Call[NoBody, OwnerQuery]) -> Answer:
        found = await service.ledger_store.accounts_of(call.query.owner)
        return Answer(AccountsShown(items=tuple(account_shown(one) for one in found)))

    async def explain(call: Call[NoBody, ExplainQuery]) -> Answer:
        return Answer(await explained(service, call.query, None))

    async def reconcile(call: Call[NoBody, NoQuery]) -> Answer:  # noqa: ARG001 - everybody gets the same
        made = await service.reconciling.make(new_id("rec", service.clock))
        return Answer(reconciliation_shown(made), status=201)

    async def decide(call: Call[PayoutDecided, NoQuery]) -> Answer:
        payout_id, asked = call.path["payout_id"], call.body
        if asked.action != "hold":
            payout = await service.paying.act(payout_id, asked.action, Actor.ADMIN)
        elif asked.reason is None or asked.next_actor is None or asked.expected_by_ms <= service.clock.now_ms():
            raise Invalid("Whoever holds a payout says why, who acts next, and by when.")
        else:
            payout = await service.paying.hold(
                payout_id, asked.reason, asked.next_actor, asked.expected_by_ms, Actor.ADMIN
            )
        return Answer(payout_shown(payout, Actor.ADMIN))

    async def propose(call: Call[EntryProposed, NoQuery]) -> Answer:
        lines = tuple(Line(account=line.account, minor=line.minor) for line in call.body.lines)
        made = await service.manual.propose(call.body.reason, lines, call.principal.id)
        return Answer(manual_shown(made, call.principal.id), status=201)

    async def act(call: Call[ManualAct, NoQuery]) -> Answer:
        verb = service.manual.confirm if call.body.action == "confirm" else service.manual.withdraw
        return Answer(manual_shown(await verb(call.path["manual_id"], call.principal.id), call.principal.id))

    return (
        Route(READ, read),
        Route(ACCOUNTS, accounts),
        Route(EXPLAIN, explain),
        Route(RECONCILE, reconcile),
        Route(DECIDE, decide),
        Route(PROPOSE, propose),
        Route(ACT, act),
    )
