"""By which words an opportunity is found, and its place in lists. Pure."""

from collections.abc import Mapping
from typing import Final

from guildhall.gigs.model.terms import Kind
from guildhall.kit.words import WORD_CHARACTERS_MAX, fold, words_in
from guildhall.opportunities.model.postings import Posting

WORDS_MAX: Final = 40
ASKED_MAX: Final = 6
_FAR_MS: Final = 10**13
_AFTER: Final = " "

Row = tuple[str, str]
"""(rank, opportunity) of a word's list."""


def words_of(posting: Posting) -> frozenset[str]:
    """Of its title and its skills, and what is filtered by: `skill:python`, `kind:hourly`, `currency:EUR`."""
    plain = words_in(" ".join((posting.title, *posting.skills)))[:WORDS_MAX]
    return frozenset(
        (*plain, *map(skill_word, posting.skills), kind_word(posting.kind), currency_word(posting.currency))
    )


def asked_words(text: str, skill: str, kind: Kind | None, currency: str) -> list[str]:
    """What is asked for, the rarer sort of word first; all of them must hold."""
    asked = [*([skill_word(skill)] if skill.strip() else []), *words_in(text)[:ASKED_MAX]]
    asked += [currency_word(currency)] if currency else []
    asked += [kind_word(kind)] if kind is not None else []
    return asked


def skill_word(skill: str) -> str:
    return f"skill:{' '.join(fold(skill).split())[:WORD_CHARACTERS_MAX]}"


def kind_word(kind: Kind) -> str:
    return f"kind:{kind.value}"


def currency_word(currency: str) -> str:
    return f"currency:{currency}"


def rank_of(at_ms: int, opportunity_id: str) -> str:
    """Sorts as text, the newest first; of one length, and unique."""
    return f"{_FAR_MS - at_ms:014d}{opportunity_id}"


def next_rank(rank: str) -> str:
    """Where to go on after it: before every other rank that comes after."""
    return rank + _AFTER


def rarest_first(parts: Mapping[str, list[Row]], rows_at_once: int) -> list[str]:
    """The words whose lists began with these parts, the one first that is worth reading.

    A part that is not full is its whole list; of the others the one that reaches furthest has its rows furthest apart.
    """
    whole = [word for word, rows in parts.items() if len(rows) < rows_at_once]
    begun = [word for word in parts if word not in whole]
    whole.sort(key=lambda word: len(parts[word]))
    begun.sort(key=lambda word: parts[word][-1][0], reverse=True)
    return whole + begun
