"""A conversation, what stands in its log, and the tokens that open it."""

from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import Field

from guildhall.chat.lifecycle import Actor, ConversationState
from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.kit.tokens import Claims

PARTIES_MAX: Final = 21
"""An agent, and everybody who acts for an organisation and is told of its affairs."""
READERS_MAX: Final = 24
"""Of whom receipts are kept; of agents beyond it, none are."""
TAGS_MAX: Final = 20
ADDRESSES_MAX: Final = 3
FILES_OF_A_MESSAGE_MAX: Final = 4
CHOICES_MAX: Final = 6
CITED_MAX: Final = 8


class ConversationKind(StrEnum):
    VISITOR = "visitor"
    EXAM = "exam"  # a candidate with whoever is assigned to the delivery, before and after the exam
    APPLICATION = "application"  # a client with somebody who applied; the desk comes when one of them asks it
    CONTRACT = "contract"  # the two sides of a contract; likewise


BETWEEN_PARTIES: Final = frozenset({ConversationKind.APPLICATION, ConversationKind.CONTRACT})


class Party(Stored):
    """Somebody the conversation is with: `vis_...` for visitors, `usr_...` for people with an account."""

    id: str
    name: str = ""
    path: str = ""
    """Of the page that shows it to them, where each side has another; "" for the conversation's own."""


class Read(Stored):
    """How far somebody has got: numbers of others' messages that reached them, and that they looked at."""

    delivered: int = 0
    read: int = 0


class Standing(Stored):
    """Where a conversation stands after an entry of its log; the next entry is decided by it alone."""

    state: ConversationState
    state_since_ms: int
    epoch: int = 1
    """Raised by every turn and by every message of a party: what a bot began before is refused afterwards."""
    owner: str = ""
    """The agent who holds it; nobody's otherwise."""
    place: str = ""
    """The token under which the owner's place is kept (`DeskAgent.places`)."""
    queue: str = ""
    has_bot: bool = False
    is_between_parties: bool = False
    is_called_in: bool = False
    """Between parties: one of them has asked for a person of the house, who reads along until they go on alone."""
    waiting_since_ms: int = 0
    """While queued: since when; whoever is handed back waits on from when they began."""
    wake_at_ms: int = 0
    promised_by_ms: int = 0
    """By when a person was promised who has not answered yet; 0 where nothing is promised (any more)."""
    last_message: int = 0
    """The number of the newest message."""
    readers: dict[str, Read] = Field(default_factory=dict)


class EntryKind(StrEnum):
    MESSAGE = "message"
    STATUS = "status"
    MARK = "mark"  # a receipt: somebody got or read up to a number
    RATING = "rating"  # how content a party was, from 1 to 5, and perhaps why; the last one counts


class Choice(Stored):
    """Something to click: saying its text is choosing it. `entry_id` is "" for "none of these"."""

    entry_id: str
    text: str


class Cited(Stored):
    """The FAQ entry that an automatic message rests on, as it was published then."""

    entry_id: str
    version: int
    title: str


class Reply(Stored):
    """What comes with an automatic message, beside its words."""

    kind: Literal["answer", "clarify", "hand_on", "notice"]
    """Answered; asked back; given to people; something about the answering itself."""
    choices: tuple[Choice, ...] = Field(default=(), max_length=CHOICES_MAX)
    cited: tuple[Cited, ...] = Field(default=(), max_length=CITED_MAX)
    is_generated: bool = False
    """By an AI, from what is cited."""
    is_truncated: bool = False
    """The stream ended before the AI had: the words are not whole, and say so."""


class Filed(Stored):
    """A file that came with a message; its bytes were stored before the message was."""

    sha256: str
    name: str
    content_type: str
    size_bytes: int


