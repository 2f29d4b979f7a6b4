"""Lists of people as they are pasted: one a line, name and e-mail address in any order and with any usual separator."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guildhall.accounts.rules.addresses import read_email
from guildhall.kit.errors import Invalid

ROSTER_LINES_MAX: Final = 500
NAME_CHARACTERS_MAX: Final = 120
_ANGLED: Final = re.compile(r"^(?P<name>[^<>]*)<(?P<email>[^<>]+)>\s*[,;]?\s*$")
_SEPARATORS: Final = ("\t", ";", ",")
_HEADINGS: Final = frozenset({"name", "names", "full name", "candidate", "e-mail", "email", "mail", "address", ""})


@dataclass(frozen=True, slots=True)
class RosterEntry:
    line: int
    name: str
    email: str
    email_key: str


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that names nobody who could be invited, and why; lines are counted from 1."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Roster:
    entries: tuple[RosterEntry, ...]
    refused: tuple[RefusedLine, ...]


def read_roster(text: str) -> Roster:
    """Every line that names somebody, and every line that does not with its reason; empty ones count for nothing.

    Takes `Ada Lovelace, ada@example.org`, the same with a semicolon or tab, quoted as CSV does it, in either order,
    `Ada Lovelace <ada@example.org>`, and an address alone, whose name is then what stands before its @. A line of
    headings is left out. Who is named twice is invited once.
    """
    entries: list[RosterEntry] = []
    refused: list[RefusedLine] = []
    seen: dict[str, int] = {}
    for number, line in _lines(text):
        if len(entries) >= ROSTER_LINES_MAX:
            refused.append(RefusedLine(number, line, f"{ROSTER_LINES_MAX} people at once: paste the rest afterwards."))
            continue
        try:
            entry = _read_line(number, line)
        except Invalid as error:
            refused.append(RefusedLine(number, line, error.detail))
            continue
        if entry.email_key in seen:
            refused.append(RefusedLine(number, line, f"The same address stands in line {seen[entry.email_key]}."))
            continue
        seen[entry.email_key] = number
        entries.append(entry)
    return Roster(tuple(entries), tuple(refused))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    is_first = True
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        if not line.strip():
            continue
        if is_first and "@" not in line and {part.strip().strip('"').lower() for part in _split(line)} <= _HEADINGS:
            is_first = False
            continue
        is_first = False
        yield number, line.strip()


def _read_line(number: int, line: str) -> RosterEntry:
    if angled := _ANGLED.match(line):
        name, address = angled["name"], angled["email"]
    else:
        parts = [part.strip() for part in _split(line)]
        addresses = [part for part in parts if "@" in part]
        if len(addresses) != 1:
            raise Invalid(
                "There is no e-mail address in it." if not addresses else "There is more than one address in it."
            )
        address = addresses[0]
        name = " ".join(part for part in parts if part and part != address)
    email, key = read_email(address)
    name = " ".join(name.strip().strip('"').split()) or email.partition("@")[0]
    if len(name) > NAME_CHARACTERS_MAX:
        raise Invalid(f"The name has more than {NAME_CHARACTERS_MAX} characters.")
    return RosterEntry(number, name, email, key)


def _split(line: str) -> list[str]:
    separator = next((one for one in _SEPARATORS if one in line), ",")
    return next(csv.reader([line], delimiter=separator), [])
