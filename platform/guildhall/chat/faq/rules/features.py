"""What a matcher sees of a question: pieces of words, and words with their neighbours. Pure.

Training and answering count the same terms by this one module, so they cannot drift apart. Character pieces of two to
five letters forgive typing errors; stemmed words and pairs of them tell questions of the same letters apart.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

PIECE_SIZES: Final = range(2, 6)
TEXT_CHARACTERS: Final = 600
"""Of a question, so many are looked at: nobody's question is longer, and a pasted log must not hold the loop up."""
_WORD: Final = re.compile(r"\w+")
_ENDINGS: Final = ("ingly", "edly", "ing", "ied", "ies", "ed", "ly", "es", "s")
_STEM_LETTERS: Final = 3
CHARACTERS, WORDS = "c", "w"


def normalised(text: str) -> str:
    """One form for what is the same to a reader: compatibility forms, case, apostrophes and space."""
    folded = unicodedata.normalize("NFKC", text[:TEXT_CHARACTERS]).casefold()
    return " ".join(_WORD.findall(folded.replace("'", "").replace("\u2019", "")))


def stem(word: str) -> str:
    """A plain English stem: other languages lose little by it, since their matcher is trained with the same."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_LETTERS:
            word = word[: -len(ending)] + ("y" if ending in {"ied", "ies"} else "")
            break
    if len(word) > _STEM_LETTERS and word.endswith("e"):
        word = word[:-1]
    if len(word) > _STEM_LETTERS and word[-1] == word[-2]:
        word = word[:-1]
    return word


def terms(text: str) -> tuple[Counter[str], Counter[str]]:
    """How often each piece of a word, and each word and pair of words, stands in a question."""
    words = normalised(text).split()
    return Counter(_pieces(words)), Counter(_pairs([stem(word) for word in words]))


def _pieces(words: list[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word} "
        for size in PIECE_SIZES:
            if len(padded) <= size:
                yield padded
                break
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def _pairs(stems: list[str]) -> Iterator[str]:
    yield from stems
    for one, other in pairwise(stems):
        yield f"{one} {other}"
