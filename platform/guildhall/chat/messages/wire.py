"""What crosses between a page and its conversation, over the socket and over HTTP alike."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from guildhall.chat.lifecycle import ConversationState
from guildhall.chat.messages.limits import Limits
from guildhall.chat.model import FILES_OF_A_MESSAGE_MAX, Standing
from guildhall.kit.entries import Entry
from guildhall.kit.sockets import Message

PAGE_MAX = 200
TEXT_MAX = 20_000
ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""Of a write, made by the client (a UUIDv7 is right): the same write again has the same."""
ConversationId = Annotated[str, StringConstraints(pattern=r"^cnv_[0-9A-Z]{26}$")]
FileDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=0, le=2**53)]


class PageContext(BaseModel):
    """What an embedding page may tell of itself: these and nothing else, never what is in its forms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(max_length=2_000)] = ""
    title: Annotated[str, Field(max_length=300)] = ""
    locale: Annotated[str, Field(max_length=35)] = ""


class ChoiceShown(Message):
    """A button under an automatic message: say its text to choose it. `entry_id` is "" for "none of these"."""

    entry_id: str
    text: str


class CitedShown(Message):
    entry_id: str
    version: int
    title: str


class ReplyShown(Message):
    """Beside the words of an automatic message: what kind it is, what it rests on, what can be chosen."""

    kind: Literal["answer", "clarify", "hand_on", "notice"]
    choices: list[ChoiceShown]
    cited: list[CitedShown]
    is_generated: bool
    is_truncated: bool


class FileShown(Message):
    """A file of a message; `link_chat_file` gives an address that opens it."""

    sha256: str
    name: str
    content_type: str
    size_bytes: int


class EntryShown(Message):
    """One entry of the log, as every party and agent may see it."""

    event = "entry"

    conversation_id: str
    number: int
    at_ms: int
    kind: str
    by: str
    role: str
    name: str
    text: str
    turn: str
    client_id: str
    delivered: int
    read: int
    reply: ReplyShown | None = None
    rating: int = 0
    """From 1 to 5 where it is one."""
    promised_by_ms: int = 0
    files: list[FileShown] = Field(default_factory=list)
    state: str
    epoch: int
    owner: str


class HeadTold(Message):
    """The newest number; whoever has a smaller one asks with `sync`."""

    event = "head"
    newest_of = "conversation_id"

    conversation_id: str
    head: int


class TypingTold(Message):
    event = "typing"

    conversation_id: str
    by: str
    name: str
    is_typing: bool


class ViewingTold(Message):
    """An agent has a conversation before them; told to other agents only, and never kept."""

    event = "viewing"

    conversation_id: str
    by: str
    name: str


class DeskChanged(Message):
    """For agents: a list of the desk, or who is there, is otherwise than before; ask again."""

    event = "desk_changed"


class DeltaTold(Message):
    """More of an automatic message that is being written: a hint, never kept; the message whole is an entry.

    `text` begins at `offset` (characters of the message so far); `offset` 0 is the text from its beginning. Whoever
    misses some asks with `stream`. A higher `attempt` of the same `message` begins anew. With `is_over` nothing
    more comes: the entry does, with `client_id` "" and the number that follows, or somebody else speaks.
    """

    event = "delta"

    conversation_id: str
    message: str
    attempt: int
    offset: int
    text: str
    is_over: bool = False


class StreamWanted(Message):
    """Ask for what is being written, from its beginning: a `delta` with offset 0 comes, if anything is."""

    conversation_id: str = Field(max_length=40)


class StandingShown(Message):
    state: str
    epoch: int
    owner: str
    waiting_since_ms: int
    promised_by_ms: int = 0
    """By when a person was promised; 0 where nobody was, or it is answered."""
    readers: dict[str, list[int]]
    """By reader, how far things were delivered and read."""


class WritingShown(Message):
    """An automatic message that is being written: what there is of it by now. `delta` tells the rest."""

    message: str
    attempt: int
    text: str


class EntriesShown(Message):
    """Entries after the number that was asked for, without a gap, and the head at a moment after they were read."""

    conversation_id: str
    entries: list[EntryShown]
    head: int
    standing: StandingShown
    writing: WritingShown | None = None
    usual_wait_ms: int = 0
    """Within what time people answer there now; 0 where nobody is there, or nothing is said of it."""
    limits: Limits
    you: str
    server_time_ms: int


class Sync(Message):
    conversation_id: str = Field(max_length=40)
    after: int = Field(default=0, ge=0, le=2**53)


class Say(Message):
    conversation_id: str = Field(max_length=40)
    client_id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    text: str = Field(max_length=TEXT_MAX)
    files: list[FileDigest] = Field(default_factory=list, max_length=FILES_OF_A_MESSAGE_MAX)
    """What was put up before; with some, the text may be empty."""


class Taken(Message):
    """The message is on disk, under this number."""

    number: int
    at_ms: int


class Mark(Message):
    conversation_id: str = Field(max_length=40)
    delivered: int = Field(ge=0, le=2**53)
    read: int = Field(ge=0, le=2**53)


class TurnWanted(Message):
    conversation_id: str = Field(max_length=40)
    turn: Literal["escalate", "resolve", "reopen"]
    client_id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")


class Typing(Message):
    conversation_id: str = Field(max_length=40)
    is_typing: bool


class View(Message):
    conversation_id: str = Field(max_length=40)


class Leave(Message):
    conversation_id: str = Field(max_length=40)


class Done(Message):
    pass


class PresenceWanted(Message):
    state: Literal["online", "away", "offline"]


class PresenceShown(Message):
    state: str
    lease_until_ms: int
    limit: int
    places: list[str]


def show_entry(entry: Entry) -> EntryShown:
    said = entry.body
    standing = said["standing"]
    return EntryShown(
        conversation_id=entry.stream,
        number=entry.number,
        at_ms=entry.at_ms,
        kind=said["kind"],
        by=said["by"],
        role=said["role"],
        name=said["name"],
        text=said["text"],
        turn=said["event"],
        client_id=entry.key.rpartition("/")[2] if said["kind"] == "message" else "",
        delivered=said["delivered"],
        read=said["read"],
        reply=show_reply(said.get("reply")),
        rating=said.get("rating", 0),
        promised_by_ms=standing.get("promised_by_ms", 0),
        files=[FileShown.model_validate(file) for file in said.get("files", ())],
        state=standing["state"],
        epoch=standing["epoch"],
        owner=standing["owner"],
    )


def show_reply(reply: dict[str, Any] | None) -> ReplyShown | None:
    return None if reply is None else ReplyShown.model_validate(reply)


def show_standing(standing: Standing) -> StandingShown:
    return StandingShown(
        state=standing.state,
        epoch=standing.epoch,
        owner=standing.owner,
        waiting_since_ms=standing.waiting_since_ms if standing.state is ConversationState.QUEUED else 0,
        promised_by_ms=standing.promised_by_ms,
        readers={reader: [one.delivered, one.read] for reader, one in standing.readers.items()},
    )


def show_writing(writing: Any) -> WritingShown | None:
    """Of a `service.conversations.Writing`."""
    if writing is None:
        return None
    return WritingShown(message=writing.message, attempt=writing.attempt, text=writing.text)
