import pytest

from guildhall.chat.faq.model import PHRASINGS_MAX, Content, Wording
from guildhall.chat.faq.rules.writing import problems, tidied, with_phrasings
from guildhall.kit.errors import Invalid
from tests.guildhall.chat.faq.shop import content


def written(*phrasings: str, **more: str) -> Content:
    fields = {"language": "en", "question": "Why?", "answer": "So.", **more}
    return Content(wordings=(Wording(phrasings=phrasings, **fields),))


def test_phrasings_that_differ_by_signs_only_are_kept_once_as_first_written() -> None:
    assert tidied(written("Why is that?", "why is that", "  ", "How come")).wordings[0].phrasings == (
        "Why is that?",
        "How come",
    )


def test_a_language_twice_is_refused() -> None:
    double = Content(wordings=(*content("refund").wordings, *content("refund").wordings))
    with pytest.raises(Invalid):
        tidied(double)


def test_what_is_too_long_is_named() -> None:
    with pytest.raises(Invalid) as refusal:
        tidied(written("x" * 301))
    assert refusal.value.fields == {"wordings.0.phrasings": "must be text of at most 300 characters"}


def test_an_entry_without_question_or_answer_is_not_published() -> None:
    assert problems(written(question="?!", answer="")) == {
        "wordings.0.question": "is missing",
        "wordings.0.answer": "is missing",
    }
    assert problems(Content()) == {"wordings": "needs at least one language"}


def test_phrasings_have_an_end_and_a_language() -> None:
    full = written(*(f"phrasing number {i}" for i in range(PHRASINGS_MAX)))
    with pytest.raises(Invalid):
        with_phrasings(full, "en", ("one more",))
    with pytest.raises(Invalid):
        with_phrasings(full, "de", ("eine mehr",))
