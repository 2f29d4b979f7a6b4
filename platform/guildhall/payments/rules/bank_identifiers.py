"""What banks call things, as their standards say: account numbers, references, and the letters they take. Pure."""

import re
import unicodedata
from hashlib import sha256
from typing import Final

from guildhall.kit.errors import Invalid

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")  # ISO 13616
_BIC: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")  # ISO 9362
_CREDITOR_REFERENCE: Final = re.compile(r"RF[0-9]{2}[0-9A-Z]{12}")
_TAKEN: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
"""All but the letters that every bank in SEPA takes (EPC217-08, section 1.4)."""
_SPELT: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
    | {"ð": "d", "þ": "th", "œ": "oe", "Œ": "OE", "&": "+", "\u0131": "i"}
)
NAME_MAX: Final = 70
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WHOLE: Final = 97
_CHECKED: Final = 98


def check_iban(text: str) -> str:
    """Without blanks and in capitals. Raises Invalid where the check digits do not fit (ISO 7064, mod 97-10)."""
    iban = re.sub(r"\s", "", text).upper()
    if not _IBAN.fullmatch(iban) or _remainder(iban[4:] + iban[:4]) != 1:
        raise Invalid(f"{text!r:.50} is no account number (IBAN): a digit is wrong or missing.")
    return iban


def check_bic(text: str) -> str:
    """Raises Invalid."""
    bic = re.sub(r"\s", "", text).upper()
    if not _BIC.fullmatch(bic):
        raise Invalid(f"{text!r:.50} is no BIC: it has 8 or 11 letters and digits.")
    return bic


def bank_letters(text: str, limit: int) -> str:
    """As banks take it: `Łukasz Müller` becomes `Lukasz Muller`; what has no such letter becomes a full stop."""
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_TAKEN.sub(".", kept).split())[:limit].strip()


def check_holder(text: str) -> str:
    """Raises Invalid for a name of which nothing is left in the letters that banks take."""
    name = bank_letters(text, NAME_MAX)
    if not re.search(r"[A-Za-z0-9]", name):
        raise Invalid("Write the name of the account's holder in Latin letters, as the bank does.")
    return name


def payout_reference(payout: str, attempt: int) -> str:
    """The end-to-end id of an attempt: at most 35 characters, of those that every bank takes."""
    return f"{payout.replace('_', '-')}-{attempt}".upper()


def deposit_reference(owner: str) -> str:
    """A creditor reference (ISO 11649) for whoever pays into an owner's balance; always the same."""
    number = int.from_bytes(sha256(f"guildhall/deposits/{owner}".encode()).digest()[:8])
    body = "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(12))
    return f"RF{_CHECKED - _remainder(body + 'RF00'):02}{body}"


def deposit_references_in(text: str) -> list[str]:
    """All that stand in what a payer wrote, however they put blanks between."""
    squeezed = re.sub(r"[\s\-./]", "", text).upper()
    return [
        found
        for start in range(len(squeezed))
        if (match := _CREDITOR_REFERENCE.match(squeezed, start))
        and _remainder((found := match.group())[4:] + found[:4]) == 1
    ]


def _remainder(text: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in text)) % _WHOLE
