"""Mail: what is not read is written to an address, once; transcripts go where a visitor says, and flood nobody."""

import pytest

from guildhall.chat import jobs
from guildhall.chat.model import Conversation
from guildhall.chat.rules.house_words import LANGUAGES, words_for
from guildhall.chat.service import mailing as mailing_module
from guildhall.kit.errors import Conflict, Invalid, TooMany
from guildhall.kit.mail import KeptMail
from tests.guildhall.chat.house import ChatHouse, agent, visitor

MINUTE_MS = 60_000
VERA = "vera@guildhall.example"


async def mails(house: ChatHouse, address: str = VERA) -> list[KeptMail]:
    await house.mails.deliver_due()
    return await house.mailbox.newest(address, 20)


async def answered(house: ChatHouse, locale: str = "") -> Conversation:
    conversation = await house.open(context={"locale": locale})
    await house.say(conversation, "hello-hello", "Is anybody there?")
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), conversation.id)
    await house.say(conversation, "answer-one", "Yes.\nOn Sundays too.", "usr_a")
    return conversation


async def test_an_answer_that_nobody_read_goes_to_the_address_that_was_left_once(house: ChatHouse) -> None:
    conversation, me = await house.queued(), visitor()
    await house.service.mailing.leave_address(me, conversation.id, "contact-1", "vera@Guildhall.Example")
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), conversation.id)
    number = await house.say(conversation, "answer-one", "Read this.", "usr_a")
    await house.service.following.follow(conversation.id)
    await house.service.conversations.mark(me, conversation.id, number, number)
    house.clock.advance(3 * MINUTE_MS)
    await jobs.look(house.service)
    assert await mails(house) == []  # it was read
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), conversation.id)
    await house.say(conversation, "answer-two", "And this.", "usr_a")
    await house.service.following.follow(conversation.id)
    house.clock.advance(3 * MINUTE_MS)
    for process in (house, house.another()):
        await jobs.look(process.service)
    (sent,) = await mails(house)
    assert "And this." in sent.mail.text
    assert "Read this." not in sent.mail.text


async def test_the_transcript_is_sent_once_somebody_has_answered(house: ChatHouse) -> None:
    me, mailing = visitor(), house.service.mailing
    waiting = await house.queued()
    with pytest.raises(Conflict, match="Nobody has answered"):
        await mailing.mail_transcript(me, waiting.id, VERA)
    conversation = await answered(house)
    with pytest.raises(Invalid, match="e-mail"):
        await mailing.mail_transcript(me, conversation.id, "nowhere")
    for _ in range(2):
        await mailing.mail_transcript(me, conversation.id, VERA)
    (sent,) = await mails(house)
    assert "Is anybody there?" in sent.mail.text
    assert "Checksum of all entries: " in sent.mail.text


async def test_one_conversation_writes_to_few_addresses_and_one_address_gets_few_mails(house: ChatHouse) -> None:
    me, mailing = visitor(), house.service.mailing
    conversation = await answered(house)
    for address in (VERA, "b@guildhall.example", "c@guildhall.example"):
        await mailing.mail_transcript(me, conversation.id, address)
    with pytest.raises(Conflict, match="3 addresses"):
        await mailing.mail_transcript(me, conversation.id, "d@guildhall.example")
    with pytest.raises(TooMany):  # noqa: PT012 - which of them is the first too many is not the claim
        for count in range(10):
            await house.say(conversation, f"answer-no-{count}", "More.", "usr_a")
            await mailing.mail_transcript(me, conversation.id, VERA)
    assert len(await mails(house)) == 10


async def test_a_changed_word_changes_the_checksum(house: ChatHouse) -> None:
    one, other = await house.open("vis_1"), await house.open("vis_2")
    before = await house.service.mailing.text_of(one, words_for("en"))
    assert before == await house.service.mailing.text_of(one, words_for("en"))
    await house.say(one, "hello-hello", "Hello", "vis_1")
    await house.say(other, "hello-hello", "Hallo", "vis_2")
    ends = {(await house.service.mailing.text_of(each, words_for("en"))).splitlines()[-1] for each in (one, other)}
    assert len({before.splitlines()[-1], *ends}) == 3


@pytest.mark.parametrize(
    ("locale", "subject", "line"),
    [
        ("de-AT", "Guildhall: Ihr Gespräch", "[Ein Mensch hat übernommen]"),
        ("ar", "Guildhall: محادثتك", "[تولّى شخص المحادثة]"),
        ("fr", "Guildhall: your conversation", "[A person took over]"),
    ],
)
async def test_mails_are_in_the_language_of_the_visitors_page(
    house: ChatHouse, locale: str, subject: str, line: str
) -> None:
    conversation = await answered(house, locale)
    await house.service.mailing.mail_transcript(visitor(), conversation.id, VERA)
    (sent,) = await mails(house)
    assert sent.mail.subject == subject
    assert line in sent.mail.text


def test_each_language_of_the_mails_says_the_same_turns() -> None:
    turns = {language: set(words_for(language).turns) for language in LANGUAGES}
    assert set(map(frozenset, turns.values())) == {frozenset(turns["en"])}


async def test_a_transcript_says_what_was_left_off(house: ChatHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = await answered(house)
    whole = await house.service.mailing.text_of(conversation, words_for("en"))
    assert "left off" not in whole
    monkeypatch.setattr(mailing_module, "TRANSCRIPT_ENTRIES_MAX", 2)
    cut = await house.service.mailing.text_of(conversation, words_for("en"))
    assert "The first 2 of 3 entries stand here; what came after them was left off." in cut
    assert "Yes." in whole
    assert "Yes." not in cut
