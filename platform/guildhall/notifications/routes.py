"""One's own notices over HTTP."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from guildhall.kit.http import (
    Answer,
    Call,
    CursorSigner,
    Listing,
    NoBody,
    NoQuery,
    Operation,
    Page,
    PageQuery,
    Route,
)
from guildhall.notifications.messages import NoticesCounted, NoticeShown, SeenUntil
from guildhall.notifications.model import Notice
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
    notices = Listing(CursorSigner(secret), "notices", NEWEST_FIRST)

    async def list_own(call: Call[NoBody, PageQuery]) -> Answer:
        return await notices.page(
            call, Page[NoticeShown], partial(service.of, call.principal.id), show, call.principal.id
        )

    async def show(found: Sequence[Notice]) -> list[NoticeShown]:
        return [
            NoticeShown(
                notice_id=one.id,
                kind=one.kind,
                title=one.title,
                text=one.text,
                path=one.path,
                at_ms=one.at_ms,
                is_seen=one.seen_at_ms > 0,
            )
            for one in found
        ]

    async def count(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(NoticesCounted(unseen=await service.count_unseen(call.principal.id)))

    async def see(call: Call[SeenUntil, NoQuery]) -> Answer:
        await service.see(call.principal.id, call.body.until_ms)
        return Answer(NoticesCounted(unseen=await service.count_unseen(call.principal.id)))

    return (Route(COUNT, count), Route(LIST, list_own), Route(SEE, see))
