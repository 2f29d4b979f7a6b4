"""A newcomer who asks the demo's chat something is answered."""

import pytest

from guildhall.chat.faq.demo import DEMO_FAQ, DEMO_SITE, seed_demo_faq
from guildhall.chat.faq.model import Content
from guildhall.chat.faq.rules.bands import Band
from tests.guildhall.chat.faq.shop import FaqHouse


@pytest.fixture
async def demo(faq: FaqHouse) -> FaqHouse:
    await seed_demo_faq(faq.service)
    faq.clock.advance(1)
    await faq.service.training.train_due()
    return faq


async def test_what_newcomers_ask_first_is_answered(demo: FaqHouse) -> None:
    for asked, question in {
        "What is this?": "What is Guildhall?",
        "hi, can I take a practice exam": "How do I try an exam?",
        "what happens when my wifi drops": "What if my internet connection fails?",
        "is somebody watching me through the camera": "Who watches my camera?",
        "How do I embed the chat on my page?": "How do I embed this chat in my own site?",
    }.items():
        match, _ = await demo.service.matchers.match(DEMO_SITE, "en", asked)
        assert match.band is Band.ANSWER, asked
        entry = await demo.service.entries.answerable(match.candidates[0].entry_id)
        assert entry is not None
        assert entry.draft.wordings[0].question == question


async def test_what_it_knows_nothing_of_it_does_not_answer(demo: FaqHouse) -> None:
    for asked in ("where can I buy shoes", "recipe for onion soup", "ж щ ц"):
        match, _ = await demo.service.matchers.match(DEMO_SITE, "en", asked)
        assert match.band is not Band.ANSWER, asked


async def test_started_again_it_leaves_what_somebody_has_changed(demo: FaqHouse) -> None:
    changed = Content(wordings=(DEMO_WORDING,))
    await demo.service.entries.edit("faq_demo_00", changed, "usr_keeper")
    await seed_demo_faq(demo.service)
    entries = await demo.store.of_site(DEMO_SITE)
    assert len(entries) == len(DEMO_FAQ)
    assert (await demo.store.entries.read("faq_demo_00")).draft.wordings[0].answer == "Another answer."


DEMO_WORDING = {"language": "en", "question": "What is Guildhall?", "answer": "Another answer."}
