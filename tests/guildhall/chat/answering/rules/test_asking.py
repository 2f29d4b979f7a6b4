import pytest

from guildhall.chat.answering.rules.asking import asks_for_person, chosen, courtesy, question_of
from guildhall.chat.lifecycle import Actor, ConversationState
from guildhall.chat.model import Choice, EntryKind, Reply, Said, Standing


def standing(state: ConversationState = ConversationState.UNATTENDED, *, has_bot: bool = True) -> Standing:
    return Standing(state=state, state_since_ms=1, epoch=5, has_bot=has_bot)


def line(text: str, role: Actor = Actor.PARTY, at: Standing | None = None, reply: Reply | None = None) -> Said:
    return Said(kind=EntryKind.MESSAGE, by="x", role=role, text=text, reply=reply, standing=at or standing())


def log(*said: Said) -> list[tuple[int, int, Said]]:
    return [(i, i * 10, one) for i, one in enumerate(said, 1)]


def test_a_question_is_every_line_since_somebody_answered() -> None:
    mark = Said(kind=EntryKind.MARK, by="x", role=Actor.PARTY, standing=standing())
    question = question_of(log(line("old"), line("yes", Actor.BOT), line("my card"), mark, line("is lost")))
    assert question is not None
    assert (question.text, question.number, question.at_ms, question.epoch) == ("my card\nis lost", 5, 50, 5)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [line("hello", Actor.SYSTEM)],
        [line("a"), line("b", Actor.BOT)],
        [line("a", at=standing(ConversationState.ASSIGNED))],
        [line("a", at=standing(ConversationState.QUEUED))],
        [line("a", at=standing(has_bot=False))],
    ],
)
def test_nothing_is_owed_where_nobody_asks_or_people_speak(said: list[Said]) -> None:
    assert question_of(log(*said)) is None


def test_saying_the_words_of_a_choice_is_choosing_it() -> None:
    choices = (Choice(entry_id="faq_1", text="Where is my parcel?"), Choice(entry_id="", text="None of these"))
    asked = line("?", Actor.BOT, reply=Reply(kind="clarify", choices=choices))
    for said, entry_id in (("where is my parcel", "faq_1"), ("None of these.", "")):
        question = question_of(log(line("x"), asked, line(said)))
        assert question is not None
        choice = chosen(question)
        assert choice is not None
        assert choice.entry_id == entry_id
    other = question_of(log(line("x"), asked, line("something else")))
    assert other is not None
    assert chosen(other) is None


@pytest.mark.parametrize(
    "text",
    [
        "I want to talk to a human",
        "can I speak with an agent?",
        "HUMAN",
        "give me a real person please",
        "Ich möchte mit einem Menschen sprechen",
        "quiero hablar con una persona",
    ],
)
def test_asking_for_a_person_needs_no_matcher(text: str) -> None:
    assert asks_for_person(text)


@pytest.mark.parametrize("text", ["a human error in my invoice", "which person signs for it", "agent fees?", "hi"])
def test_other_questions_with_such_words_are_questions(text: str) -> None:
    assert not asks_for_person(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hi", "greeting"),
        ("Hello there!", "greeting"),
        ("thanks a lot", "thanks"),
        ("Vielen Dank", "thanks"),
        ("ok", ""),
        ("hi my card is lost", ""),
        ("good", ""),
        ("", ""),
    ],
)
def test_courtesies_are_nothing_more(text: str, kind: str) -> None:
    assert courtesy(text) == kind
