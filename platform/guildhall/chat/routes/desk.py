"""What agents do over HTTP: their door to the socket, presence, lists, and every turn of a conversation."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel

from guildhall.accounts.permissions import is_allowed
from guildhall.chat.lifecycle import ConversationState, PresenceState
from guildhall.chat.messages.desk import (
    AgentArranged,
    AgentShown,
    AgentsShown,
    DeskConversation,
    DeskConversations,
    DeskDoor,
    DeskQuery,
    NoteGiven,
    NoteShown,
    NotesQuery,
    NotesShown,
    PresenceGiven,
    QueuesShown,
    Requeue,
    SearchQuery,
    Snooze,
    TagsGiven,
    Transfer,
    show_agent,
    show_conversation,
)
from guildhall.chat.model import ChatClaims, Conversation
from guildhall.chat.routes.declaring import NOT_THERE, Declaring
from guildhall.chat.routes.keeping import TEXT, as_file
from guildhall.chat.rules.house_words import words_for
from guildhall.chat.service import ChatService
from guildhall.chat.service.notes import Note
from guildhall.chat.service.presence import kinds_answered
from guildhall.kit.http import Answer, Call, NoBody, NoQuery, Operation, Route
from guildhall.kit.http.operation import Handler

ANSWER, MANAGE = "chat.answer", "chat.manage"
DESK = Declaring(ANSWER, "desk")
NOTHING_LOST = frozenset[str]()
REFUSED = NOT_THERE | {"move-refused", "not-your-turn"}
ONE = "/desk/conversations/{conversation_id}"
SLOW_SECONDS = 20


def _turn(
    name: str, path: str, summary: str, body: type[BaseModel] | None = None, problems: frozenset[str] = REFUSED
) -> Operation:
    answers = {200: DeskConversation}
    return DESK.write(
        "POST", name, f"{ONE}/{path}", summary, answers, body, problems=problems, deadline_seconds=SLOW_SECONDS
    )


DOOR = DESK.write(
    "POST",
    "open_desk_door",
    "/desk/doors",
    "A chat token for an agent's socket",
    {201: DeskDoor},
    problems=NOTHING_LOST,
)
BE = DESK.write(
    "PUT",
    "set_presence",
    "/desk/presence",
    "Be online, away or gone; say it again before the lease ends, or keep the socket open",
    {200: AgentShown},
    PresenceGiven,
    problems=NOTHING_LOST,
    deadline_seconds=SLOW_SECONDS,
)
ARRANGE = Declaring(MANAGE, "desk").write(
    "PUT",
    "arrange_agent",
    "/desk/agents/{agent_id}",
    "How many conversations an agent holds at most, and of which queues",
    {200: AgentShown},
    AgentArranged,
)
AGENTS = DESK.read("list_agents", "/desk/agents", "Who has been at the desk, and how much they hold", AgentsShown)
QUEUES = DESK.read("list_queues", "/desk/queues", "How many wait, by queue", QueuesShown)
LIST = DESK.read(
    "list_desk_conversations", "/desk/conversations", "Conversations by state", DeskConversations, DeskQuery
)
SEARCH = DESK.read(
    "search_conversations",
    "/desk/searches",
    "Conversations by words, names, tags and day, the newest first",
    DeskConversations,
    SearchQuery,
    problems=NOTHING_LOST,
)
LOOK = DESK.read("read_desk_conversation", ONE, "One conversation", DeskConversation)
EARLIER = DESK.read(
    "list_earlier_conversations", f"{ONE}/earlier", "Others that were opened by the same side", DeskConversations
)
TRANSCRIPT = DESK.read(
    "read_desk_transcript",
    f"{ONE}/transcript",
    "What was said, as text with numbers and a checksum",
    None,
    gives=(TEXT,),
)
NOTES = DESK.read("read_notes", f"{ONE}/notes", "What agents wrote for each other", NotesShown, NotesQuery)
NOTE = DESK.write(
    "POST", "write_note", f"{ONE}/notes", "A note for other agents; parties never see it", {201: NoteShown}, NoteGiven
)
TAG = DESK.write(
    "PUT", "tag_conversation", f"{ONE}/tags", "Set a conversation's tags", {200: DeskConversation}, TagsGiven
)
TAKE = _turn("take_conversation", "take", "Hold it from now on", problems=REFUSED | {"at-limit"})
TRANSFER = _turn("transfer_conversation", "transfer", "To another agent", Transfer, REFUSED | {"at-limit"})
REQUEUE = _turn("requeue_conversation", "requeue", "Back to its queue, or to another", Requeue)
HAND_BACK = _turn("hand_back_conversation", "hand-back", "Let the bot answer again")
SNOOZE = _turn("snooze_conversation", "snooze", "Put it off; it comes back to its queue", Snooze)
RESOLVE = _turn("resolve_conversation", "resolve", "Nothing is left to do")
REOPEN = _turn("reopen_conversation", "reopen", "Back to its queue after it was resolved")


def desk_routes(service: ChatService) -> tuple[Route, ...]:
    """Everything below `/v1/desk`."""
    return (*presence_routes(service), *list_routes(service), *note_routes(service), *turn_routes(service))


async def claims_of(service: ChatService, call: Call[Any, Any]) -> ChatClaims:
    """Of the agent who calls, by what their roles say now."""
    principal = call.principal
    return ChatClaims(
        subject=principal.id,
        name=await service.context.people.name_of(principal.id),
        session_id=principal.session_id,
        role="agent",
        kinds=kinds_answered(principal.roles),
        manages=is_allowed(principal, MANAGE),
    )


def presence_routes(service: ChatService) -> tuple[Route, ...]:
    async def door(call: Call[NoBody, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        await service.presence.join(claims)  # so that whoever has come in can take, before their socket is there
        admitted = service.visitors.agent_token(claims)
        return Answer(DeskDoor(chat_token=admitted.chat_token, expires_at_ms=admitted.expires_at_ms), status=201)

    async def be(call: Call[PresenceGiven, NoQuery]) -> Answer:
        agent = await service.presence.be(await claims_of(service, call), PresenceState(call.body.state))
        return Answer(show_agent(agent))

    async def arrange(call: Call[AgentArranged, NoQuery]) -> Answer:
        agent = await service.presence.arrange(call.path["agent_id"], call.body.limit, tuple(call.body.queues))
        return Answer(show_agent(agent))

    async def agents(call: Call[NoBody, NoQuery]) -> Answer:  # noqa: ARG001 - of the port
        everybody = await service.context.store.everybody()
        return Answer(AgentsShown(agents=[show_agent(agent) for agent in everybody]))

    return Route(DOOR, door), Route(BE, be), Route(ARRANGE, arrange), Route(AGENTS, agents)


def list_routes(service: ChatService) -> tuple[Route, ...]:
    desk = service.desk

    async def queues(call: Call[NoBody, NoQuery]) -> Answer:
        return Answer(QueuesShown(waiting=await service.desk.queues(await claims_of(service, call))))

    async def listed(call: Call[NoBody, DeskQuery]) -> Answer:
        claims = await claims_of(service, call)
        if call.query.mine:
            found = await desk.held_by(claims)
        elif call.query.state is ConversationState.QUEUED:
            found = await desk.waiting(claims)
        else:
            found = await desk.in_state(claims, call.query.state)
        return Answer(DeskConversations(conversations=[show_conversation(one) for one in found]))

    async def search(call: Call[NoBody, SearchQuery]) -> Answer:
        claims, asked = await claims_of(service, call), call.query
        found = await service.searching.find(claims, asked.q, asked.from_ms, asked.to_ms)
        return Answer(DeskConversations(conversations=[show_conversation(one) for one in found]))

    async def look(call: Call[NoBody, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        return Answer(show_conversation(await service.desk.find(claims, call.path["conversation_id"])))

    async def earlier(call: Call[NoBody, NoQuery]) -> Answer:
        found = await desk.earlier(await claims_of(service, call), call.path["conversation_id"])
        return Answer(DeskConversations(conversations=[show_conversation(one) for one in found]))

    async def transcript(call: Call[NoBody, NoQuery]) -> Answer:
        conversation = await service.desk.find(await claims_of(service, call), call.path["conversation_id"])
        return Answer(content=as_file(conversation.id, await service.mailing.text_of(conversation, words_for("en"))))

    return (
        Route(TRANSCRIPT, transcript),
        Route(QUEUES, queues),
        Route(LIST, listed),
        Route(SEARCH, search),
        Route(LOOK, look),
        Route(EARLIER, earlier),
    )


def note_routes(service: ChatService) -> tuple[Route, ...]:
    async def notes(call: Call[NoBody, NotesQuery]) -> Answer:
        conversation = await service.desk.find(await claims_of(service, call), call.path["conversation_id"])
        found = await service.notes.read(conversation, call.query.after, call.query.limit)
        return Answer(NotesShown(notes=[show_note(note) for note in found]))

    async def note(call: Call[NoteGiven, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        conversation = await service.desk.find(claims, call.path["conversation_id"])
        written = await service.notes.write(claims, conversation, call.body.client_id, call.body.text)
        return Answer(show_note(written), status=201)

    async def tag(call: Call[TagsGiven, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        tagged = await service.desk.tag(claims, call.path["conversation_id"], tuple(call.body.tags))
        return Answer(show_conversation(tagged))

    return Route(NOTES, notes), Route(NOTE, note), Route(TAG, tag)


def turn_routes(service: ChatService) -> tuple[Route, ...]:
    desk = service.desk

    async def transfer(call: Call[Transfer, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        moved = await desk.transfer(claims, call.path["conversation_id"], call.body.to_agent)
        return Answer(show_conversation(moved))

    async def requeue(call: Call[Requeue, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        moved = await desk.requeue(claims, call.path["conversation_id"], call.body.queue or "")
        return Answer(show_conversation(moved))

    async def snooze(call: Call[Snooze, NoQuery]) -> Answer:
        claims = await claims_of(service, call)
        moved = await desk.snooze(claims, call.path["conversation_id"], call.body.until_ms)
        return Answer(show_conversation(moved))

    def plain(act: Callable[[ChatClaims, str], Awaitable[Conversation]]) -> Handler:
        async def handle(call: Call[NoBody, NoQuery]) -> Answer:
            claims = await claims_of(service, call)
            return Answer(show_conversation(await act(claims, call.path["conversation_id"])))

        return handle

    return (
        Route(TAKE, plain(desk.take)),
        Route(TRANSFER, transfer),
        Route(REQUEUE, requeue),
        Route(HAND_BACK, plain(desk.hand_back)),
        Route(SNOOZE, snooze),
        Route(RESOLVE, plain(desk.resolve)),
        Route(REOPEN, plain(desk.reopen)),
    )


def show_note(note: Note) -> NoteShown:
    return NoteShown(number=note.number, at_ms=note.at_ms, by=note.by, name=note.name, text=note.text)
