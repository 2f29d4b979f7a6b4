"""What somebody asks: the lines since they were last answered, and the few things that no FAQ is needed for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from guildhall.chat.faq.rules.features import normalised
from guildhall.chat.lifecycle import Actor, ConversationState
from guildhall.chat.model import Choice, EntryKind, Said

LINES_MAX: Final = 6
"""Of one question; of more, the newest."""
COURTESY_WORDS: Final = 4

# Deterministic, and before everything else: whoever asks for a person is never argued with.
_PERSON: Final = re.compile(
    r"\b(?:(?:talk|speak|chat|connect|transfer)\w* (?:me )?(?:to|with) (?:a|an|the|your|some)?\s*"
    r"(?:human|person|agent|operator|representative|somebody|someone|real)"
    r"|(?:real|live|human) (?:person|agent|human|being|support)"
    r"|(?:mit )?(?:einem|einer|ein) (?:mensch\w*|mitarbeiter\w*|person) (?:sprechen|reden|verbinden)"
    r"|(?:hablar|comunicarme) con (?:una|un|el) (?:persona|agente|humano|operador)"
    r"|parler (?:a|à) (?:un|une) (?:humain|personne|agent|conseiller))\b"
)
_PERSON_ALONE: Final = frozenset(
    {"human", "agent", "a human", "a person", "person", "operator", "representative", "support agent", "mensch"}
    | {"mitarbeiter", "persona", "agente", "humano", "humain", "conseiller", "real person", "human please"}
)
_GREETINGS: Final = frozenset(
    {"hi", "hello", "hey", "hiya", "greetings", "hallo", "moin", "servus", "hola", "buenas", "bonjour", "salut", "ciao"}
    | {"there", "good", "morning", "day", "evening", "guten", "tag", "abend", "morgen", "buenos", "días", "dias"}
)
_THANKING: Final = frozenset({"thanks", "thank", "thx", "ty", "cheers", "danke", "dank", "gracias", "merci"})
_THANKS: Final = _THANKING | frozenset(
    ("you", "great", "ok", "okay", "perfect", "vielen", "super", "much", "so", "very", "a", "lot", "muchas")
)
_GREETING: Final = _GREETINGS - {"there", "good", "day", "guten", "buenos"}


@dataclass(frozen=True, slots=True)
class Question:
    """`lines` are the party's since somebody last answered; `choices` those that stood under that answer."""

    text: str
    number: int
    at_ms: int
    epoch: int
    choices: tuple[Choice, ...] = ()
    answered_epoch: int = 0
    """The epoch of the automatic answer that gave the choices."""


def question_of(said: Sequence[tuple[int, int, Said]]) -> Question | None:
    """What the bot owes an answer to, from the end of a log as (number, at_ms, entry); None where it owes none."""
    if not said:
        return None
    standing = said[-1][2].standing
    if standing.state is not ConversationState.UNATTENDED or not standing.has_bot:
        return None
    lines: list[tuple[int, int, Said]] = []
    before: Said | None = None
    for number, at_ms, one in reversed(said):
        if one.kind is not EntryKind.MESSAGE:
            continue
        if one.role is not Actor.PARTY:
            before = one
            break
        lines.append((number, at_ms, one))
    if not lines:
        return None
    number, at_ms, _ = lines[0]
    text = "\n".join(one.text for _, _, one in reversed(lines[:LINES_MAX]))
    choices = before.reply.choices if before is not None and before.reply is not None else ()
    answered = before.standing.epoch if before is not None else 0
    return Question(text, number, at_ms, standing.epoch, choices, answered)


def chosen(question: Question) -> Choice | None:
    """The choice that was made by saying its words, whether by a button or by hand."""
    said = normalised(question.text.rpartition("\n")[2])
    return next((choice for choice in question.choices if said and normalised(choice.text) == said), None)


def asks_for_person(text: str) -> bool:
    said = normalised(text)
    return said in _PERSON_ALONE or _PERSON.search(said) is not None


def courtesy(text: str) -> str:
    """Whether a line is nothing more than a "greeting" or "thanks"; else ""."""
    words = normalised(text).split()
    if not 0 < len(words) <= COURTESY_WORDS:
        return ""
    if all(word in _THANKS for word in words) and _THANKING.intersection(words):
        return "thanks"
    if all(word in _GREETINGS for word in words) and _GREETING.intersection(words):
        return "greeting"
    return ""
