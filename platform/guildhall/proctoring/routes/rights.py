"""The candidate's rights over HTTP: what was flagged about me, who looked, and my word against it."""

from typing import Final

from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.proctoring.messages.evidence import PhotosSeen, StripShown
from guildhall.proctoring.messages.reviewing import RightsList, RightsShown, TraceShown, WordsSaid
from guildhall.proctoring.routes.reviewing import FlagQuery
from guildhall.proctoring.routes.reviews_shown import list_rights, show_photos, show_rights, show_trace
from guildhall.proctoring.service.rights import Rights

RIGHTS: Final = "proctoring.rights"
TAGS: Final = ("rights",)
_SLOW_SECONDS: Final = 30.0

MINE = Operation(
    name="list_own_watched_attempts",
    method="GET",
    path="/proctoring/rights",
    summary="Your exams before a camera, and where their reviews stand",
    permission=RIGHTS,
    answers={200: RightsList},
    tags=TAGS,
)
OWN = Operation(
    name="read_own_rights",
    method="GET",
    path="/proctoring/rights/{attempt_id}",
    summary="What was flagged about you, who looked at it and when, and what was decided",
    permission=RIGHTS,
    answers={200: RightsShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
TRACE = Operation(
    name="read_own_trace",
    method="GET",
    path="/proctoring/rights/{attempt_id}/trace",
    summary="What was measured of you around a flag",
    permission=RIGHTS,
    query=FlagQuery,
    answers={200: TraceShown},
    problems=frozenset({"conflict"}),
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
STRIP = Operation(
    name="read_own_flag_strip",
    method="GET",
    path="/proctoring/rights/{attempt_id}/strip",
    summary="The pictures that were kept of you around a flag",
    permission=RIGHTS,
    query=FlagQuery,
    answers={200: StripShown},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
PHOTOS = Operation(
    name="read_own_photos",
    method="GET",
    path="/proctoring/rights/{attempt_id}/photos",
    summary="The photographs that are kept of you, your document among them",
    permission=RIGHTS,
    answers={200: PhotosSeen},
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)
CONTEST = Operation(
    name="contest_decision",
    method="POST",
    path="/proctoring/rights/{attempt_id}/contest",
    summary="Contest a decision, once and in time; somebody who took no part in it answers",
    permission=RIGHTS,
    rate_class="write",
    body=WordsSaid,
    answers={200: RightsShown},
    problems=frozenset({"move-refused", "unavailable", "invalid"}),
    deadline_seconds=_SLOW_SECONDS,
    tags=TAGS,
)


def rights_routes(rights: Rights) -> tuple[Route, ...]:
    async def mine(call: Call[NoBody, NoQuery]) -> Answer:
        found = await rights.mine(call.principal.id)
        return Answer(RightsList(items=[list_rights(one) for one in found]))

    async def own(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(show_rights(rights, await rights.own(call.principal.id, call.path["attempt_id"])))

    async def trace(call: Call[NoBody, FlagQuery]) -> Answer:
        return Answer(show_trace(*await rights.trace(call.principal.id, call.path["attempt_id"], call.query.flag)))

    async def strip(call: Call[NoBody, FlagQuery]) -> Answer:
        return Answer(await rights.strip(call.principal.id, call.path["attempt_id"], call.query.flag))

    async def photos(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(show_photos(await rights.photos(call.principal.id, call.path["attempt_id"])))

    async def contest(call: Call[WordsSaid, NoQuery]) -> Answer:
        own = await rights.contest(call.principal.id, call.path["attempt_id"], call.body.words)
        return Answer(show_rights(rights, own))

    return (
        Route(MINE, mine),
        Route(OWN, own),
        Route(TRACE, trace),
        Route(STRIP, strip),
        Route(PHOTOS, photos),
        Route(CONTEST, contest),
    )
