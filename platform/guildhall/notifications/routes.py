"""One's own notices over HTTP."""

from typing import Final

from guildhall.kit.http import (
    Answer,
    Call,
    CursorSigner,
    NoBody,
    NoQuery,
    Operation,
    Page,
    PageQuery,
    Place,
    Route,
    link_to_next,
)
from guildhall.notifications.messages import NoticesCounted, NoticeShown, SeenUntil
from guildhall.notifications.service import NotificationsService
from guildhall.notifications.store import NEWEST_FIRST

TAGS: Final = ("notifications",)

LIST = Operation(
    name="list_own_notices",
    method="GET",
    path="/notices",
    summary="What you were told, the newest first",
    permission="notifications.read",
    query=PageQuery,
    answers={200: Page[NoticeShown]},
    tags=TAGS,
)
COUNT = Operation(
    name="count_own_notices",
    method="GET",
    path="/notices/unseen",
    summary="How many notices you have not seen",
    permission="notifications.read",
    answers={200: NoticesCounted},
    tags=TAGS,
)
SEE = Operation(
    name="see_own_notices",
    method="POST",
    path="/notices/seen",
    summary="What was told until then has been seen",
    permission="notifications.read",
    rate_class="write",
    body=SeenUntil,
    answers={200: NoticesCounted},
    tags=TAGS,
)


def routes(service: NotificationsService, secret: str) -> tuple[Route, ...]:
    signer = CursorSigner(secret)

    async def list_own(call: Call[NoBody, PageQuery]) -> Answer:
        where = {"list": "notices", "of": call.principal.id}
        limit, cursor = call.query.limit, call.query.cursor
        place = signer.read(cursor, NEWEST_FIRST, where) if cursor else None
        found = await service.of(call.principal.id, place, limit + 1)
        after = None
        if len(found) > limit:
            last = found[limit - 1]
            after = signer.write(Place(last.at_ms, last.id), NEWEST_FIRST, where)
        items = [
            NoticeShown(
                notice_id=one.id,
                kind=one.kind,
                title=one.title,
                text=one.text,
                path=one.path,
                at_ms=one.at_ms,
                is_seen=one.seen_at_ms > 0,
            )
            for one in found[:limit]
        ]
        page = Page[NoticeShown](items=items, next_cursor=after, has_more=after is not None)
        return Answer(page, headers=link_to_next(call.request, after))

    async def count(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(NoticesCounted(unseen=await service.count_unseen(call.principal.id)))

    async def see(call: Call[SeenUntil, NoQuery]) -> Answer:
        await service.see(call.principal.id, call.body.until_ms)
        return Answer(NoticesCounted(unseen=await service.count_unseen(call.principal.id)))

    return (Route(COUNT, count), Route(LIST, list_own), Route(SEE, see))
