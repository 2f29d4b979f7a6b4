"""A question in the pieces that sentence models are trained on: BERT's WordPiece, by the model's own `vocab.txt`. Pure.

Devlin et al. 2019 and its published tokeniser: text is cleaned and split at space and signs, each sign alone; every
word is the longest piece that is known, then the longest known continuation (`##...`), and so on.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

UNKNOWN, BEGIN, END, PADDING = "[UNK]", "[CLS]", "[SEP]", "[PAD]"
WORD_LETTERS_MAX: Final = 100
_CONTINUED: Final = "##"
_ASCII_SIGNS: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_IDEOGRAPHS: Final = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))


class NoVocabulary(ValueError):
    """What was read is no WordPiece vocabulary."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """`ids` is by piece; with `lowers`, case and accents count for nothing."""

    ids: Mapping[str, int]
    lowers: bool

    def encode(self, text: str, most: int) -> list[int]:
        """At most so many ids, with the one that begins and the one that ends a sentence."""
        found: list[int] = []
        for word in _words(text, lowers=self.lowers):
            found += self._of_word(word)
            if len(found) >= most - 2:
                break
        return [self.ids[BEGIN], *found[: most - 2], self.ids[END]]

    def _of_word(self, word: str) -> list[int]:
        if len(word) > WORD_LETTERS_MAX:
            return [self.ids[UNKNOWN]]
        found, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start:
                piece = word[start:end] if start == 0 else _CONTINUED + word[start:end]
                if piece in self.ids:
                    break
                end -= 1
            else:
                return [self.ids[UNKNOWN]]
            found.append(self.ids[piece])
            start = end
        return found


def read_vocabulary(lines: Iterable[str], *, lowers: bool) -> Pieces:
    """A piece in each line, whose number is its id. Raises NoVocabulary."""
    ids = {line.rstrip("\r\n"): number for number, line in enumerate(lines)}
    if missing := [name for name in (UNKNOWN, BEGIN, END, PADDING) if name not in ids]:
        raise NoVocabulary(f"There is no {', '.join(missing)} in this vocabulary.")
    return Pieces(ids, lowers)


def _words(text: str, *, lowers: bool) -> Iterator[str]:
    text = unicodedata.normalize("NFC", text)
    if lowers:
        text = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    word = ""
    for letter in text:
        if letter.isspace() or _stands_alone(letter) or unicodedata.category(letter)[0] == "C":
            if word:
                yield word
            word = ""
            if _stands_alone(letter):
                yield letter
        else:
            word += letter
    if word:
        yield word


def _stands_alone(letter: str) -> bool:
    if letter in _ASCII_SIGNS or unicodedata.category(letter).startswith("P"):
        return True
    return any(first <= ord(letter) <= last for first, last in _IDEOGRAPHS)
