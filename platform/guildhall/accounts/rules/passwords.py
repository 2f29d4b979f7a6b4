"""Is this password good enough: long, and not what a guesser tries first. No rules about kinds of characters.

NIST SP 800-63B section 3.1.1.2 and OWASP ASVS 6.2: length matters, composition rules only make people write `!1` at
the end. The sentence says what to do; it never repeats the password.
"""

import re
import unicodedata
from collections.abc import Iterable

from guildhall.accounts.rules.common_passwords import COMMON_WORDS, RUNS
from guildhall.accounts.settings import AccountsSettings

_LEET = str.maketrans("013457@$!+", "oieastasit")
_SHORTEST_CONTEXT_WORD = 4
_LEAST_OWN_CHARACTERS = 6  # what must remain of a password without the words anybody could guess
_FEWEST_DIFFERENT = 5
_LONGEST_UNIT = 5


def normalise_password(password: str) -> str:
    """The same password typed on another keyboard is the same (NFKC, as NIST SP 800-63B asks); blanks stay."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, context: Iterable[str], settings: AccountsSettings) -> str | None:
    """The sentence that says why not, or None. `context` has the brand, the person's name and their address."""
    plain = normalise_password(password)
    if len(plain) < settings.password_min_characters:
        return f"Use at least {settings.password_min_characters} characters; a few words you can remember do well."
    if len(plain) > settings.password_max_characters:
        return f"Use at most {settings.password_max_characters} characters."
    folded = plain.casefold()
    if len(set(folded)) < _FEWEST_DIFFERENT or _is_repetition(folded) or _is_run(folded):
        return "This is a pattern that guessers try first. Use a few words you can remember."
    words = [word for word in _words(context) if len(word) >= _SHORTEST_CONTEXT_WORD]
    if _own_characters(folded, words) < _LEAST_OWN_CHARACTERS:
        return "This is mostly your name, your address or ours. Use words that have nothing to do with you."
    if _is_common(folded):
        return "This is one of the passwords that guessers try first. Use a few words you can remember."
    return None


def _words(context: Iterable[str]) -> list[str]:
    texts = [text.casefold() for text in context]
    words = {word for text in texts for word in (text, *re.split(r"[\W_]+", text)) if word}
    return sorted(words, key=len, reverse=True)


def _own_characters(folded: str, words: Iterable[str]) -> int:
    """What is left of letters when everything guessable is taken out; without any such word, the whole length."""
    left = folded
    for word in words:
        left = left.replace(word, "")
    if left == folded:
        return len(folded)
    return len(re.sub(r"[\W\d_]+", "", left))


def _is_common(folded: str) -> bool:
    """Common words, one or several, with digits and signs before, between and after, in plain or leet spelling."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)  # `!2026` at an end is no leet spelling of anything
    for spelling in (core, core.translate(_LEET)):
        letters = re.sub(r"[\W\d_]+", "", spelling)
        if letters in COMMON_WORDS or _is_made_of_two(letters):
            return True
    return False


def _is_made_of_two(letters: str) -> bool:
    return any(letters[:cut] in COMMON_WORDS and letters[cut:] in COMMON_WORDS for cut in range(3, len(letters) - 2))


def _is_repetition(folded: str) -> bool:
    return any(folded == (folded[:unit] * len(folded))[: len(folded)] for unit in range(1, _LONGEST_UNIT + 1))


def _is_run(folded: str) -> bool:
    return any(folded in run or folded in run[::-1] for run in RUNS)
