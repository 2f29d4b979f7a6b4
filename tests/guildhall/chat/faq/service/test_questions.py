from tests.guildhall.chat.faq.shop import FaqHouse


async def ask(faq: FaqHouse, *texts: str) -> None:
    for i, text in enumerate(texts):
        await faq.service.questions.note_unanswered(f"trn_{i}", "shop", "en", text, faq.clock.now_ms() + i)
        await faq.service.questions.note_unanswered(f"trn_{i}", "shop", "en", text, faq.clock.now_ms() + i)


async def test_open_questions_are_grouped_and_taken_in_with_one_act(faq: FaqHouse) -> None:
    entries = await faq.publish_shop()
    await ask(faq, "ship to norway?", "do you ship to Norway", "my cat likes boxes")
    first, second = await faq.service.questions.suggestions("shop", "en")
    assert {one.text for one in first.questions} == {"ship to norway?", "do you ship to Norway"}
    ids = tuple(one.id for one in first.questions)
    entry_id = entries["delivery"].id
    assert await faq.service.questions.settle("shop", ids, entry_id, "usr_a") == 2
    assert await faq.service.questions.settle("shop", ids, entry_id, "usr_a") == 0
    entry = await faq.store.entries.read(entry_id)
    assert entry.published is not None
    assert "do you ship to Norway" in entry.published.wordings[0].phrasings
    await faq.service.questions.settle("shop", (second.questions[0].id,), "", "usr_a")
    assert await faq.service.questions.suggestions("shop", "en") == []


async def test_questions_of_another_site_are_left_alone(faq: FaqHouse) -> None:
    await ask(faq, "ship to norway?")
    assert await faq.service.questions.settle("demo", ("trn_0",), "", "usr_a") == 0
    assert len(await faq.service.questions.suggestions("shop", "en")) == 1
