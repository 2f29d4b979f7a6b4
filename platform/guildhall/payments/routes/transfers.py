"""Bank transfers over HTTP: finance makes files for the bank, takes its statements in, and matches what is left."""

from typing import Final

from guildhall.accounts.permissions import organisations_with
from guildhall.kit.errors import NotFound
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route
from guildhall.payments.messages import OfOrganisation
from guildhall.payments.messages.transfers import (
    BankLineAct,
    BankLineShown,
    BankReportAct,
    BankReportShown,
    CurrencyQuery,
    DepositShown,
    TakenInShown,
    TransferFileShown,
    TransfersShown,
)
from guildhall.payments.model.reports import StatusReport
from guildhall.payments.model.transfers import LineState, StatementEntry, TransferFile
from guildhall.payments.routes.showing import Cutting
from guildhall.payments.rules.bank_reports import is_report
from guildhall.payments.rules.transfer_files import message_id_of
from guildhall.payments.service import PaymentsService

TAGS: Final = ("finance",)
LOOK: Final = "payments.look"
KEEP: Final = "payments.keep"
STATEMENTS: Final = "payments.statements"
XML, CSV = "application/xml", "text/csv"
_STATEMENT_BYTES_MAX: Final = 8 * 1024 * 1024
_SLOW_SECONDS: Final = 60.0
_SHOWN: Final = (LineState.UNMATCHED, LineState.PROPOSED, LineState.CONFIRMED, LineState.TAKEN)

