"""What never leaves this server: numbers of cards, and secrets that people paste. Pure.

The page masks them before they are sent; this masks them again, since not everybody writes through our page.
"""

import re
from typing import Final

_DIGITS: Final = re.compile(r"(?<![\d.])\d(?:[ \u00a0.-]?\d){12,18}(?!\d)")
_CARD_LENGTHS: Final = range(13, 20)
_SECRETS: Final = (
    ("token", re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}")),
    ("key", re.compile(r"\b(?:sk|pk|rk|ghp|gho|xox[abp]|AKIA|AIza|glpat)[-_]?[A-Za-z0-9_-]{16,}")),
    ("key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)")),
    ("token", re.compile(r"(?i)\bbearer\s+[\w.~+/-]{12,}=*")),
    (
        "password",
        re.compile(
            r"(?i)\b(?:pass ?word|passwort|kennwort|contraseña|passcode|pin|cvv|cvc|secret)\b"
            r"\s*(?:is|ist|es|=|:)\s*[\"']?(\S{3,})"
        ),
    ),
)


def redacted(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with `[card]`, `[key]`, `[token]` and `[password]` in the place of such things, and which there were."""
    kinds: list[str] = []

    def card(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        if len(digits) not in _CARD_LENGTHS or not passes_luhn(digits):
            return found[0]
        kinds.append("card")
        return "[card]"

    masked = _DIGITS.sub(card, text)
    for kind, pattern in _SECRETS:

        def mask(found: re.Match[str], kind: str = kind) -> str:
            kinds.append(kind)
            return found[0].replace(found[1], f"[{kind}]") if found.re.groups else f"[{kind}]"

        masked = pattern.sub(mask, masked)
    return masked, tuple(dict.fromkeys(kinds))


def passes_luhn(digits: str) -> bool:
    """Whether the check digit holds: ISO/IEC 7812-1, annex B. Nothing but zeros is no card."""
    doubled = (int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 and set(digits) != {"0"}  # noqa: PLR2004
