"""Items of a bank: drafts and versions. Changes carry If-Match, so nobody writes over what they have not seen."""

from collections.abc import Callable
from typing import Any, Final

from guildhall.assessments.lifecycle import PublishingEvent
from guildhall.assessments.messages.authoring import (
    FlawsFound,
    ItemListed,
    ItemQuery,
    ItemShown,
    ItemVersionsListed,
    ItemWanted,
)
from guildhall.assessments.model.keys import ItemContent
from guildhall.assessments.routes.banks import author
from guildhall.assessments.routes.paging import Cursors
from guildhall.assessments.routes.scope import AUTHOR
from guildhall.assessments.rules.authoring import flaws_of_item
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.items import Items
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Page, Route, check_match, link_to_next

TAGS: Final = ("question banks",)
ITEM_BYTES_MAX: Final = 524_288
_MOVES: Final = frozenset({"move-refused", "conflict"})

CREATE = Operation(
    name="create_item",
    method="POST",
    path="/banks/{bank_id}/items",
    summary="Write a new item",
    permission=AUTHOR,
    rate_class="write",
    idempotency="optional",
    body=ItemWanted,
    max_body_bytes=ITEM_BYTES_MAX,
    answers={201: ItemShown},
    has_etag=True,
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
SEARCH = Operation(
    name="search_items",
    method="GET",
    path="/banks/{bank_id}/items",
    summary="Items of a bank, the newest first, by tag, kind, difficulty, state and text",
    permission=AUTHOR,
    query=ItemQuery,
    answers={200: Page[ItemListed]},
    tags=TAGS,
)
CHECK = Operation(
    name="check_item",
    method="POST",
    path="/item-checks",
    summary="What keeps this content from being published; nothing is kept",
    permission=AUTHOR,
    body=ItemContent,
    max_body_bytes=ITEM_BYTES_MAX,
    answers={200: FlawsFound},
    tags=TAGS,
)
READ = Operation(
    name="read_item",
    method="GET",
    path="/items/{item_id}",
    summary="An item: its draft, its flaws, and what may be done with it",
    permission=AUTHOR,
    answers={200: ItemShown},
    has_etag=True,
    tags=TAGS,
)
EDIT = Operation(
    name="edit_item",
    method="PUT",
    path="/items/{item_id}",
    summary="Change the draft of an item",
    permission=AUTHOR,
    rate_class="write",
    if_match="required",
    has_etag=True,
    body=ItemWanted,
    max_body_bytes=ITEM_BYTES_MAX,
    answers={200: ItemShown},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
PUBLISH = Operation(
    name="publish_item",
    method="POST",
    path="/items/{item_id}/publish",
    summary="Keep the draft as a version that never changes",
    permission=AUTHOR,
    rate_class="write",
    if_match="optional",
    has_etag=True,
    answers={200: ItemShown},
    problems=_MOVES | {"flawed"},
    tags=TAGS,
)
RETIRE = Operation(
    name="retire_item",
    method="POST",
    path="/items/{item_id}/retire",
    summary="Take an item out of use; published exams keep their version of it",
    permission=AUTHOR,
    rate_class="write",
    if_match="optional",
    has_etag=True,
    answers={200: ItemShown},
    problems=_MOVES,
    tags=TAGS,
)
REVIVE = Operation(
    name="revive_item",
    method="POST",
    path="/items/{item_id}/revive",
    summary="Make a retired item a draft again",
    permission=AUTHOR,
    rate_class="write",
    if_match="optional",
    has_etag=True,
    answers={200: ItemShown},
    problems=_MOVES,
    tags=TAGS,
)
DUPLICATE = Operation(
    name="duplicate_item",
    method="POST",
    path="/items/{item_id}/duplicates",
    summary="Begin a new item with the same content",
    permission=AUTHOR,
    rate_class="write",
    idempotency="optional",
    has_etag=True,
    answers={201: ItemShown},
    problems=frozenset({"conflict"}),
    tags=TAGS,
)
VERSIONS = Operation(
    name="list_item_versions",
    method="GET",
    path="/items/{item_id}/versions",
    summary="What was published of it, the newest first, and what changed each time",
    permission=AUTHOR,
    answers={200: ItemVersionsListed},
    tags=TAGS,
)


def item_routes(service: AssessmentsService) -> tuple[Route, ...]:
    items = service.authoring.items
    cursors = Cursors(service.context.secret, "items")

    async def create(call: Call[ItemWanted, NoQuery]) -> Answer:
        return _shown(await items.create(author(call), call.path["bank_id"], call.body), status=201)

    async def search(call: Call[NoBody, ItemQuery]) -> Answer:
        scope = author(call)
        found, last_id = await items.search(scope, call.path["bank_id"], call.query, cursors.read(call))
        cursor = None if last_id is None else cursors.write(call, None, last_id)
        page = Page[ItemListed](items=found, next_cursor=cursor, has_more=cursor is not None)
        return Answer(page, headers=link_to_next(call.request, cursor))

    async def check(call: Call[ItemContent, NoQuery]) -> Answer:
        return Answer(FlawsFound(flaws=flaws_of_item(call.body)))

    async def read(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await items.read(author(call), call.path["item_id"]))

    async def edit(call: Call[ItemWanted, NoQuery]) -> Answer:
        return _shown(await items.edit(author(call), call.path["item_id"], call.body, matching(call)))

    return (
        Route(CREATE, create),
        Route(SEARCH, search),
        Route(CHECK, check),
        Route(READ, read),
        Route(EDIT, edit),
        *_publishing_routes(items),
    )


def _publishing_routes(items: Items) -> tuple[Route, ...]:
    async def publish(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await items.publish(author(call), call.path["item_id"], matching(call)))

    async def retire(call: Call[NoBody, NoQuery]) -> Answer:
        event = PublishingEvent.RETIRE
        return _shown(await items.move(author(call), call.path["item_id"], event, matching(call)))

    async def revive(call: Call[NoBody, NoQuery]) -> Answer:
        event = PublishingEvent.REVIVE
        return _shown(await items.move(author(call), call.path["item_id"], event, matching(call)))

    async def duplicate(call: Call[NoBody, NoQuery]) -> Answer:
        return _shown(await items.duplicate(author(call), call.path["item_id"]), status=201)

    async def versions(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(ItemVersionsListed(items=await items.versions(author(call), call.path["item_id"])))

    return (
        Route(PUBLISH, publish),
        Route(RETIRE, retire),
        Route(REVIVE, revive),
        Route(DUPLICATE, duplicate),
        Route(VERSIONS, versions),
    )


def matching(call: Call[Any, Any]) -> Callable[[str], None]:
    """What the service asks of the revision it is about to change."""
    return lambda etag: check_match(call, etag)


def _shown(item: ItemShown, status: int = 200) -> Answer:
    return Answer(item, status=status, etag=str(item.rev))
