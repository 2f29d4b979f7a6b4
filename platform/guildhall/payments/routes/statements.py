"""Statements over HTTP: of one's own accounts, and of the organisations whose money one keeps."""

import asyncio
from typing import Any, Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.errors import NotFound
from guildhall.kit.http import Answer, Call, Content, NoBody, Operation, Route
from guildhall.payments.messages.statements import StatementLineShown, StatementQuery, StatementShown
from guildhall.payments.model.chart import HOUSE
from guildhall.payments.model.statements import Statement
from guildhall.payments.service import PaymentsService
from guildhall.payments.service.statement_files import render_statement, statement_csv

PERMISSION: Final = "payments.statements"
PDF, CSV = "application/pdf", "text/csv"
_SLOW_SECONDS: Final = 60.0
_SAID: Final[dict[str, Any]] = {
    "method": "GET",
    "permission": PERMISSION,
    "query": StatementQuery,
    "deadline_seconds": _SLOW_SECONDS,
    "problems": frozenset({"not-found", "invalid"}),
    "tags": ("money",),
}

READ = Operation(
    name="read_statement",
    path="/money/statement",
    summary="One account in one month: the balance before, every line with what it was for, the balance after",
    answers={200: StatementShown},
    **_SAID,
)
AS_PDF = Operation(
    name="download_statement",
    path="/money/statement/pdf",
    summary="A statement as PDF",
    answers={200: None},
    gives=(PDF,),
    **_SAID,
)
AS_CSV = Operation(
    name="download_statement_table",
    path="/money/statement/csv",
    summary="A statement as a table for spreadsheets",
    answers={200: None},
    gives=(CSV,),
    **_SAID,
)


def statement_routes(service: PaymentsService) -> tuple[Route, ...]:
    def owner_of(call: Call[NoBody, StatementQuery]) -> str:
        organisation = call.query.organisation
        if organisation and organisation not in organisations_with(call.principal, PERMISSION):
            raise NotFound(f"There is no organisation {organisation} whose money you keep.")
        return organisation or call.principal.id

    async def state(call: Call[NoBody, StatementQuery]) -> Statement:
        return await service.stating.state(owner_of(call), call.query.account, call.query.month)

    async def read(call: Call[NoBody, StatementQuery]) -> Answer:
        made = (await state(call)).model_dump()
        lines = tuple(StatementLineShown.model_validate(line) for line in made["lines"])
        return Answer(StatementShown.model_validate({**made, "lines": lines}))

    async def as_pdf(call: Call[NoBody, StatementQuery]) -> Answer:
        made = await state(call)
        owner, house = await service.invoicing.billing(owner_of(call)), await service.invoicing.billing(HOUSE)
        body = await asyncio.to_thread(render_statement, made, owner.party, house.party.name)
        return Answer(content=Content(body, PDF, f"statement-{made.month}-{made.currency}.pdf"))

    async def as_csv(call: Call[NoBody, StatementQuery]) -> Answer:
        made = await state(call)
        return Answer(content=Content(statement_csv(made), CSV, f"statement-{made.month}-{made.currency}.csv"))

    return (Route(READ, read), Route(AS_PDF, as_pdf), Route(AS_CSV, as_csv))
