"""The mails of the chat, in plain words of the visitor's language. Pure: sends nothing."""

from collections.abc import Sequence
from typing import Final

from guildhall.chat.model import Said
from guildhall.chat.rules.house_words import HouseWords

CHARACTERS_MAX: Final = 90_000


def answer_letter(site: str, answers: Sequence[Said], words: HouseWords) -> tuple[str, str]:
    """Subject and text: what people answered while nobody was there to read it."""
    said = "\n\n".join(f"{words.wrote.format(name=one.name or words.agent)}\n{one.text}" for one in answers)
    text = f"{words.answered}\n\n{_cut(said, words)}\n\n{words.go_on}\n\n{words.why}\n"
    return words.answer_subject.format(site=_line(site)), text


def transcript_letter(site: str, transcript: str, words: HouseWords) -> tuple[str, str]:
    return words.transcript_subject.format(site=_line(site)), f"{_cut(transcript, words)}\n{words.why}\n"


def _line(site: str) -> str:
    return " ".join(site.split())[:80]


def _cut(text: str, words: HouseWords) -> str:
    return text if len(text) <= CHARACTERS_MAX else f"{text[:CHARACTERS_MAX]}\n{words.cut}\n"
