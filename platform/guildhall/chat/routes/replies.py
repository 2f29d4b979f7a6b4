"""The desk's canned replies over HTTP."""

from guildhall.chat.messages.desk import CannedRepliesShown, CannedReplyShown, ReplyGiven, ReplyWanted, show_canned
from guildhall.chat.routes.declaring import NOT_THERE
from guildhall.chat.routes.desk import DESK, claims_of
from guildhall.chat.service import ChatService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Route

_PATH = "/desk/canned-replies"
_ONE = f"{_PATH}/{{reply_id}}"
_TAKEN = NOT_THERE | {"conflict"}

LIST = DESK.read("list_canned_replies", _PATH, "Everybody's replies and your own, by shortcut", CannedRepliesShown)
KEEP = DESK.write(
    "POST",
    "keep_canned_reply",
    _PATH,
    "Keep a reply ready: your own, or everybody's if you manage the desk",
    {201: CannedReplyShown},
    ReplyWanted,
    problems=_TAKEN,
)
REWRITE = DESK.write(
    "PUT", "rewrite_canned_reply", _ONE, "Write it anew", {200: CannedReplyShown}, ReplyGiven, problems=_TAKEN
)
FORGET = DESK.write("DELETE", "forget_canned_reply", _ONE, "It is gone", {204: None})


def reply_routes(service: ChatService) -> tuple[Route, ...]:
    replies = service.replies

    async def listed(call: Call[NoBody, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        shown = [show_canned(reply) for reply in await replies.mine(claims)]
        return Answer(CannedRepliesShown(replies=shown, may_share=claims.manages))

    async def keep(call: Call[ReplyWanted, NoQuery]) -> Answer:
        given, claims = call.body, await claims_of(service, call)
        kept = await replies.keep(claims, given.shortcut, given.text, is_shared=given.is_shared)
        return Answer(show_canned(kept), status=201)

    async def rewrite(call: Call[ReplyGiven, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        kept = await replies.rewrite(claims, call.path["reply_id"], call.body.shortcut, call.body.text)
        return Answer(show_canned(kept))

    async def forget(call: Call[NoBody, NoQuery]) -> Answer:
        await replies.forget(await claims_of(service, call), call.path["reply_id"])
        return Answer(status=204)

    return Route(LIST, listed), Route(KEEP, keep), Route(REWRITE, rewrite), Route(FORGET, forget)
