"""Question banks and the pictures in them. What is another organisation's is not found."""

from typing import Any, Final

from guildhall.assessments.messages.authoring import (
    BankEdited,
    BankShown,
    BankWanted,
    PictureShown,
    TagsListed,
)
from guildhall.assessments.routes.paging import Cursors
from guildhall.assessments.routes.scope import AUTHOR, MARK, scope_of
from guildhall.assessments.rules.pictures import PICTURE_BYTES_MAX
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.blobs import Blob
from guildhall.kit.http import (
    Answer,
    Call,
    Content,
    NoBody,
    NoQuery,
    Operation,
    Page,
    PageQuery,
    Route,
    check_match,
    link_to_next,
)

TAGS: Final = ("question banks",)
PICTURE_TYPES: Final = ("image/png", "image/jpeg")

CREATE = Operation(
    name="create_bank",
    method="POST",
    path="/banks",
    summary="Begin a question bank",
    permission=AUTHOR,
    rate_class="write",
    idempotency="optional",
    body=BankWanted,
    answers={201: BankShown},
    has_etag=True,
    tags=TAGS,
)
LIST = Operation(
    name="list_banks",
    method="GET",
    path="/banks",
    summary="The question banks you may write",
    permission=AUTHOR,
    query=PageQuery,
    answers={200: Page[BankShown]},
    tags=TAGS,
)
READ = Operation(
    name="read_bank",
    method="GET",
    path="/banks/{bank_id}",
    summary="A question bank and how many items it holds",
    permission=AUTHOR,
    answers={200: BankShown},
    has_etag=True,
    tags=TAGS,
)
EDIT = Operation(
    name="edit_bank",
    method="PUT",
    path="/banks/{bank_id}",
    summary="Name, describe or archive a question bank",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=BankEdited,
    answers={200: BankShown},
    tags=TAGS,
)
LIST_TAGS = Operation(
    name="list_bank_tags",
    method="GET",
    path="/banks/{bank_id}/tags",
    summary="The tags its items carry, the most used first",
    permission=AUTHOR,
    answers={200: TagsListed},
    tags=TAGS,
)
PUT_UP = Operation(
    name="put_up_picture",
    method="POST",
    path="/banks/{bank_id}/pictures",
    summary="Put a picture into a bank, for its questions to show",
    permission=AUTHOR,
    rate_class="upload",
    takes=PICTURE_TYPES,
    max_body_bytes=PICTURE_BYTES_MAX,
    deadline_seconds=20,
    answers={201: PictureShown},
    problems=frozenset({"no-picture"}),
    tags=TAGS,
)
SHOW_PICTURE = Operation(
    name="show_bank_picture",
    method="GET",
    path="/banks/{bank_id}/pictures/{blob_id}",
    summary="A picture of a bank, for those who write or mark its questions",
    permission=MARK,
    gives=PICTURE_TYPES,
    answers={200: None},
    tags=TAGS,
)
SHOW_OWN_PICTURE = Operation(
    name="show_form_picture",
    method="GET",
    path="/attempts/{attempt_id}/pictures/{blob_id}",
    summary="A picture of a question on your own form",
    permission="assessments.sit",
    gives=PICTURE_TYPES,
    answers={200: None},
    tags=("exams",),
)


def bank_routes(service: AssessmentsService) -> tuple[Route, ...]:
    banks, pictures = service.authoring.banks, service.authoring.pictures
    cursors = Cursors(service.context.secret, "banks")

    async def create(call: Call[BankWanted, NoQuery]) -> Answer:
        return _shown(await banks.create(author(call), call.body), status=201)

    async def list_banks(call: Call[NoBody, PageQuery]) -> Answer:
        scope = author(call)
        found, has_more = await banks.of(scope, cursors.read(call, scope), call.query.limit)
        shown = [await banks.shown(bank) for bank in found]
        cursor = cursors.write(call, scope, found[-1].id) if has_more else None
        page = Page[BankShown](items=shown, next_cursor=cursor, has_more=has_more)
        return Answer(page, headers=link_to_next(call.request, cursor))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await banks.read(author(call), call.path["bank_id"]))

    async def edit(call: Call[BankEdited, NoQuery]) -> Answer:
        bank = await banks.edit(author(call), call.path["bank_id"], call.body, lambda etag: check_match(call, etag))
        return _shown(bank)

    async def list_tags(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(TagsListed(items=await banks.tags(author(call), call.path["bank_id"])))

    async def put_up(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(await pictures.put_up(author(call), call.path["bank_id"], call.content), status=201)

    async def show_picture(call: Call[NoBody, NoQuery]) -> Answer:
        scope = scope_of(call.principal, MARK)
        return picture(await pictures.of_bank(scope, call.path["bank_id"], call.path["blob_id"]))

    async def show_own_picture(call: Call[NoBody, NoQuery]) -> Answer:
        blob = await pictures.of_attempt(call.principal.id, call.path["attempt_id"], call.path["blob_id"])
        return picture(blob)

    return (
        Route(CREATE, create),
        Route(LIST, list_banks),
        Route(READ, read),
        Route(EDIT, edit),
        Route(LIST_TAGS, list_tags),
        Route(PUT_UP, put_up),
        Route(SHOW_PICTURE, show_picture),
        Route(SHOW_OWN_PICTURE, show_own_picture),
    )


def author(call: Call[Any, Any]) -> Scope:
    return scope_of(call.principal, AUTHOR)


def picture(blob: Blob) -> Answer:
    """Named by the hash of its bytes, so what a browser has is right for ever; only its owner's browser keeps it."""
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return Answer(content=Content(blob.body, blob.content_type), headers=headers)


def _shown(bank: BankShown, status: int = 200) -> Answer:
    return Answer(bank, status=status, etag=str(bank.rev))
