"""What answering keeps: one document for each turn of the bot, which decides once and says why."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from guildhall.chat.model import Reply
from guildhall.kit.documents import Stored, VersionedDocument

CANDIDATES_MAX: Final = 5


class TurnState(StrEnum):
    THINKING = "thinking"
    DECIDED = "decided"  # what is said is in the turn; whoever finds it says it
    SAID = "said"
    DROPPED = "dropped"  # somebody spoke or took over meanwhile


class Considered(Stored):
    """An entry that was looked at."""

    entry_id: str
    title: str
    probability: float
    likeness: float


class Decision(Stored):
    """What is said, whole: saying it again says the same."""

    text: str
    reply: Reply
    escalates: bool = False
    is_unanswered: bool = False
    """Whether the question found nothing, and is put before whoever keeps the FAQ."""


class Why(Stored):
    """The "why" card: what was matched, by what, how sure, at what cost."""

    rule: str = ""
    """What decided: exact, probability, likeness, nothing_known, chosen, asked_for_person, courtesy, ai, ..."""
    band: str = ""
    confidence: float = 0.0
    matcher: str = ""
    candidates: tuple[Considered, ...] = Field(default=(), max_length=CANDIDATES_MAX)
    took_ms: int = 0
    tokens: int = 0
    redacted: tuple[str, ...] = Field(default=(), max_length=10)
    """Kinds of what was masked before it left this server."""
    ai: str = ""
    """What became of the AI's part: answered, truncated, declined, or why it was not asked."""


class BotTurn(VersionedDocument):
    """Its id is `<conversation>/<epoch>`: one for each time that the bot may speak."""

    conversation_id: str
    epoch: int
    site: str
    language: str
    """Of the questions and answers that are looked through."""
    speaks: str = ""
    """Of what the bot says of itself, where that is another; "" in turns from before there was this."""
    visitor: str
    question: str
    asked_number: int
    """Of the last line of the question."""
    asked_at_ms: int
    choices_epoch: int = 0
    """Of the turn that asked back, where this question came after one."""
    state: TurnState = TurnState.THINKING
    holder: str = ""
    lease_until_ms: int = 0
    attempt: int = 1
    streamed: str = ""
    """What the reader has seen of it so far, where it is streamed ..."""
    streamed_attempt: int = 0
    """... and in which attempt that was."""
    decision: Decision | None = None
    why: Why = Why()
    number: int = 0
    """Of the entry that said it."""
    outcome: str = ""
    """What was right, once it is known: an entry's id, or "none"."""
    outcome_at_ms: int = 0
