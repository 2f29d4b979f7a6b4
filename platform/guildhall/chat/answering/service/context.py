"""What answering stands on."""

from dataclasses import dataclass

from guildhall.chat.answering.settings import AnsweringSettings
from guildhall.chat.answering.store import AnsweringStore
from guildhall.chat.faq.service import FaqService
from guildhall.chat.service import ChatService
from guildhall.kit.audit import Audit
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by the composition root."""

    store: AnsweringStore
    chat: ChatService
    faq: FaqService
    bus: Bus
    clock: Clock
    audit: Audit
    settings: AnsweringSettings
