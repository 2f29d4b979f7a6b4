import pytest

from guildhall.chat.faq.lifecycle import EntryEvent, EntryState
from guildhall.chat.faq.model import Content
from guildhall.chat.faq.store import NoSuchEntry
from guildhall.kit.errors import Conflict, Invalid
from tests.guildhall.chat.faq.shop import FaqHouse, content


async def actions(faq: FaqHouse) -> list[str]:
    return [entry.action for entry in await faq.audit.read(0, 100)]


async def test_what_is_published_stays_until_it_is_published_again(faq: FaqHouse) -> None:
    entry = await faq.publish("refund")
    edited = await faq.service.entries.edit(entry.id, content("refund", "en", "A new question?"), "usr_b")
    assert edited.published == entry.published
    again = await faq.service.entries.turn(entry.id, EntryEvent.PUBLISH, "usr_b")
    assert again.published is not None
    assert again.published.wordings[0].question == "A new question?"
    versions = await faq.service.entries.versions(entry.id)
    assert [(one.version, one.content.wordings[0].question) for one in versions] == [
        (2, "A new question?"),
        (1, "When do I get my money back?"),
    ]


async def test_who_writes_over_what_they_have_not_seen_is_refused(faq: FaqHouse) -> None:
    entry = await faq.publish("refund")
    await faq.service.entries.edit(entry.id, content("refund", "en", "Mine?"), "usr_a", entry.rev)
    with pytest.raises(Conflict):
        await faq.service.entries.edit(entry.id, content("refund", "en", "Theirs?"), "usr_b", entry.rev)


async def test_an_unfinished_entry_and_an_unknown_site_are_refused(faq: FaqHouse) -> None:
    entry = await faq.service.entries.begin("shop", Content(), "usr_a")
    with pytest.raises(Invalid):
        await faq.service.entries.turn(entry.id, EntryEvent.PUBLISH, "usr_a")
    with pytest.raises(NoSuchEntry):
        await faq.service.entries.begin("elsewhere", content("refund"), "usr_a")


async def test_every_change_is_in_the_audit_log_once(faq: FaqHouse) -> None:
    entry = await faq.publish("refund")
    await faq.service.entries.add_phrasings(entry.id, "en", ("give me my money",), "usr_a")
    await faq.service.entries.turn(entry.id, EntryEvent.WITHDRAW, "usr_a")
    expected = ["faq.begin", "faq.publish", "faq.add_phrasings", "faq.withdraw"]
    assert await actions(faq) == expected
    kept = await faq.store.entries.read(entry.id)
    assert (kept.unaudited, kept.audit_due_at_ms, kept.state) == ((), 0, EntryState.DRAFT)


async def test_phrasings_of_a_published_entry_are_published_at_once_and_others_drafts_are_not(faq: FaqHouse) -> None:
    entry = await faq.publish("refund")
    await faq.service.entries.edit(entry.id, content("refund", "en", "Draft?"), "usr_b")
    grown = await faq.service.entries.add_phrasings(entry.id, "en", ("money please",), "usr_a")
    assert grown.published is not None
    assert grown.published.wordings[0].question == "When do I get my money back?"
    assert grown.published.wordings[0].phrasings[-1] == "money please"
    assert grown.draft.wordings[0].phrasings == ("money please",)
    assert grown.version == 2
