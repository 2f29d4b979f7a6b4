"""Bodies and answers of the desk's routes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from guildhall.chat.lifecycle import ConversationState
from guildhall.chat.messages.requests import Shape
from guildhall.chat.messages.wire import PAGE_MAX, ClientId, Number
from guildhall.chat.model import CannedReply, Conversation, DeskAgent
from guildhall.chat.model.agents import QUEUES_MAX
from guildhall.chat.model.replies import REPLY_CHARACTERS_MAX, SHARED

QueueName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
TAGS_GIVEN_MAX = 100


class DeskDoor(Shape):
    chat_token: str
    expires_at_ms: int


class DeskConversation(Shape):
    """A conversation in the desk's lists; up to date within a second of the log."""

    id: str
    kind: str
    site: str
    subject_id: str
    state: str
    owner: str
    queue: str
    party_name: str
    context: dict[str, str]
    """What the embedding page told of itself; see `PageContext`."""
    waiting_since_ms: int
    wake_at_ms: int
    head: int
    last_at_ms: int
    last_text: str
    last_by: str
    tags: list[str]
    rating: int
    """From 1 to 5; 0 where none was given."""
    rating_text: str
    has_bot: bool
    promised_by_ms: int
    """By when a person was promised who has not answered yet; 0 where none was."""
    contact: str
    """Where the visitor is written to who does not read here; nobody has checked whose it is."""


class DeskConversations(Shape):
    conversations: list[DeskConversation]


class DeskQuery(Shape):
    state: ConversationState = ConversationState.QUEUED
    mine: bool = False
    """Those that you hold, whatever their state."""


class SearchQuery(Shape):
    q: Annotated[str, Field(max_length=200)] = ""
    """Words of what was said, of names, and tags as `#refund`: all must be there."""
    from_ms: Number = 0
    to_ms: Number = 2**53
    """Of the last words."""


class QueuesShown(Shape):
    waiting: dict[str, int]
    """By queue, how many wait."""


class PresenceGiven(Shape):
    state: Literal["online", "away", "offline"]


class AgentArranged(Shape):
    limit: Annotated[int, Field(ge=1, le=50)]
    queues: Annotated[list[QueueName], Field(max_length=QUEUES_MAX)] = Field(default_factory=list)


class AgentShown(Shape):
    id: str
    name: str
    presence: str
    lease_until_ms: int
    limit: int
    queues: list[str]
    holds: int


class AgentsShown(Shape):
    agents: list[AgentShown]


class Transfer(Shape):
    to_agent: Annotated[str, Field(min_length=1, max_length=60)]


class Requeue(Shape):
    queue: QueueName | None = None


class Snooze(Shape):
    until_ms: Number


class TagsGiven(Shape):
    tags: Annotated[list[Tag], Field(max_length=TAGS_GIVEN_MAX)]


class NoteGiven(Shape):
    client_id: ClientId
    text: Annotated[str, Field(min_length=1, max_length=4_000)]


class NoteShown(Shape):
    number: int
    at_ms: int
    by: str
    name: str
    text: str


class NotesShown(Shape):
    notes: list[NoteShown]


class NotesQuery(Shape):
    after: Number = 0
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE_MAX


class ReplyGiven(Shape):
    shortcut: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REPLY_CHARACTERS_MAX)]


class ReplyWanted(ReplyGiven):
    is_shared: bool = False


class CannedReplyShown(Shape):
    id: str
    shortcut: str
    text: str
    is_shared: bool


class CannedRepliesShown(Shape):
    replies: list[CannedReplyShown]
    may_share: bool


def show_canned(reply: CannedReply) -> CannedReplyShown:
    return CannedReplyShown(id=reply.id, shortcut=reply.shortcut, text=reply.text, is_shared=reply.owner == SHARED)


def show_conversation(conversation: Conversation) -> DeskConversation:
    return DeskConversation(
        id=conversation.id,
        kind=conversation.kind,
        site=conversation.site,
        subject_id=conversation.subject_id,
        state=conversation.state,
        owner=conversation.owner,
        queue=conversation.queue,
        party_name=" and ".join(party.name for party in conversation.parties if party.name),
        context={name: str(told) for name, told in conversation.context.items()},
        waiting_since_ms=conversation.waiting_since_ms,
        wake_at_ms=conversation.wake_at_ms,
        head=conversation.head,
        last_at_ms=conversation.last_at_ms,
        last_text=conversation.last_text,
        last_by=conversation.last_by,
        tags=list(conversation.tags),
        rating=conversation.rating,
        rating_text=conversation.rating_text,
        has_bot=conversation.begun.has_bot,
        promised_by_ms=conversation.promised_by_ms,
        contact=conversation.contact,
    )


def show_agent(agent: DeskAgent) -> AgentShown:
    return AgentShown(
        id=agent.id,
        name=agent.name,
        presence=agent.presence,
        lease_until_ms=agent.lease_until_ms,
        limit=agent.limit,
        queues=list(agent.queues),
        holds=len(agent.places),
    )
