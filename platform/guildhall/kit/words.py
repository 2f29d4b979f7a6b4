"""Words as they are looked up: without case and accents, so `Grusse` finds `Grüße`, and `cafe` finds `Café`. Pure."""

import re
import unicodedata
from typing import Final

WORD_CHARACTERS_MAX: Final = 32
_WORD: Final = re.compile(r"\w{2,}")


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_in(text: str) -> list[str]:
    """Each once, in their order, cut at WORD_CHARACTERS_MAX."""
    return list(dict.fromkeys(word[:WORD_CHARACTERS_MAX] for word in _WORD.findall(fold(text))))
