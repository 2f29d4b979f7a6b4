"""What is right, and what it is worth: the part of an item that no candidate may see before their result allows it.

Points are whole hundredths everywhere (`centipoints`), so that sums never depend on the order they are made in.
"""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field

from guildhall.assessments.model.questions import CHOICES_MAX, ItemKind, Label, Question, ShortId, Text
from guildhall.kit.documents import Stored

CENTIPOINTS_MAX: Final = 100_000
CRITERIA_MAX: Final = 12
ACCEPTED_MAX: Final = 50

Centipoints = Annotated[int, Field(ge=0, le=CENTIPOINTS_MAX)]


def _decimal_text(text: str) -> str:
    """Kept as text: a float would not say 0.1."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no number such as -12.5") from error
    if not number.is_finite() or abs(number.adjusted()) > 30:  # noqa: PLR2004 - no exam asks for more
        raise ValueError(f"{text!r} is out of range")
    return text


DecimalText = Annotated[str, Field(max_length=60), AfterValidator(_decimal_text)]


class PartialCredit(StrEnum):
    ALL_OR_NOTHING = "all_or_nothing"
    BY_PART = "by_part"
    """Each part that is right earns its share; each wrong choice of several takes one back, never below nothing."""


class ChoiceKey(Stored):
    """One id for a single choice, any number of several."""

    kind: Literal["choice"] = "choice"
    correct: tuple[ShortId, ...] = Field(min_length=1, max_length=CHOICES_MAX)
    credit: PartialCredit = PartialCredit.ALL_OR_NOTHING


class NumericKey(Stored):
    """Right within `tolerance` to either side, ends included; `is_relative`: a share of `value`, such as 0.01."""

    kind: Literal["numeric"] = "numeric"
    value: DecimalText
    tolerance: DecimalText = "0"
    is_relative: bool = False


class TextKey(Stored):
    """Right when it equals one of these, but for spaces around and between words, and for case unless it counts."""

    kind: Literal["text"] = "text"
    accepted: tuple[Label, ...] = Field(min_length=1, max_length=ACCEPTED_MAX)
    is_case_sensitive: bool = False


class OrderingKey(Stored):
    kind: Literal["ordering"] = "ordering"
    order: tuple[ShortId, ...] = Field(min_length=2, max_length=CHOICES_MAX)
    credit: PartialCredit = PartialCredit.ALL_OR_NOTHING
    """By part: each neighbouring pair that stands in the right order."""


class MatchingKey(Stored):
    kind: Literal["matching"] = "matching"
    pairs: dict[ShortId, ShortId] = Field(min_length=1, max_length=CHOICES_MAX)
    credit: PartialCredit = PartialCredit.BY_PART


class Criterion(Stored):
    """One row of a rubric."""

    id: ShortId
    title: Label
    description: str = Field("", max_length=2_000)
    centipoints: Centipoints


class Rubric(Stored):
    """Marked by people. The criteria's points add up to what the item is worth; a form may scale that."""

    kind: Literal["rubric"] = "rubric"
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=CRITERIA_MAX)
    model_answer: str = Field("", max_length=20_000)


AnswerKey = Annotated[
    ChoiceKey | NumericKey | TextKey | OrderingKey | MatchingKey | Rubric, Field(discriminator="kind")
]
_Kinds: TypeAlias = tuple[str, ...]
KEYS_OF: Final[dict[ItemKind, _Kinds]] = {
    ItemKind.SINGLE_CHOICE: ("choice",),
    ItemKind.MULTIPLE_CHOICE: ("choice",),
    ItemKind.NUMERIC: ("numeric",),
    ItemKind.SHORT_TEXT: ("text", "rubric"),
    ItemKind.LONG_TEXT: ("rubric",),
    ItemKind.CODE: ("rubric",),
    ItemKind.ORDERING: ("ordering",),
    ItemKind.MATCHING: ("matching",),
    ItemKind.FILE_UPLOAD: ("rubric",),
}
"""Which kinds of key an item of each kind may have; `rules.authoring` checks it, and that ids exist."""


class ItemContent(Stored):
    """One version of an item, whole."""

    question: Question
    key: AnswerKey
    rationale: str = Field("", max_length=5_000)
    """Why; shown with the released result where the exam says so."""


class Flaw(Stored):
    """Something an author has to mend before an item or exam can be published: where, and what to do."""

    path: str
    sentence: Text
