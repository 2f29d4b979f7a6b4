"""Client and applicant talk: the conversation that the pages open, over `/v1/chat` like any other."""

from typing import Final

from guildhall.chat.messages.requests import TalkOpened
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.opportunities.routes import agents, postings
from guildhall.opportunities.service import OpportunitiesService

_PROBLEMS: Final = frozenset({"not-found", "conflict"})

BY_AGENT = Operation(
    name="talk_about_application",
    method="POST",
    path="/applications/{application_id}/conversation",
    summary="The conversation with the client, once they have shortlisted or invited you; there is one",
    permission=agents.APPLY,
    rate_class="write",
    answers={200: TalkOpened},
    problems=_PROBLEMS,
    tags=agents.TAGS,
)
BY_CLIENT = Operation(
    name="talk_to_applicant",
    method="POST",
    path="/hiring/applicants/{application_id}/conversation",
    summary="The conversation with somebody who is shortlisted or interviewed; there is one",
    permission=postings.POST,
    rate_class="write",
    answers={200: TalkOpened},
    problems=_PROBLEMS,
    tags=postings.TAGS,
)


def talk_routes(service: OpportunitiesService) -> tuple[Route, ...]:
    async def by_agent(call: Call[NoBody, NoQuery]) -> Answer:
        opened = await service.talking.by_agent(call.path["application_id"], call.principal.id)
        return Answer(TalkOpened(conversation_id=opened))

    async def by_client(call: Call[NoBody, NoQuery]) -> Answer:
        opened = await service.talking.by_client(call.path["application_id"], postings.client_of(call))
        return Answer(TalkOpened(conversation_id=opened))

    return Route(BY_AGENT, by_agent), Route(BY_CLIENT, by_client)
