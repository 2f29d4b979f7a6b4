"""What the bot says of itself, by language."""

import pytest

from guildhall.chat.answering.rules import wording
from guildhall.chat.rules.house_words import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bot_has_its_own_words_in_every_language_of_the_house(language: str) -> None:
    keys = ("clarify", "none_of_these", "hand_on", "asked", "greeting", "thanks", "truncated", "failed")
    said = {wording.words(language, key) for key in keys}
    assert len(said) == len(keys)
    assert language == "en" or said.isdisjoint({wording.words("en", key) for key in keys})


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [("es-MX", "es"), ("de_AT", "de"), ("AR", "ar"), ("fi", "en"), ("", "en"), ("../../etc", "en")],
)
def test_a_locale_without_words_is_spoken_to_in_the_language_of_the_answers(locale: str, spoken: str) -> None:
    assert wording.spoken(locale, "en") == spoken
