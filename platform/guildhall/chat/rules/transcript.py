"""A conversation as text: to keep, or by mail. Pure.

Every line has its number, so that a missing one is seen, and the end has a checksum over all of them: each line's is of
what it says and of the checksum before it (SHA-256, FIPS 180-4), so two transcripts of one log in the same language can
be compared. What was left off is told.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from guildhall.chat.lifecycle import Actor
from guildhall.chat.model import EntryKind, Said
from guildhall.chat.rules.house_words import HouseWords


def transcript(title: str, entries: Iterable[tuple[int, int, Said]], head: int, words: HouseWords) -> str:
    """`entries` are number, time (UTC ms) and what was said; receipts have a number and no line."""
    lines, chain, last = [title, ""], "", 0
    for number, at_ms, said in entries:
        told = _words_of(said, words)
        chain = hashlib.sha256(f"{chain}\n{number}\n{at_ms}\n{said.by}\n{told}".encode()).hexdigest()
        last = number
        if told:
            at = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            lines.append(f"{number:>4}  {at}  {told}")
    if last < head:
        lines += ["", words.left_off.format(shown=last, all=head)]
    return "\n".join([*lines, "", words.checksum.format(checksum=chain), ""])


def _words_of(said: Said, words: HouseWords) -> str:
    if said.kind is EntryKind.MESSAGE:
        unnamed = {Actor.PARTY: words.party, Actor.BOT: words.bot, Actor.AGENT: words.agent, Actor.SYSTEM: "Guildhall"}
        text = said.text.replace("\n", "\n      ")
        files = "".join(
            f"\n      [{file.name}, {words.size.format(bytes=file.size_bytes)}, {file.sha256}]" for file in said.files
        )
        return f"{said.name or unnamed[said.role]}: {text}{files}"
    if said.kind is EntryKind.RATING:
        return f"[{words.rated.format(rating=said.rating)}{': ' + said.text if said.text else ''}]"
    return f"[{words.turns.get(said.event, said.event)}]" if said.kind is EntryKind.STATUS else ""
