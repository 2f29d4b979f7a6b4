"""Chat over a real database with a held clock. `another()` is the next process on the same database and bus."""

from typing import Any

from guildhall.chat.lifecycle import ConversationState, PresenceState
from guildhall.chat.model import ChatClaims, Conversation, ConversationKind, DeskAgent, Party, Said, Standing
from guildhall.chat.service import ChatService
from guildhall.chat.service.context import Assignments, Context
from guildhall.chat.service.logbook import said_of
from guildhall.chat.service.opening import Opening
from guildhall.chat.settings import ChatSettings, SiteSettings
from guildhall.chat.store import ChatStore
from guildhall.kit.blobs import Blob
from guildhall.kit.bus import Bus, InProcessBus
from guildhall.kit.clock import ManualClock
from guildhall.kit.mail import MAILBOX, OUTBOX, DevelopmentMailbox, MailOutbox
from guildhall.kit.storage import Storage
from guildhall.kit.tokens import TokenSigner
from guildhall.notifications.service import Message

SECRET = "a secret of the tests that is long enough"
SITE_SECRET = "a secret that the shop's server knows as well"


class FakeBlobs:
    """In memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Blob] = {}

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def put(self, key: str, body: bytes, content_type: str) -> None:
        self.kept[key] = Blob(body, content_type)

    async def get(self, key: str) -> Blob | None:
        return self.kept.get(key)

    async def delete(self, key: str) -> bool:
        return self.kept.pop(key, None) is not None


class Names:
    def __init__(self) -> None:
        self.former: set[str] = set()
        """Accounts that were erased."""

    async def is_former(self, account_id: str) -> bool:
        return account_id in self.former

    async def name_of(self, account_id: str) -> str:
        return account_id.removeprefix("usr_").title()


class Assigned:
    """Which deliveries each proctor is assigned to; `usr_boss` supervises everything, as administrators do."""

    def __init__(self) -> None:
        self.by_account: dict[str, list[str]] = {}

    async def may_supervise(self, delivery_id: str, account_id: str) -> bool:
        return account_id == "usr_boss" or delivery_id in self.by_account.get(account_id, [])

    async def supervised_ids(self, account_id: str) -> list[str]:
        return self.by_account.get(account_id, [])

    async def is_supervised(self, delivery_id: str) -> bool:
        return any(delivery_id in deliveries for deliveries in self.by_account.values())


class Told:
    """Notices, each key once."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, Message]] = {}

    async def tell(self, account_id: str, key: str, message: Message, at_ms: int) -> None:  # noqa: ARG002 - of the port
        self.kept.setdefault(key, (account_id, message))


class ChatHouse:
    def __init__(
        self,
        storage: Storage,
        clock: ManualClock | None = None,
        bus: Bus | None = None,
        assignments: Assignments | None = None,
        **settings: Any,
    ) -> None:
        self.storage, self.clock, self.bus = storage, clock or ManualClock(), bus or InProcessBus()
        self._settings = settings
        self.blobs, self.names = FakeBlobs(), Names()
        self.assigned, self.notices = Assigned(), Told()
        self.mailbox = DevelopmentMailbox(storage.collection(MAILBOX), self.clock)
        self.mails = MailOutbox(storage.collection(OUTBOX), self.mailbox, self.clock)
        sites = {
            "demo": SiteSettings(welcome="Hello!"),
            "shop": SiteSettings(name="Shop", has_bot=True, identity_secret=SITE_SECRET),
        }
        self.service = ChatService(
            Context(
                store=ChatStore(storage),
                bus=self.bus,
                clock=self.clock,
                tokens=TokenSigner(SECRET, self.clock),
                people=self.names,
                mails=self.mails,
                blobs=self.blobs,
                assignments=assignments or self.assigned,
                notices=self.notices,
                settings=ChatSettings.model_validate({"sites": sites, "auto_assign": False, **settings}),
            )
        )
        self.store = self.service.context.store

    def another(self, **settings: Any) -> "ChatHouse":
        other = ChatHouse(self.storage, self.clock, self.bus, **{**self._settings, **settings})
        other.assigned.by_account = self.assigned.by_account
        return other

    async def open_talk(
        self, kind: ConversationKind = ConversationKind.CONTRACT, subject: str = "ctr_1", **more: Any
    ) -> Conversation:
        """Between Wanda and Carl; of an exam, with Ada."""
        names = ("ada",) if kind is ConversationKind.EXAM else ("wanda", "carl")
        members = [Party(id=f"usr_{name}", name=name.title()) for name in names]
        return await self.service.talks.open_conversation(kind, subject, members, **more)

    async def open(
        self, visitor: str = "vis_1", key: str = "first-opening", kind: ConversationKind = ConversationKind.VISITOR,
        **opening: Any,
    ) -> Conversation:  # fmt: skip
        given = {"parties": (Party(id=visitor, name="Vera"),), "queue": "support", **opening}
        return await self.service.conversations.open(Opening(kind=kind, init_key=key, **given))

    async def queued(self, visitor: str = "vis_1") -> Conversation:
        conversation = await self.open(visitor)
        await self.say(conversation, "hello-hello", "Is anybody there?", visitor)
        return conversation

    async def say(
        self, conversation: Conversation, client_id: str, text: str = "words", by: str = "vis_1"
    ) -> int:  # fmt: skip
        claims = agent(by) if by.startswith("usr_") else visitor(by)
        return (await self.service.conversations.say(claims, conversation.id, client_id, text)).number

    async def come(self, name: str, limit: int = 4) -> DeskAgent:
        """An agent who is online and holds at most so many."""
        await self.service.presence.be(agent(name), PresenceState.AWAY)
        await self.service.presence.arrange(name, limit, ())
        return await self.service.presence.be(agent(name), PresenceState.ONLINE)

    async def log(self, conversation: Conversation) -> list[Said]:
        return [said_of(entry) for entry in await self.store.entries.read(conversation.id, 0, 10_000)]

    async def standing(self, conversation: Conversation) -> Standing:
        return (await self.service.logbook.standing(conversation))[1]

    async def state(self, conversation: Conversation) -> tuple[ConversationState, str]:
        standing = await self.standing(conversation)
        return standing.state, standing.owner


def visitor(name: str = "vis_1", site: str = "demo") -> ChatClaims:
    return ChatClaims(subject=name, site=site)


def member(name: str) -> ChatClaims:
    """Somebody signed in, as their chat token says it."""
    return ChatClaims(subject=name, name=name.removeprefix("usr_").title(), role="member")


def agent(
    name: str, kinds: tuple[ConversationKind, ...] = tuple(ConversationKind), *, manages: bool = False
) -> ChatClaims:
    return ChatClaims(subject=name, name=name, role="agent", kinds=kinds, manages=manages)
