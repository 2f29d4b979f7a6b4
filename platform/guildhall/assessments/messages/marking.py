"""Marking on the wire: no account, no attempt, and no name where marking is anonymous."""

from typing import Annotated

from pydantic import Field

from guildhall.assessments.messages.shape import Shape
from guildhall.assessments.model.keys import CRITERIA_MAX, Centipoints, Criterion
from guildhall.assessments.model.questions import Question, ShortId
from guildhall.assessments.model.responses import Response
from guildhall.assessments.model.results import MarkRole

Comment = Annotated[str, Field(max_length=5_000)]
Points = Annotated[dict[ShortId, Centipoints], Field(max_length=CRITERIA_MAX)]


class QuestionListed(Shape):
    """A question of a delivery, and how far its marking is; an answer counts once for each planned marker."""

    organisation_id: str
    delivery_id: str
    delivery_title: str
    version_id: str
    prompt: str
    total: int
    final: int
    mine_open: int


class QueueShown(Shape):
    items: list[QuestionListed]


class ClaimWanted(Shape):
    delivery_id: str = Field(max_length=64)
    version_id: str = Field(max_length=64)


class DraftGiven(Shape):
    points: Points
    comment: Comment = ""


class OtherMark(Shape):
    role: MarkRole
    points: dict[str, int]
    comment: str


class MarkShown(Shape):
    """An answer to mark. `name` is empty where marking is anonymous; `label` tells answers apart for their marker."""

    mark_id: str
    rev: int
    delivery_id: str
    delivery_title: str
    version_id: str
    bank_id: str
    """Where the pictures of the question are."""
    label: str
    name: str
    role: MarkRole
    question: Question
    criteria: tuple[Criterion, ...]
    model_answer: str
    response: Response | None
    points: dict[str, int]
    comment: str
    is_final: bool
    claimed_until_ms: int
    reopened: tuple[str, ...]
    others: tuple[OtherMark, ...]


class MarkSaved(Shape):
    mark_id: str
    rev: int
    is_final: bool
    saved_at_ms: int
    claimed_until_ms: int


class ClaimAnswered(Shape):
    """None: nothing of this question is left for you."""

    mark: MarkShown | None


class OwnMarkListed(Shape):
    mark_id: str
    label: str
    is_final: bool
    centipoints: int


class OwnMarksListed(Shape):
    items: list[OwnMarkListed]
