"""A shop with an FAQ of ten entries whose bot answers, over a real database with a held clock."""

from pathlib import Path
from typing import Any

from guildhall.chat.answering.model import BotTurn
from guildhall.chat.answering.service import AnsweringService
from guildhall.chat.answering.service.context import Context
from guildhall.chat.answering.settings import AnsweringSettings
from guildhall.chat.answering.store import AnsweringStore
from guildhall.chat.faq.model import FaqEntry
from guildhall.chat.model import Conversation, Said
from guildhall.kit.storage import Storage
from tests.guildhall.chat.faq.shop import FaqHouse
from tests.guildhall.chat.house import ChatHouse


class Desk:
    """One process: the chat, the FAQ and what answers."""

    def __init__(self, storage: Storage, folder: Path, before: "Desk | None" = None, **settings: Any) -> None:
        self.chat: ChatHouse = ChatHouse(storage) if before is None else before.chat.another()
        self.clock = self.chat.clock
        self.faq = FaqHouse(storage, folder, self.clock, self.chat.bus)
        self._storage, self._folder, self._settings = storage, folder, settings
        self.service = AnsweringService(
            Context(
                store=AnsweringStore(storage),
                chat=self.chat.service,
                faq=self.faq.service,
                bus=self.chat.bus,
                clock=self.clock,
                audit=self.faq.audit,
                settings=AnsweringSettings.model_validate({"wait_seconds": 0, **settings}),
            )
        )
        self.store = self.service.context.store
        self.entries: dict[str, FaqEntry] = {}

    def another(self, **settings: Any) -> "Desk":
        """The next process."""
        return Desk(self._storage, self._folder, self, **{**self._settings, **settings})

    async def open(self) -> None:
        await self.chat.store.ensure()
        await self.faq.open()
        await self.store.ensure()

    async def publish_shop(self) -> None:
        self.entries = await self.faq.publish_shop()

    async def close(self) -> None:
        await self.service.close()
        await self.chat.service.close()
        await self.faq.service.close()

    async def visit(self, **opening: Any) -> Conversation:
        return await self.chat.open(site="shop", has_bot=True, **opening)

    async def ask(self, conversation: Conversation, text: str, client_id: str = "") -> Said:
        """Say it, and what is answered."""
        number = len(await self.chat.log(conversation))
        await self.chat.say(conversation, client_id or f"line-{number:04}", text)
        await self.service.turns.settle()
        return (await self.chat.log(conversation))[-1]

    async def turn(self, conversation: Conversation) -> BotTurn:
        return (await self.store.of_conversation(conversation.id))[0]
