"""International bank account numbers: ISO 13616 (shape) and ISO 7064 MOD 97-10 (check digits). Pure."""

import re
from typing import Final

_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_MODULUS: Final = 97


def read_account_number(written: str) -> str | None:
    """The number without its blanks, in capitals; None for one that was mistyped."""
    number = "".join(written.split()).upper()
    if not _SHAPE.fullmatch(number):
        return None
    rearranged = number[4:] + number[:4]
    digits = "".join(str(int(character, 36)) for character in rearranged)
    return number if int(digits) % _MODULUS == 1 else None
