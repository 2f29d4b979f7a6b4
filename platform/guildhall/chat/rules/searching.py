"""Which words a conversation is found by. Pure.

A word is folded: without case and without accents, so `Grusse` finds `Grüße` and `cafe` finds `Café`. What is asked for
may be the beginning of a word.
"""

import re
import unicodedata
from typing import Final

WORD_CHARACTERS_MAX: Final = 32
WORDS_OF_A_MESSAGE_MAX: Final = 200
ASKED_MAX: Final = 8
_WORD: Final = re.compile(r"\w{2,}")
TAG: Final = "#"


def words_of(text: str) -> set[str]:
    """At most WORDS_OF_A_MESSAGE_MAX."""
    found = [word[:WORD_CHARACTERS_MAX] for word in _WORD.findall(fold(text))]
    return set(list(dict.fromkeys(found))[:WORDS_OF_A_MESSAGE_MAX])


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def tag_word(tag: str) -> str:
    return TAG + fold(tag.strip())[:WORD_CHARACTERS_MAX]


def asked_words(query: str) -> tuple[list[str], list[str]]:
    """Words, and tags (`#refund`, as they are kept); of each at most ASKED_MAX."""
    tags = [tag_word(part.removeprefix(TAG)) for part in query.split() if part.startswith(TAG) and len(part) > 1]
    rest = " ".join(part for part in query.split() if not part.startswith(TAG))
    words = list(dict.fromkeys(word[:WORD_CHARACTERS_MAX] for word in _WORD.findall(fold(rest))))
    return words[:ASKED_MAX], tags[:ASKED_MAX]
