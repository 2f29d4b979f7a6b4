"""The shop's FAQ in a real database, before its servers start: published, learned, with thresholds of the test's."""

from typing import Final

from guildhall.backbone import Backbone
from guildhall.chat.faq.lifecycle import EntryEvent
from tests.guildhall.chat.faq.shop import SHOP, content, learn_here

NEVER: Final = 1.01
"""As a threshold: nothing is ever so sure."""


async def teach(backbone: Backbone, site: str, answer_at: float = NEVER, ask_at: float = NEVER) -> None:
    """All ten entries. By the thresholds given nothing is answered or asked back about: the rest is the AI's."""
    faq = backbone.faq
    faq.training.learn = learn_here  # type: ignore[method-assign]
    for name in SHOP:
        entry = await faq.entries.begin(site, content(name), "usr_keeper")
        await faq.entries.turn(entry.id, EntryEvent.PUBLISH, "usr_keeper")
    await faq.training.train_site(site)
    record = await faq.context.store.matchers.read(f"{site}/en")
    bands = record.bands.model_copy(update={"answer_at": answer_at, "ask_at": ask_at})
    changed = record.model_copy(update={"bands": bands})
    await faq.context.store.matchers.replace(record, changed, backbone.clock.now_ms())
