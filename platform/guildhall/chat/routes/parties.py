"""What parties do over HTTP: everything that the socket does, under the same ids, where sockets do not get through."""

from typing import Any

from guildhall.chat.lifecycle import ConversationEvent
from guildhall.chat.messages.limits import limits_of
from guildhall.chat.messages.requests import (
    Admission,
    AdmissionShown,
    ConversationListed,
    ConversationOpened,
    ConversationsListed,
    ConversationWanted,
    EntriesQuery,
    MarkGiven,
    MessageGiven,
    MessageTaken,
    RatingGiven,
    TurnGiven,
)
from guildhall.chat.messages.wire import PAGE_MAX, EntriesShown, show_entry, show_standing, show_writing
from guildhall.chat.model import ChatClaims, Conversation, ConversationKind, Party
from guildhall.chat.routes.chat_pass import BEARER
from guildhall.chat.service import ChatService
from guildhall.chat.service.opening import Opening
from guildhall.chat.service.visitors import Admitted
from guildhall.kit.errors import Unauthenticated
from guildhall.kit.http import PUBLIC, Answer, Call, NoBody, NoQuery, Operation, Route

TAGS = ("chat",)
CONVERSE = "chat.converse"
NOT_THERE = frozenset({"not-found"})
CLOSED = NOT_THERE | {"conversation-closed", "not-your-turn", "move-refused"}
BODY_MAX = 300_000  # the longest text with every character escaped

ADMIT = Operation(
    name="admit_visitor",
    method="POST",
    path="/chat/visitors",
    summary="Come in as a visitor of a site: anonymous, known by a token, or with an identity that the site signed",
    permission=PUBLIC,
    rate_class="chat",
    body=Admission,
    answers={200: AdmissionShown},
    problems=NOT_THERE | {"identity-refused", "unauthenticated", "token-expired"},
    tags=TAGS,
)
DOOR = Operation(
    name="open_chat_door",
    method="POST",
    path="/chat/doors",
    summary="A chat token for somebody signed in",
    permission=CONVERSE,
    rate_class="chat",
    answers={201: AdmissionShown},
    tags=TAGS,
)
OPEN = Operation(
    name="open_conversation",
    method="POST",
    path="/chat/conversations",
    summary="Begin a conversation; again with the same `init_key` gives the same one",
    permission=CONVERSE,
    rate_class="chat",
    body=ConversationWanted,
    answers={200: ConversationOpened},
    problems=NOT_THERE,
    tags=TAGS,
)
LIST = Operation(
    name="list_own_conversations",
    method="GET",
    path="/chat/conversations",
    summary="Your conversations, the newest first",
    permission=CONVERSE,
    rate_class="chat",
    answers={200: ConversationsListed},
    tags=TAGS,
)
READ = Operation(
    name="read_entries",
    method="GET",
    path="/chat/conversations/{conversation_id}/entries",
    summary="What comes after a number, and the newest number there is",
    permission=CONVERSE,
    rate_class="chat",
    query=EntriesQuery,
    answers={200: EntriesShown},
    problems=NOT_THERE,
    deadline_seconds=10,
    tags=TAGS,
)
SAY = Operation(
    name="say",
    method="POST",
    path="/chat/conversations/{conversation_id}/messages",
    summary="A message; again with the same `client_id` gives the same number",
    permission=CONVERSE,
    rate_class="chat",
    body=MessageGiven,
    answers={200: MessageTaken},
    problems=CLOSED,
    max_body_bytes=BODY_MAX,
    deadline_seconds=25,
    tags=TAGS,
)
MARK = Operation(
    name="mark_entries",
    method="POST",
    path="/chat/conversations/{conversation_id}/marks",
    summary="How far you got and read what others said",
    permission=CONVERSE,
    rate_class="chat",
    body=MarkGiven,
    answers={204: None},
    problems=NOT_THERE,
    tags=TAGS,
)
RATE = Operation(
    name="rate_conversation",
    method="POST",
    path="/chat/conversations/{conversation_id}/ratings",
    summary="How content you were, from 1 to 5, once it is resolved; the last one counts",
    permission=CONVERSE,
    rate_class="chat",
    body=RatingGiven,
    answers={200: MessageTaken},
    problems=NOT_THERE | {"not-resolved"},
    tags=TAGS,
)
TURN = Operation(
    name="turn_conversation",
    method="POST",
    path="/chat/conversations/{conversation_id}/turns",
    summary="Ask for a person, resolve, or reopen",
    permission=CONVERSE,
    rate_class="chat",
    body=TurnGiven,
    answers={200: MessageTaken},
    problems=CLOSED,
    tags=TAGS,
)


def party_routes(service: ChatService) -> tuple[Route, ...]:
    """Everything below `/v1/chat`."""
    return (*entering_routes(service), *talking_routes(service))


