"""The two sides of a contract talk: the conversation that the page opens, over `/v1/chat` like any other."""

from guildhall.chat.messages.requests import TalkOpened
from guildhall.gigs.routes.calling import TAGS, WORK, caller_of
from guildhall.gigs.service import GigsService
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route

TALK = Operation(
    name="talk_about_contract",
    method="POST",
    path="/contracts/{contract_id}/conversation",
    summary="The conversation of the contract's two sides; there is one, and the staff come when they are called in",
    permission=WORK,
    rate_class="write",
    answers={200: TalkOpened},
    problems=frozenset({"not-found"}),
    tags=TAGS,
)


def talk_routes(service: GigsService) -> tuple[Route, ...]:
    async def talk(call: Call[NoBody, NoQuery]) -> Answer:
        opened = await service.talking.about(call.path["contract_id"], caller_of(call.principal))
        return Answer(TalkOpened(conversation_id=opened))

    return (Route(TALK, talk),)
