"""A small shop's FAQ: ten entries with five phrasings each, and an FAQ house over a real database and blob folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from guildhall.chat.faq.lifecycle import EntryEvent
from guildhall.chat.faq.model import Content, FaqEntry, Wording
from guildhall.chat.faq.rules.matching import Matcher, as_bytes
from guildhall.chat.faq.service import FaqService
from guildhall.chat.faq.service.context import Context
from guildhall.chat.faq.settings import FaqSettings
from guildhall.chat.faq.store import FaqStore
from guildhall.chat.faq.training.learning import learn
from guildhall.chat.faq.training.lesson import Learned, Lesson, Outcome, Taught
from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.blobs.folder import FolderBlobs
from guildhall.kit.bus import Bus, InProcessBus
from guildhall.kit.clock import ManualClock
from guildhall.kit.storage import Storage
from guildhall.kit.streams import NumberedLog

SHOP: dict[str, tuple[str, ...]] = {
    "delivery": (
        "When will my parcel arrive?",
        "how long does delivery take",
        "where is my parcel",
        "my package has not been delivered yet",
        "track the delivery of my order",
    ),
    "returns": (
        "Can I send something back?",
        "how do I return an item",
        "I want to send the shoes back",
        "returning a purchase",
        "what is your return policy",
    ),
    "refund": (
        "When do I get my money back?",
        "how long until I am refunded",
        "refund has not reached my bank account",
        "waiting for a refund",
        "you owe me money for an item I sent in",
    ),
    "password": (
        "I forgot my password",
        "how can I reset my password",
        "cannot sign in to my account",
        "the login does not accept my password",
        "change the password of my account",
    ),
    "hours": (
        "When are you open?",
        "opening hours of the store",
        "are you open on sundays",
        "what time do you close",
        "is the shop open today",
    ),
    "sizes": (
        "Which size fits me?",
        "size chart for trousers",
        "the shirt is too small",
        "do these run large or small",
        "what size should I order",
    ),
    "voucher": (
        "How do I use a voucher?",
        "my discount code does not work",
        "where to enter the coupon",
        "redeem a gift card",
        "the promo code was rejected",
    ),
    "invoice": (
        "Where is my invoice?",
        "I need a receipt for my company",
        "send me the bill again",
        "download an invoice as pdf",
        "tax number on the receipt",
    ),
    "cancel": (
        "Can I cancel my order?",
        "I ordered by mistake",
        "stop the order before it ships",
        "how to cancel what I bought",
        "please cancel order 1234",
    ),
    "payment": (
        "Which ways to pay are there?",
        "do you take credit cards",
        "can I pay by bank transfer",
        "is paypal accepted",
        "pay on delivery",
    ),
}


def taught(**more: tuple[str, ...]) -> list[Taught]:
    return [Taught(entry_id=name, phrasings=phrasings) for name, phrasings in (SHOP | more).items()]


def content(name: str, language: str = "en", *phrasings: str) -> Content:
    question, *others = phrasings or SHOP[name]
    wording = Wording(language=language, question=question, answer=f"The answer about {name}.", phrasings=tuple(others))
    return Content(wordings=(wording,), tags=("shop",))


_LEARNED: dict[str, tuple[Matcher, Learned]] = {}


async def learn_here(lesson: Lesson) -> tuple[bytes, Learned]:
    """The real arithmetic in this process, once for the same phrasings: starting a process takes seconds of CPU."""
    ids = [one.entry_id for one in lesson.taught]
    places = {entry_id: str(place) for place, entry_id in enumerate(ids)} | {"": ""}
    plain = Lesson.model_validate(
        lesson.model_dump()
        | {
            "taught": [Taught(entry_id=places[one.entry_id], phrasings=one.phrasings) for one in lesson.taught],
            "outcomes": [Outcome(text=one.text, entry_id=places.get(one.entry_id, "x")) for one in lesson.outcomes],
        }
    )
    key = plain.model_dump_json()
    if key not in _LEARNED:
        _LEARNED[key] = learn(plain)
    matcher, learned = _LEARNED[key]
    named = {"": "", **{place: entry_id for entry_id, place in places.items()}}
    meters = tuple(
        meter.model_copy(update={"entry_id": named[meter.entry_id], "rival_id": named[meter.rival_id]})
        for meter in learned.meters
    )
    mine = replace(matcher, entry_ids=tuple(named[place] for place in matcher.entry_ids))
    return as_bytes(mine), learned.model_copy(update={"meters": meters})


class FaqHouse:
    def __init__(
        self, storage: Storage, folder: Path, clock: ManualClock | None = None, bus: Bus | None = None, **settings: Any
    ) -> None:
        self.storage, self.folder = storage, folder
        self.clock, self.bus = clock or ManualClock(), bus or InProcessBus()
        self.audit_log = storage.collection(AUDIT_LOG)
        self.audit = Audit(NumberedLog(self.audit_log), self.clock)
        given = {"train_after_seconds": 0.0, "refresh_seconds": 0.05, **settings}
        self.service = FaqService(
            Context(
                store=FaqStore(storage),
                blobs=FolderBlobs(folder),
                bus=self.bus,
                clock=self.clock,
                audit=self.audit,
                settings=FaqSettings.model_validate(given),
                sites=frozenset({"shop", "demo"}),
            )
        )
        self.store = self.service.context.store
        self._learn = self.service.training.learn
        self.service.training.learn = learn_here  # type: ignore[method-assign]

    def train_in_processes(self) -> None:
        self.service.training.learn = self._learn  # type: ignore[method-assign]

    def another(self, **settings: Any) -> "FaqHouse":
        """The next process on the same database, blobs and bus."""
        return FaqHouse(self.storage, self.folder, self.clock, self.bus, **settings)

    async def open(self) -> None:
        await self.store.ensure()
        await self.audit_log.ensure()
        await self.service.context.blobs.start()
        await self.service.start()

    async def publish(self, name: str, *phrasings: str, language: str = "en", site: str = "shop") -> FaqEntry:
        entry = await self.service.entries.begin(site, content(name, language, *phrasings), "usr_keeper")
        return await self.service.entries.turn(entry.id, EntryEvent.PUBLISH, "usr_keeper")

    async def publish_shop(self) -> dict[str, FaqEntry]:
        """All ten, and the matcher trained."""
        entries = {name: await self.publish(name) for name in SHOP}
        await self.train()
        return entries

    async def train(self) -> int:
        self.clock.advance(1)
        made = await self.service.training.train_due()
        self.clock.advance(1_000)
        await self.service.matchers.of("shop", "en")  # looks for the new one, aside
        await self.service.matchers.settle()
        return made
