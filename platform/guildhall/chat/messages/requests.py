"""Bodies and answers of the HTTP routes for parties."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from guildhall.chat.messages.wire import PAGE_MAX, TEXT_MAX, ClientId, EntriesShown, FileDigest, Number, PageContext
from guildhall.chat.model import FILES_OF_A_MESSAGE_MAX


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Admission(Shape):
    site: Annotated[str, Field(min_length=1, max_length=60)]
    visitor_token: Annotated[str, Field(max_length=2_000)] = ""
    identity: Annotated[str, Field(max_length=4_000)] = ""
    """A JWT that the site's own server has signed: `sub`, `aud` (the site's key), `iat`, `exp`, and perhaps `name`."""


class AdmissionShown(Shape):
    visitor: str
    visitor_token: str
    """To be kept by the browser and shown again; empty for a signed identity, which is shown instead."""
    chat_token: str
    expires_at_ms: int


class ConversationWanted(Shape):
    init_key: ClientId
    site: Annotated[str, Field(min_length=1, max_length=60)] = "demo"
    """Of somebody signed in; a visitor's is that of their token."""
    name: Annotated[str, Field(max_length=80)] = ""
    """What an anonymous visitor calls themselves; nobody has checked it. A signed identity's own name comes first."""
    context: PageContext = PageContext()


class ConversationOpened(Shape):
    conversation_id: str
    page: EntriesShown


class TalkOpened(Shape):
    """Of a conversation between people who are known; `/chat/doors` gives the token that opens it."""

    conversation_id: str


class ConversationListed(Shape):
    id: str
    kind: str
    state: str
    head: int
    last_at_ms: int
    last_text: str


class ConversationsListed(Shape):
    conversations: list[ConversationListed]


class EntriesQuery(Shape):
    after: Number = 0
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE_MAX


class MessageGiven(Shape):
    client_id: ClientId
    text: Annotated[str, Field(max_length=TEXT_MAX)]
    files: Annotated[list[FileDigest], Field(max_length=FILES_OF_A_MESSAGE_MAX)] = Field(default_factory=list)
    """What was put up before; with some, the text may be empty."""


class MessageTaken(Shape):
    number: int
    at_ms: int


class MarkGiven(Shape):
    delivered: Number
    read: Number


class TurnGiven(Shape):
    turn: Literal["escalate", "resolve", "reopen"]
    client_id: ClientId


class RatingGiven(Shape):
    client_id: ClientId
    rating: Annotated[int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=1_000)] = ""
    """Why, if they want to say."""


class AddressGiven(Shape):
    email: Annotated[str, Field(min_length=3, max_length=254)]


class ContactGiven(AddressGiven):
    client_id: ClientId