class Said(Stored):
    """The body of an entry."""

    kind: EntryKind
    by: str
    """Party, agent, "bot" or "system"."""
    role: Actor
    name: str = ""
    text: str = ""
    event: str = ""
    """The turn that came with it; "" for none."""
    delivered: int = 0
    read: int = 0
    reply: Reply | None = None
    rating: int = 0
    files: tuple[Filed, ...] = Field(default=(), max_length=FILES_OF_A_MESSAGE_MAX)
    standing: Standing


class Tally(Stored):
    """What the numbers are counted from; folded from the log as it grows (`rules.tallying`). Times are 0 until then."""

    asked_at_ms: int = 0
    """When a party first said something."""
    last_asked_at_ms: int = 0
    replied_at_ms: int = 0
    """The first answer, of the bot or of a person; that the bot hands on is none."""
    bot_answers: int = 0
    person_wanted_at_ms: int = 0
    person_at_ms: int = 0
    """The first words of a person."""
    resolved_at_ms: int = 0
    resolutions: int = 0
    promised_by_ms: int = 0
    """As `Standing.promised_by_ms`."""
    promises_kept: int = 0
    promises_broken: int = 0
    has_returned: bool = False
    """Whether a party came back to it within a day, after it had rested."""


class Conversation(VersionedDocument):
    """What lists show, as of entry `head`; see `service.following`."""

    kind: ConversationKind
    site: str = ""
    subject_id: str = ""
    """What it is about: the invitation or the attempt, the application, the contract; "" for visitors."""
    scope_id: str = ""
    """Of an exam: the delivery whose proctors answer it; "" where none are assigned, and everybody at the desk does."""
    opener: str
    init_key: str
    parties: tuple[Party, ...] = Field(max_length=PARTIES_MAX)
    context: dict[str, Any] = Field(default_factory=dict)
    """What the embedding page told of itself; see `messages.PageContext`."""
    begun: Standing
    """Where it stood before the first entry."""
    state: ConversationState
    owner: str = ""
    place: str = ""
    queue: str = ""
    is_called_in: bool = False
    waiting_since_ms: int = 0
    wake_at_ms: int = 0
    close_at_ms: int = 0
    head: int = 0
    last_at_ms: int = 0
    last_text: str = ""
    last_by: str = ""
    tags: tuple[str, ...] = Field(default=(), max_length=TAGS_MAX)
    rating: int = 0
    """The party's, from 1 to 5; 0 where none was given."""
    rating_text: str = ""
    tally: Tally = Tally()
    promised_by_ms: int = 0
    """As in its standing; until somebody has answered, or the log says that it is late."""
    person_at_ms: int = 0
    """As in its tally: what the next promise is made from."""
    contact: str = ""
    """Where a party is written to who does not read here; nobody is known by it."""
    addresses: tuple[str, ...] = Field(default=(), max_length=ADDRESSES_MAX)
    """All that it has ever written to."""
    mail_due_at_ms: int = 0
    """When what is unread by then goes to `contact`, or is told to members as a notice; 0 when nothing is."""
    mailed_up_to: int = 0
    index_due_at_ms: int = 0
    """When its words go into the index; 0 when they are there."""
    indexed_up_to: int = 0
    owed_since_ms: int = 0
    """Since when a party waits for what the bot says; 0 when it owes nothing."""
    due_at_ms: int = 0
    """When the follower looks again at the log; later than any write that may be under way, 0 when all is done."""

    def is_party(self, subject: str) -> bool:
        return any(party.id == subject for party in self.parties)


class VisitorClaims(Claims):
    """Of a visitor's token, which the browser keeps: whoever shows it is this visitor."""

    visitor: str
    site: str


class ChatClaims(Claims):
    """Of a chat token, which opens the socket and the HTTP of conversations.

    For a visitor with a signed identity it ends when that does, and the identity is part of `subject`: so every write
    is checked against the identity, and none is taken after its end.
    """

    subject: str
    name: str = ""
    site: str = ""
    session_id: str = ""
    role: Literal["visitor", "member", "agent"] = "visitor"
    kinds: tuple[ConversationKind, ...] = ()
    """Of an agent: what they answer."""
    manages: bool = False
