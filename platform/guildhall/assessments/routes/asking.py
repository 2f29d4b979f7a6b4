"""A candidate's questions about an exam: the conversation that the page opens, over `/v1/chat` like any other."""

from guildhall.assessments.service import AssessmentsService
from guildhall.chat.messages.requests import TalkOpened
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route


def _operation(name: str, path: str, summary: str) -> Operation:
    return Operation(
        name=name,
        method="POST",
        path=path,
        summary=summary,
        permission="assessments.sit",
        rate_class="write",
        answers={200: TalkOpened},
        problems=frozenset({"not-found"}),
        tags=("exams",),
    )


ABOUT_INVITATION = _operation(
    "ask_about_invitation",
    "/exams/invitations/{invitation_id}/conversation",
    "The conversation about an exam that you are invited to, with whoever supervises it; there is one",
)
ABOUT_ATTEMPT = _operation(
    "ask_about_attempt",
    "/attempts/{attempt_id}/conversation",
    "The same, of an attempt of yours",
)


def asking_routes(service: AssessmentsService) -> tuple[Route, ...]:
    async def about_invitation(call: Call[NoBody, NoQuery]) -> Answer:
        opened = await service.asking.about_invitation(call.path["invitation_id"], call.principal.id)
        return Answer(TalkOpened(conversation_id=opened))

    async def about_attempt(call: Call[NoBody, NoQuery]) -> Answer:
        opened = await service.asking.about_attempt(call.path["attempt_id"], call.principal.id)
        return Answer(TalkOpened(conversation_id=opened))

    return Route(ABOUT_INVITATION, about_invitation), Route(ABOUT_ATTEMPT, about_attempt)
