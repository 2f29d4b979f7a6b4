"""Banks in and out as files: the JSON of docs/question-bank-json.md, and QTI 3.0."""

import re
from typing import Final

from guildhall.assessments.exchange.reading import IMPORT_BYTES_MAX
from guildhall.assessments.messages.exchange import ImportQuery, ImportReport
from guildhall.assessments.routes.banks import author
from guildhall.assessments.routes.scope import AUTHOR
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.exchanging import JSON_TYPE, XML_TYPES, ZIP_TYPE
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route

TAGS: Final = ("question banks",)
_NOT_IN_NAMES: Final = re.compile(r"[^\w -]+")

EXPORT_JSON = Operation(
    name="export_bank_json",
    method="GET",
    path="/banks/{bank_id}/export.json",
    summary="All drafts of a bank as one JSON file, with their pictures",
    permission=AUTHOR,
    deadline_seconds=30,
    gives=(JSON_TYPE,),
    answers={200: None},
    tags=TAGS,
)
EXPORT_QTI = Operation(
    name="export_bank_qti",
    method="GET",
    path="/banks/{bank_id}/export.zip",
    summary="All drafts of a bank that QTI 3.0 can hold, as a content package",
    permission=AUTHOR,
    deadline_seconds=30,
    gives=(ZIP_TYPE,),
    answers={200: None},
    tags=TAGS,
)
IMPORT = Operation(
    name="import_items",
    method="POST",
    path="/banks/{bank_id}/imports",
    summary="Take items out of a JSON file, a QTI 3.0 package or one QTI item, and say what came of each",
    permission=AUTHOR,
    rate_class="upload",
    takes=(JSON_TYPE, ZIP_TYPE, *XML_TYPES),
    query=ImportQuery,
    max_body_bytes=IMPORT_BYTES_MAX,
    deadline_seconds=60,
    answers={200: ImportReport},
    problems=frozenset({"unreadable-import", "conflict"}),
    tags=TAGS,
)


def exchange_routes(service: AssessmentsService) -> tuple[Route, ...]:
    exchange = service.authoring.exchange

    async def export_json(call: Call[NoBody, NoQuery]) -> Answer:
        bank, body = await exchange.export_json(author(call), call.path["bank_id"])
        return Answer(content=Content(body, JSON_TYPE, file_name=f"{_file_name(bank.name)}.json"))

    async def export_qti(call: Call[NoBody, NoQuery]) -> Answer:
        bank, body = await exchange.export_qti(author(call), call.path["bank_id"])
        return Answer(content=Content(body, ZIP_TYPE, file_name=f"{_file_name(bank.name)}.zip"))

    async def take(call: Call[NoBody, ImportQuery]) -> Answer:
        content_type = call.request.content_type
        scope, bank_id = author(call), call.path["bank_id"]
        return Answer(await exchange.take(scope, bank_id, content_type, call.content, call.query.mode))

    return (Route(EXPORT_JSON, export_json), Route(EXPORT_QTI, export_qti), Route(IMPORT, take))


def _file_name(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name).strip()[:80] or "bank"