READ = Operation(
    name="read_bank_transfers",
    method="GET",
    path="/finance/transfers",
    summary="Payouts that wait for a file to the bank, the files, and what of its statements matches nothing",
    permission=LOOK,
    aal=2,
    query=CurrencyQuery,
    answers={200: TransfersShown},
    tags=TAGS,
)
MAKE = Operation(
    name="make_transfer_file",
    method="POST",
    path="/finance/transfers",
    summary="Put all payouts of a currency that wait into one file for the bank, once",
    permission=KEEP,
    aal=2,
    rate_class="money",
    idempotency="required",
    query=CurrencyQuery,
    deadline_seconds=_SLOW_SECONDS,
    answers={201: TransferFileShown},
    problems=frozenset({"conflict", "invalid"}),
    tags=TAGS,
)
AS_XML = Operation(
    name="download_transfer_file",
    method="GET",
    path="/finance/transfers/{file_id}/pain",
    summary="A file as ISO 20022 pain.001.001.09: the same bytes whenever it is asked for",
    permission=KEEP,
    aal=2,
    answers={200: None},
    gives=(XML,),
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
AS_CSV = Operation(
    name="download_transfer_table",
    method="GET",
    path="/finance/transfers/{file_id}/csv",
    summary="A file as a table",
    permission=KEEP,
    aal=2,
    answers={200: None},
    gives=(CSV,),
    problems=frozenset({"not-found"}),
    tags=TAGS,
)
TAKE_IN = Operation(
    name="take_in_bank_statement",
    method="POST",
    path="/finance/bank-statements",
    summary="Take in what a bank says: a statement (ISO 20022 camt.053, or a table) or a report (pain.002); once",
    permission=KEEP,
    aal=2,
    rate_class="money",
    takes=(XML, "text/xml", CSV),
    max_body_bytes=_STATEMENT_BYTES_MAX,
    deadline_seconds=_SLOW_SECONDS,
    answers={200: TakenInShown},
    problems=frozenset({"invalid", "conflict"}),
    tags=TAGS,
)
ACT = Operation(
    name="match_bank_line",
    method="POST",
    path="/finance/bank-lines/{line_id}/actions",
    summary="Say with a reason what a line of the bank's belongs to; another person confirms it before it moves",
    permission=KEEP,
    aal=2,
    rate_class="money",
    idempotency="required",
    body=BankLineAct,
    answers={200: BankLineShown},
    problems=frozenset({"not-found", "conflict", "invalid", "second-person-needed"}),
    tags=TAGS,
)
SEE_TO = Operation(
    name="see_to_bank_report",
    method="POST",
    path="/finance/bank-reports/{report_id}/actions",
    summary="Say what you made of a report of the bank's that fits nothing of ours; no money moves by it",
    permission=KEEP,
    aal=2,
    rate_class="money",
    idempotency="required",
    body=BankReportAct,
    answers={200: BankReportShown},
    problems=frozenset({"not-found", "conflict", "invalid"}),
    tags=TAGS,
)
DEPOSIT = Operation(
    name="read_deposit_reference",
    method="GET",
    path="/money/deposit",
    summary="Where to pay in by bank transfer, and the reference that leads it to the balance",
    permission=STATEMENTS,
    query=OfOrganisation,
    answers={200: DepositShown},
    problems=frozenset({"not-found"}),
    tags=("money",),
)


def transfer_routes(service: PaymentsService) -> tuple[Route, ...]:
    return (*_file_routes(service), *_line_routes(service))


def _file_routes(service: PaymentsService) -> tuple[Route, ...]:
    transfers, lines = service.transfers, service.bank_lines

    async def read(call: Call[NoBody, CurrencyQuery]) -> Answer:
        currency, cutting = call.query.currency, Cutting()
        coming = await transfers.store.waiting(currency)
        left = [one for state in _SHOWN for one in cutting.show("lines", await lines.store.lines_in(state, currency))]
        files = cutting.show("files", await transfers.store.newest_files(currency))
        verdicts = [await transfers.store.newest_report_of(message_id_of(one)) for one in files]
        unfit = cutting.show("reports", await transfers.store.reports_in(LineState.UNMATCHED))
        return Answer(
            TransfersShown(
                is_set_up=bool(service.settings.bank.iban),
                waiting=await transfers.store.count_waiting(currency),
                next_count=len(coming),
                next_minor=sum(order.transfer.minor for order in coming),
                currency=currency,
                files=tuple(_file_shown(one, said) for one, said in zip(files, verdicts, strict=True)),
                lines=tuple(_line_shown(one, call.principal.id) for one in left),
                reports=tuple(_report_shown(one) for one in unfit),
                cut=cutting.cut,
            )
        )

    async def make(call: Call[NoBody, CurrencyQuery]) -> Answer:
        key = f"{call.principal.id}/{call.idempotency_key}"
        made = await transfers.make_file(call.query.currency, key, call.principal.id)
        await service.note(call.principal.id, "payments.make_transfer_file", "transfer_file", made.id)
        return Answer(_file_shown(made, None), status=201)

    async def as_xml(call: Call[NoBody, NoQuery]) -> Answer:
        made = await transfers.store.files.read(call.path["file_id"])
        return Answer(content=Content(transfers.as_pain(made), XML, f"{message_id_of(made)}.xml"))

    async def as_csv(call: Call[NoBody, NoQuery]) -> Answer:
        made = await transfers.store.files.read(call.path["file_id"])
        return Answer(content=Content(transfers.as_table(made), CSV, f"{message_id_of(made)}.csv"))

    return (Route(READ, read), Route(MAKE, make), Route(AS_XML, as_xml), Route(AS_CSV, as_csv))


def _line_routes(service: PaymentsService) -> tuple[Route, ...]:
    lines = service.bank_lines

    async def take_in(call: Call[NoBody, NoQuery]) -> Answer:
        taker = service.bank_reports if is_report(call.content) else lines
        made = await taker.take_in(call.content)
        return Answer(TakenInShown(new=made.new, known=made.known, matched=made.matched, unmatched=made.unmatched))

    async def act(call: Call[BankLineAct, NoQuery]) -> Answer:
        line_id, asked, by = call.path["line_id"], call.body, call.principal.id
        if asked.action == "propose":
            line = await lines.propose(line_id, asked.target, asked.reason, by)
        elif asked.action == "confirm":
            line = await lines.confirm(line_id, by)
        else:
            line = await lines.withdraw(line_id)
        await service.note(by, f"payments.{asked.action}_bank_line", "bank_line", f"{line.id}/{line.rev}")
        return Answer(_line_shown(line, by))

    async def see_to(call: Call[BankReportAct, NoQuery]) -> Answer:
        seen = await service.bank_reports.see_to(call.path["report_id"], call.body.reason, call.principal.id)
        await service.note(call.principal.id, "payments.see_to_bank_report", "bank_report", seen.id)
        return Answer(_report_shown(seen))

    async def deposit(call: Call[NoBody, OfOrganisation]) -> Answer:
        organisation = call.query.organisation
        if organisation and organisation not in organisations_with(call.principal, STATEMENTS):
            raise NotFound(f"There is no organisation {organisation} whose money you keep.")
        bank = service.settings.bank
        reference = await lines.reference_of(organisation or call.principal.id) if bank.iban else ""
        return Answer(DepositShown(holder=bank.holder, iban=bank.iban, bic=bank.bic, reference=reference))

    return (Route(TAKE_IN, take_in), Route(ACT, act), Route(SEE_TO, see_to), Route(DEPOSIT, deposit))


def _file_shown(made: TransferFile, said: StatusReport | None) -> TransferFileShown:
    return TransferFileShown(
        file_id=made.id,
        name=message_id_of(made),
        currency=made.currency,
        count=len(made.transfers),
        total_minor=made.total_minor,
        created_at_ms=made.created_at_ms,
        verdict=said.said.verdict.value if said else "",
        verdict_words=said.said.words if said else "",
    )


def _report_shown(report: StatusReport) -> BankReportShown:
    return BankReportShown(
        report_id=report.id,
        file=report.said.original,
        verdict=report.said.verdict.value,
        words=report.said.words,
        rejected=report.rejected,
        notes=report.notes,
        created_at_ms=report.created_at_ms,
    )


def _line_shown(entry: StatementEntry, reader: str) -> BankLineShown:
    said = entry.said
    return BankLineShown(
        line_id=entry.id,
        state=entry.state.value,
        reference=said.reference,
        at=said.at,
        minor=said.minor if said.is_credit else -said.minor,
        currency=said.currency,
        words=said.words,
        party=said.party,
        note=entry.note,
        target=entry.target,
        reason=entry.reason,
        is_mine=entry.proposed_by == reader,
    )
