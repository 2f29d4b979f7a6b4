"""The mails of the chat, in plain words. Pure: sends nothing."""

from collections.abc import Sequence
from typing import Final

from guildhall.chat.model import Said

_WHY: Final = "You get this because this address was given in a chat. If that was not you, you need not do anything."
_CUT: Final = "\n[cut short: the whole of it can be saved in the chat]\n"
CHARACTERS_MAX: Final = 90_000


def answer_letter(site: str, answers: Sequence[Said]) -> tuple[str, str]:
    """Subject and text: what people answered while nobody was there to read it."""
    words = "\n\n".join(f"{one.name or 'Support'} wrote:\n{one.text}" for one in answers)
    text = f"You asked us something in the chat, and we have answered.\n\n{_cut(words)}\n\n"
    return f"{_line(site)}: an answer to your question", f"{text}Open the chat where you began it to go on.\n\n{_WHY}\n"


def transcript_letter(site: str, transcript: str) -> tuple[str, str]:
    return f"{_line(site)}: your conversation", f"{_cut(transcript)}\n{_WHY}\n"


def _line(site: str) -> str:
    return " ".join(site.split())[:80]


def _cut(words: str) -> str:
    return words if len(words) <= CHARACTERS_MAX else words[:CHARACTERS_MAX] + _CUT
