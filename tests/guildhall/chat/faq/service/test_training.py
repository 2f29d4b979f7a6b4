import asyncio
from pathlib import Path

import pytest

from guildhall.chat.faq import jobs
from guildhall.chat.faq.lifecycle import EntryEvent
from guildhall.chat.faq.model import Case
from guildhall.chat.faq.rules.bands import Band
from guildhall.chat.faq.service.matchers import blob_key
from guildhall.chat.faq.service.questions import case_id
from guildhall.chat.faq.service.training import TrainingFailed
from guildhall.chat.faq.training.lesson import Lesson
from tests.guildhall.chat.faq.shop import FaqHouse, learn_here, taught
from tests.guildhall.chat.faq.training.sentence_folder import write_model


async def band(faq: FaqHouse, text: str, language: str = "en") -> Band:
    return (await faq.service.matchers.match("shop", language, text))[0].band


async def test_published_entries_are_trained_off_this_process_and_answered_with(faq: FaqHouse) -> None:
    faq.train_in_processes()
    assert await band(faq, "where is my parcel") is Band.HAND_ON
    entries = await faq.publish_shop()
    found, record = await faq.service.matchers.match("shop", "en", "where is my parcel?")
    assert (found.band, found.candidates[0].entry_id) == (Band.ANSWER, entries["delivery"].id)
    assert record is not None
    assert (record.entries, record.phrasings, record.bands.samples) == (10, 50, 100)
    assert {one.entry_id for one in record.meters} == {one.id for one in entries.values()}
    assert await faq.store.untrained_sites(faq.clock.now_ms()) == set()
    assert await faq.train() == 0  # nothing has changed


async def test_a_withdrawn_entry_is_forgotten_and_the_old_matcher_deleted(faq: FaqHouse) -> None:
    entries = await faq.publish_shop()
    before = (await faq.store.matchers.read("shop/en")).matcher
    await faq.service.entries.turn(entries["delivery"].id, EntryEvent.WITHDRAW, "usr_a")
    assert await faq.train() == 1
    found, _ = await faq.service.matchers.match("shop", "en", "where is my parcel?")
    assert entries["delivery"].id not in {one.entry_id for one in found.candidates}
    assert await faq.service.context.blobs.get(blob_key("shop", "en", before)) is None


async def test_another_process_takes_the_new_matcher_while_it_goes_on_answering(faq: FaqHouse) -> None:
    await faq.publish_shop()
    other = faq.another()
    await other.service.start()
    assert await band(other, "is there a lift") is not Band.ANSWER
    entry = await faq.publish("refund", "Is there a lift?", "where is the elevator")
    await faq.train()
    answers = [await band(other, "where is my parcel") for _ in range(20)]
    assert answers == [Band.ANSWER] * 20  # never without a matcher meanwhile
    await other.service.matchers.settle()
    found, _ = await other.service.matchers.match("shop", "en", "Is there a lift?")
    assert found.candidates[0].entry_id == entry.id
    await other.service.close()


async def test_each_language_has_a_matcher_of_its_own(faq: FaqHouse) -> None:
    await faq.publish("delivery")
    await faq.publish("delivery", "Wo ist mein Paket?", "wann kommt mein Paket", language="de")
    await faq.train()
    assert await faq.service.matchers.language("shop", "de-AT") == "de"
    assert await faq.service.matchers.language("shop", "fr-FR") == "en"
    assert await band(faq, "wo ist mein paket", "de") is Band.ANSWER
    assert await band(faq, "wo ist mein paket", "en") is Band.HAND_ON


