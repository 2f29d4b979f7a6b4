"""What a candidate answers. Stored as it was given; whether it fits its question is `rules.fitting`'s to say."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from guildhall.assessments.model.questions import (
    CHOICES_MAX,
    FILES_MAX,
    RESPONSE_CHARACTERS_MAX,
    ItemKind,
    ShortId,
)
from guildhall.kit.documents import Stored


def _as_tuple(value: Any) -> Any:
    """JSON has lists only, and sockets read strictly."""
    return tuple(value) if isinstance(value, list) else value


_OfAList = BeforeValidator(_as_tuple)


class ChosenResponse(Stored):
    """Of one or several choices; none: taken back."""

    kind: Literal["chosen"] = "chosen"
    chosen: Annotated[tuple[ShortId, ...], _OfAList] = Field((), max_length=CHOICES_MAX)


class WrittenResponse(Stored):
    """Numbers, texts and code, as typed; empty: taken back."""

    kind: Literal["written"] = "written"
    text: str = Field("", max_length=RESPONSE_CHARACTERS_MAX)


class OrderedResponse(Stored):
    kind: Literal["ordered"] = "ordered"
    order: Annotated[tuple[ShortId, ...], _OfAList] = Field((), max_length=CHOICES_MAX)


class MatchedResponse(Stored):
    kind: Literal["matched"] = "matched"
    pairs: dict[ShortId, ShortId] = Field(default_factory=dict, max_length=CHOICES_MAX)


class UploadedFile(Stored):
    """A blob the candidate has put up before answering with it."""

    file_id: str = Field(max_length=64)
    name: str = Field(max_length=200)
    content_type: str = Field(max_length=100)
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class FiledResponse(Stored):
    kind: Literal["filed"] = "filed"
    files: Annotated[tuple[UploadedFile, ...], _OfAList] = Field((), max_length=FILES_MAX)


Response = Annotated[
    ChosenResponse | WrittenResponse | OrderedResponse | MatchedResponse | FiledResponse,
    Field(discriminator="kind"),
]
RESPONSE_OF: dict[ItemKind, str] = {
    ItemKind.SINGLE_CHOICE: "chosen",
    ItemKind.MULTIPLE_CHOICE: "chosen",
    ItemKind.NUMERIC: "written",
    ItemKind.SHORT_TEXT: "written",
    ItemKind.LONG_TEXT: "written",
    ItemKind.CODE: "written",
    ItemKind.ORDERING: "ordered",
    ItemKind.MATCHING: "matched",
    ItemKind.FILE_UPLOAD: "filed",
}
