"""A conversation as text: to keep, or by mail. Pure.

Every line has its number, so that a missing one is seen, and the end has a checksum over all of them: each line's is of
what it says and of the checksum before it (SHA-256, FIPS 180-4), so two transcripts of one log can be compared.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from guildhall.chat.lifecycle import Actor
from guildhall.chat.model import EntryKind, Said

_TURNS: Final = {
    "escalate": "A person was asked for",
    "take": "A person took over",
    "assign": "A person took over",
    "transfer": "Handed to another person",
    "requeue": "Waiting for another person",
    "hand_back": "The assistant answers again",
    "snooze": "Put off",
    "wake": "Taken up again",
    "resolve": "Resolved",
    "reopen": "Opened again",
    "close": "Closed",
    "late": "Nobody had answered by the time that was promised",
    "contact": "An address was left",
}
_UNNAMED: Final = {Actor.PARTY: "Visitor", Actor.BOT: "Assistant", Actor.AGENT: "Support", Actor.SYSTEM: "Guildhall"}


def transcript(title: str, entries: Iterable[tuple[int, int, Said]]) -> str:
    """`entries` are number, time (UTC ms) and what was said; receipts have a number and no line."""
    lines, chain = [title, ""], ""
    for number, at_ms, said in entries:
        words = _words_of(said)
        chain = hashlib.sha256(f"{chain}\n{number}\n{at_ms}\n{said.by}\n{words}".encode()).hexdigest()
        if words:
            at = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            lines.append(f"{number:>4}  {at}  {words}")
    return "\n".join([*lines, "", f"Checksum of all entries: {chain}", ""])


def _words_of(said: Said) -> str:
    if said.kind is EntryKind.MESSAGE:
        text = said.text.replace("\n", "\n      ")
        files = "".join(f"\n      [{file.name}, {file.size_bytes} bytes, {file.sha256}]" for file in said.files)
        return f"{said.name or _UNNAMED[said.role]}: {text}{files}"
    if said.kind is EntryKind.RATING:
        return f"[Rated {said.rating} of 5{': ' + said.text if said.text else ''}]"
    return f"[{_TURNS.get(said.event, said.event)}]" if said.kind is EntryKind.STATUS else ""