async def claims_of(service: ChatService, call: Call[Any, Any]) -> ChatClaims:
    """Of the chat token, or of the sign-in where an account's own token came."""
    token = call.request.headers.get("Authorization", "").removeprefix(BEARER)
    try:
        return service.visitors.read(token)
    except Unauthenticated:
        principal = call.principal
        name = await service.context.people.name_of(principal.id)
        return ChatClaims(subject=principal.id, name=name, session_id=principal.session_id, role="member")


def entering_routes(service: ChatService) -> tuple[Route, ...]:
    conversations, visitors = service.conversations, service.visitors

    async def admit(call: Call[Admission, NoQuery]) -> Answer:
        admitted = await visitors.admit(call.body.site, call.body.visitor_token, call.body.identity)
        return Answer(show_admitted(admitted))

    async def door(call: Call[NoBody, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        if claims.role != "member":
            raise Unauthenticated("A chat token opens no further one; come in again.")
        admitted = visitors.member_token(claims.subject, claims.name, claims.session_id)
        return Answer(show_admitted(admitted), status=201)

    async def open_one(call: Call[ConversationWanted, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        key = claims.site or call.body.site
        site = visitors.site(key)
        opening = Opening(
            kind=ConversationKind.VISITOR,
            init_key=call.body.init_key,
            parties=(Party(id=claims.subject, name=claims.name or call.body.name.strip()),),
            queue=site.queue,
            site=key,
            has_bot=site.has_bot,
            welcome=site.welcome,
            welcome_by=site.name,
            context=call.body.context.model_dump(),
        )
        conversation = await conversations.open(opening)
        page = await show_page(service, claims, conversation, 0, PAGE_MAX)
        return Answer(ConversationOpened(conversation_id=conversation.id, page=page))

    async def mine(call: Call[NoBody, NoQuery]) -> Answer:
        listed = [
            ConversationListed(
                id=one.id,
                kind=one.kind,
                state=one.state,
                head=one.head,
                last_at_ms=one.last_at_ms,
                last_text=one.last_text,
            )
            for one in await conversations.mine(call.principal.id)
        ]
        return Answer(ConversationsListed(conversations=listed))

    return Route(ADMIT, admit), Route(DOOR, door), Route(OPEN, open_one), Route(LIST, mine)


def talking_routes(service: ChatService) -> tuple[Route, ...]:
    conversations = service.conversations

    async def read(call: Call[NoBody, EntriesQuery]) -> Answer:
        claims = await claims_of(service, call)
        conversation = await conversations.find(claims, call.path["conversation_id"])
        return Answer(await show_page(service, claims, conversation, call.query.after, call.query.limit))

    async def say(call: Call[MessageGiven, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        said = call.body
        entry = await conversations.say(claims, call.path["conversation_id"], said.client_id, said.text, said.files)
        return Answer(MessageTaken(number=entry.number, at_ms=entry.at_ms))

    async def mark(call: Call[MarkGiven, NoQuery]) -> Answer:
        await conversations.mark(
            await claims_of(service, call), call.path["conversation_id"], call.body.delivered, call.body.read
        )
        return Answer(status=204)

    async def turn(call: Call[TurnGiven, NoQuery]) -> Answer:
        event = ConversationEvent(call.body.turn)
        entry = await conversations.turn(
            await claims_of(service, call), call.path["conversation_id"], event, call.body.client_id
        )
        return Answer(MessageTaken(number=entry.number, at_ms=entry.at_ms))

    async def rate(call: Call[RatingGiven, NoQuery]) -> Answer:
        given, claims = call.body, await claims_of(service, call)
        entry = await conversations.rate(
            claims, call.path["conversation_id"], given.client_id, given.rating, given.text
        )
        return Answer(MessageTaken(number=entry.number, at_ms=entry.at_ms))

    return (
        Route(READ, read),
        Route(SAY, say),
        Route(MARK, mark),
        Route(TURN, turn),
        Route(RATE, rate),
    )


async def show_page(
    service: ChatService, claims: ChatClaims, conversation: Conversation, after: int, limit: int
) -> EntriesShown:
    page = await service.conversations.page(conversation, after, limit)
    return EntriesShown(
        conversation_id=conversation.id,
        entries=[show_entry(entry) for entry in page.entries],
        head=page.head,
        standing=show_standing(page.standing),
        writing=show_writing(page.writing),
        usual_wait_ms=page.outlook.within_ms,
        limits=limits_of(service.context.settings),
        you=claims.subject,
        server_time_ms=service.context.clock.now_ms(),
    )


def show_admitted(admitted: Admitted) -> AdmissionShown:
    return AdmissionShown(
        visitor=admitted.visitor,
        visitor_token=admitted.visitor_token,
        chat_token=admitted.chat_token,
        expires_at_ms=admitted.expires_at_ms,
    )
