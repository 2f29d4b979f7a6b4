"""What parties take away or leave: an address for answers, the transcript to keep or by mail."""

from guildhall.chat.messages.requests import AddressGiven, ContactGiven, MessageTaken
from guildhall.chat.routes.parties import CONVERSE, NOT_THERE, TAGS, claims_of
from guildhall.chat.service import ChatService
from guildhall.chat.service.mailing import words_of
from guildhall.kit.http import Answer, Call, Content, NoBody, NoQuery, Operation, Route

ONE = "/chat/conversations/{conversation_id}"
TEXT = "text/plain"

LEAVE = Operation(
    name="leave_address",
    method="PUT",
    path=f"{ONE}/contact",
    summary="Where to write what people answer while you do not read it here",
    permission=CONVERSE,
    rate_class="mail",
    body=ContactGiven,
    answers={200: MessageTaken},
    problems=NOT_THERE | {"conflict"},
    tags=TAGS,
)
KEEP = Operation(
    name="read_transcript",
    method="GET",
    path=f"{ONE}/transcript",
    summary="What was said, as text with numbers and a checksum",
    permission=CONVERSE,
    rate_class="chat",
    gives=(TEXT,),
    answers={200: None},
    problems=NOT_THERE,
    deadline_seconds=10,
    tags=TAGS,
)
MAIL = Operation(
    name="mail_transcript",
    method="POST",
    path=f"{ONE}/transcripts",
    summary="The transcript by mail, once somebody has answered",
    permission=CONVERSE,
    rate_class="mail",
    body=AddressGiven,
    answers={202: None},
    problems=NOT_THERE | {"conflict", "too-many"},
    tags=TAGS,
)


def keeping_routes(service: ChatService) -> tuple[Route, ...]:
    async def leave(call: Call[ContactGiven, NoQuery]) -> Answer:
        claims, given = await claims_of(service, call), call.body
        entry = await service.mailing.leave_address(claims, call.path["conversation_id"], given.client_id, given.email)
        return Answer(MessageTaken(number=entry.number, at_ms=entry.at_ms))

    async def keep(call: Call[NoBody, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        conversation = await service.conversations.of_party(claims, call.path["conversation_id"])
        return Answer(
            content=as_file(conversation.id, await service.mailing.text_of(conversation, words_of(conversation)))
        )

    async def mail(call: Call[AddressGiven, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        await service.mailing.mail_transcript(claims, call.path["conversation_id"], call.body.email)
        return Answer(status=202)

    return Route(LEAVE, leave), Route(KEEP, keep), Route(MAIL, mail)


def as_file(conversation_id: str, text: str) -> Content:
    return Content(text.encode(), TEXT, file_name=f"{conversation_id}.txt")