async def test_two_workers_train_once(faq: FaqHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    lessons = []
    other = faq.another()

    async def counted(lesson: Lesson) -> object:
        lessons.append(lesson)
        return await learn_here(lesson)

    for one in (faq, other):
        monkeypatch.setattr(one.service.training, "learn", counted)
    for name in ("delivery", "refund"):
        await faq.publish(name)
    faq.clock.advance(1)
    await asyncio.gather(jobs.look(faq.service), jobs.look(other.service))
    faq.clock.advance(1)
    await jobs.look(faq.service)
    assert len(lessons) == 1
    assert (await faq.store.matchers.read("shop/en")).entries == 2


async def test_a_training_that_fails_leaves_the_matcher_and_says_why(
    faq: FaqHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await faq.publish_shop()

    async def fails(lesson: Lesson) -> object:
        raise TrainingFailed("A training ended with code -9.")

    with monkeypatch.context() as patched:
        patched.setattr(faq.service.training, "learn", fails)
        await faq.publish("refund", "Is there a lift?")
        await faq.train()
    record = await faq.store.matchers.read("shop/en")
    assert (record.fault, record.entries) == ("A training ended with code -9.", 10)
    assert await band(faq, "where is my parcel") is Band.ANSWER
    await faq.train()
    assert (await faq.store.matchers.read("shop/en")).entries == 10  # not at once again
    faq.clock.advance(60_000)
    await faq.train()
    record = await faq.store.matchers.read("shop/en")
    assert (record.fault, record.entries) == ("", 11)


async def test_a_training_without_end_is_ended(faq: FaqHouse) -> None:
    slow = faq.another(train_seconds_max=5)
    slow.train_in_processes()
    slow.service.training._settings = slow.service.training._settings.model_copy(update={"train_seconds_max": 0.05})
    lesson = Lesson(taught=tuple(taught()), precision=0.9, kept_in_scope=0.9, outside_share=0.1)
    with pytest.raises(TrainingFailed, match="took longer"):
        await slow.service.training.learn(lesson)


async def test_a_changed_entry_whose_worker_was_killed_is_audited_and_trained_by_the_next(
    faq: FaqHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = faq.service.entries

    async def killed(entry: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(entries, "tell_audit", killed)
        with pytest.raises(asyncio.CancelledError):
            await faq.publish("refund")
    assert await faq.audit.read(0, 10) == []
    faq.clock.advance(jobs.AUDIT_AFTER_MS)
    await jobs.look(faq.service)
    assert [one.action for one in await faq.audit.read(0, 10)] == ["faq.begin"]


async def test_cases_that_a_matcher_gets_wrong_are_named_with_it(faq: FaqHouse) -> None:
    entries = await faq.publish_shop()
    questions = faq.service.questions
    for text, name in (("where is my parcel", "refund"), ("when do you open", "hours")):
        case = Case(
            id=case_id("shop", text), created_at_ms=1, site="shop", language="en", text=text,
            entry_id=entries[name].id, by="usr_a",
        )  # fmt: skip
        await questions.correct(case)
    await faq.service.training.train_site("shop", again=True)
    faq.clock.advance(1_000)
    await faq.service.matchers.of("shop", "en")
    await faq.service.matchers.settle()
    failing, count = await questions.failing("shop", "en")
    assert ([case.text for case in failing], count) == (["where is my parcel"], 2)


async def test_with_a_sentence_model_other_words_are_found_and_a_process_without_it_answers_by_terms(
    faq: FaqHouse, tmp_path: Path
) -> None:
    knowing = faq.another(sentence_model_folder=write_model(tmp_path / "model"))
    knowing.train_in_processes()
    await knowing.service.start()
    parcel = await knowing.publish("delivery", "where is my parcel", "my parcel is late")
    await knowing.publish("refund", "i want a refund", "refund please")
    assert await knowing.train() == 1
    found, _ = await knowing.service.matchers.match("shop", "en", "package")
    assert found.candidates[0].entry_id == parcel.id
    assert found.candidates[0].likeness > 0.9
    plain, _ = await faq.service.matchers.match("shop", "en", "package")
    assert max((one.likeness for one in plain.candidates), default=0) < 0.5
    assert await knowing.train() == 0
    await knowing.service.close()
