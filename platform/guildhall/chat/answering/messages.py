"""Bodies and answers of answering's routes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from guildhall.chat.answering.model import BotTurn, Why

EntryId = Annotated[str, Field(max_length=60)]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CardShown(Shape):
    """Why something was said, or not."""

    number: int
    asked_number: int
    question: str
    state: str
    kind: str
    why: Why
    outcome: str


class CardsShown(Shape):
    cards: list[CardShown]


class CorrectionGiven(Shape):
    number: Annotated[int, Field(ge=1, le=2**53)]
    entry_id: EntryId = ""
    """What it should have been; "" where no entry is right."""


class CorrectionKept(Shape):
    case_id: str


class ReplayWanted(Shape):
    site: Annotated[str, Field(min_length=1, max_length=60)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    answer_at: Annotated[float, Field(ge=0, le=1.01)] | None = None
    ask_at: Annotated[float, Field(ge=0, le=1.01)] | None = None
    drafts: Annotated[list[EntryId], Field(max_length=100)] = Field(default_factory=list)
    """Entries that are taken as they are written now, instead of as they are published."""


class ChangedShown(Shape):
    question: str
    before: str
    after: str
    entry_before: str
    entry_after: str
    right: str


class BandsCounted(Shape):
    answer: int = 0
    clarify: int = 0
    hand_on: int = 0


class ReplayShown(Shape):
    questions: int
    before: BandsCounted
    after: BandsCounted
    known: int
    wrong_before: int
    wrong_after: int
    changed: list[ChangedShown]


class TierShown(Shape):
    state: str
    """on, off, or resting after it failed too often."""
    reason: str


class AnsweringShown(Shape):
    """What answers, and what is off and why."""

    faq: TierShown
    ai: TierShown


def show_card(turn: BotTurn) -> CardShown:
    return CardShown(
        number=turn.number,
        asked_number=turn.asked_number,
        question=turn.question,
        state=turn.state,
        kind=turn.decision.reply.kind if turn.decision is not None else "",
        why=turn.why,
        outcome=turn.outcome,
    )
