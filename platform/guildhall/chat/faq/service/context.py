"""What every verb of the FAQ stands on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from guildhall.chat.faq.rules.matching import Embedder
from guildhall.chat.faq.settings import FaqSettings
from guildhall.chat.faq.store import FaqStore
from guildhall.chat.faq.training.lesson import Outcome
from guildhall.kit.audit import Audit
from guildhall.kit.blobs import BlobStore
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock

Outcomes = Callable[[str, str, int], Awaitable[list[Outcome]]]
"""Site, language, since when: what is known of real questions."""


async def no_outcomes(site: str, language: str, since_ms: int) -> list[Outcome]:  # noqa: ARG001 - of the port
    return []


@dataclass(slots=True)
class Context:
    """Made once by the composition root, which sets `outcomes` when conversations are there."""

    store: FaqStore
    blobs: BlobStore
    bus: Bus
    clock: Clock
    audit: Audit
    settings: FaqSettings
    sites: frozenset[str]
    outcomes: Outcomes = field(default=no_outcomes)
    embedder: Embedder | None = None
    """The owner's sentence model, where there is one; opened by `FaqService.start`."""
