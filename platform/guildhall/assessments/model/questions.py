"""What is asked: the part of an item that a candidate may see. Nothing here says what is right; see `keys`.

Text is plain: an empty line begins a paragraph, backticks mark code. Pages render it, never as HTML.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from guildhall.kit.documents import Stored

PROMPT_CHARACTERS_MAX: Final = 20_000
CHOICES_MAX: Final = 20
PICTURES_MAX: Final = 8
RESPONSE_CHARACTERS_MAX: Final = 50_000
FILES_MAX: Final = 5
FILE_BYTES_MAX: Final = 10 * 1024 * 1024

ShortId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]
"""Of a part of an item or exam, unique within it: it says nothing about what is right."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=PROMPT_CHARACTERS_MAX)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ItemKind(StrEnum):
    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    NUMERIC = "numeric"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    ORDERING = "ordering"
    MATCHING = "matching"
    FILE_UPLOAD = "file_upload"
    CODE = "code"


class Picture(Stored):
    """A blob of the item's bank, and what it shows for those who do not see it."""

    blob_id: str
    alt: Label
    width_px: int = Field(ge=1, le=10_000)
    height_px: int = Field(ge=1, le=10_000)


class Prompt(Stored):
    text: Text
    pictures: tuple[Picture, ...] = Field(default=(), max_length=PICTURES_MAX)


class Choice(Stored):
    id: ShortId
    text: Label
    picture: Picture | None = None


Choices = Annotated[tuple[Choice, ...], Field(min_length=2, max_length=CHOICES_MAX)]


class SingleChoiceQuestion(Stored):
    kind: Literal[ItemKind.SINGLE_CHOICE] = ItemKind.SINGLE_CHOICE
    prompt: Prompt
    choices: Choices
    shuffles: bool = True


class MultipleChoiceQuestion(Stored):
    kind: Literal[ItemKind.MULTIPLE_CHOICE] = ItemKind.MULTIPLE_CHOICE
    prompt: Prompt
    choices: Choices
    shuffles: bool = True
    choose_most: int | None = Field(None, ge=1, le=CHOICES_MAX)


class NumericQuestion(Stored):
    kind: Literal[ItemKind.NUMERIC] = ItemKind.NUMERIC
    prompt: Prompt
    unit: str = Field("", max_length=40)


class ShortTextQuestion(Stored):
    kind: Literal[ItemKind.SHORT_TEXT] = ItemKind.SHORT_TEXT
    prompt: Prompt
    characters_max: int = Field(200, ge=1, le=1_000)


class LongTextQuestion(Stored):
    kind: Literal[ItemKind.LONG_TEXT] = ItemKind.LONG_TEXT
    prompt: Prompt
    words_advised: int | None = Field(None, ge=1, le=10_000)
    characters_max: int = Field(20_000, ge=1, le=RESPONSE_CHARACTERS_MAX)


class CodeQuestion(Stored):
    """Plain text in a fixed-width field; read by people."""

    kind: Literal[ItemKind.CODE] = ItemKind.CODE
    prompt: Prompt
    language: str = Field("", max_length=40)
    starter: str = Field("", max_length=RESPONSE_CHARACTERS_MAX)
    characters_max: int = Field(20_000, ge=1, le=RESPONSE_CHARACTERS_MAX)


class OrderingQuestion(Stored):
    """The parts are shown in an order of each candidate's own."""

    kind: Literal[ItemKind.ORDERING] = ItemKind.ORDERING
    prompt: Prompt
    parts: Choices


class MatchingQuestion(Stored):
    """To each of `left` belongs one of `right`, of which there may be more."""

    kind: Literal[ItemKind.MATCHING] = ItemKind.MATCHING
    prompt: Prompt
    left: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=CHOICES_MAX)]
    right: Choices


class FileUploadQuestion(Stored):
    kind: Literal[ItemKind.FILE_UPLOAD] = ItemKind.FILE_UPLOAD
    prompt: Prompt
    content_types: tuple[str, ...] = Field(("application/pdf", "image/png", "image/jpeg", "text/plain"), max_length=12)
    files_most: int = Field(1, ge=1, le=FILES_MAX)
    bytes_most: int = Field(FILE_BYTES_MAX, ge=1, le=FILE_BYTES_MAX)


Question = Annotated[
    SingleChoiceQuestion
    | MultipleChoiceQuestion
    | NumericQuestion
    | ShortTextQuestion
    | LongTextQuestion
    | CodeQuestion
    | OrderingQuestion
    | MatchingQuestion
    | FileUploadQuestion,
    Field(discriminator="kind"),
]
