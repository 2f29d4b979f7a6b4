"""Which words a conversation is found by. Pure.

A word is folded: without case and without accents, so `Grusse` finds `Grüße` and `cafe` finds `Café`. What is asked for
may be the beginning of a word.
"""

from typing import Final

from guildhall.kit.words import WORD_CHARACTERS_MAX, fold, words_in

WORDS_OF_A_MESSAGE_MAX: Final = 200
ASKED_MAX: Final = 8
TAG: Final = "#"


def words_of(text: str) -> set[str]:
    """At most WORDS_OF_A_MESSAGE_MAX."""
    return set(words_in(text)[:WORDS_OF_A_MESSAGE_MAX])


def tag_word(tag: str) -> str:
    return TAG + fold(tag.strip())[:WORD_CHARACTERS_MAX]


def asked_words(query: str) -> tuple[list[str], list[str]]:
    """Words, and tags (`#refund`, as they are kept); of each at most ASKED_MAX."""
    tags = [tag_word(part.removeprefix(TAG)) for part in query.split() if part.startswith(TAG) and len(part) > 1]
    rest = " ".join(part for part in query.split() if not part.startswith(TAG))
    return words_in(rest)[:ASKED_MAX], tags[:ASKED_MAX]
