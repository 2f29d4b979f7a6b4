"""A bank as JSON, documented in docs/question-bank-json.md: what is exported is imported again as the same items."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from guildhall.assessments.exchange.reading import (
    IMPORT_BYTES_MAX,
    ITEMS_AT_ONCE_MAX,
    Reading,
    ReadItem,
    RowProblem,
    Unreadable,
    problems_of,
)
from guildhall.assessments.model.banks import Bank, Difficulty, Item, Tags
from guildhall.assessments.model.keys import ItemContent
from guildhall.assessments.model.questions import Label
from guildhall.kit.documents import Stored

FORMAT: Final = "guildhall.question-bank"
VERSION: Final = 1
_SPACE: Final = " \t\n\r"


class ItemRow(Stored):
    """One row of `items`."""

    name: Label
    tags: Tags = ()
    difficulty: Difficulty = 3
    content: ItemContent


class PictureRow(Stored):
    """One entry of `pictures`, under the name that questions show it by."""

    content_type: Literal["image/png", "image/jpeg"]
    base64: str


class BankFile(Stored):
    """The whole file; reading goes row by row, so that one bad row is one problem."""

    format: Literal["guildhall.question-bank"] = FORMAT
    version: Literal[1] = VERSION
    name: Label
    description: str = Field("", max_length=2_000)
    pictures: dict[str, PictureRow] = Field(default_factory=dict)
    items: Annotated[tuple[ItemRow, ...], Field(max_length=ITEMS_AT_ONCE_MAX)]


def write_bank(bank: Bank, items: Sequence[Item], pictures: Mapping[str, tuple[str, bytes]]) -> bytes:
    """The drafts of these items, and the pictures they show, by blob: content type and bytes."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": bank.name,
        "description": bank.description,
        "pictures": {
            blob_id: {"content_type": content_type, "base64": base64.b64encode(body).decode()}
            for blob_id, (content_type, body) in sorted(pictures.items())
        },
        "items": [
            {
                "name": item.name,
                "tags": list(item.tags),
                "difficulty": item.difficulty,
                "content": item.draft.model_dump(mode="json"),
            }
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def read_bank(body: bytes) -> Reading:
    """Every row that is whole, and every one that is not, with its line. Raises Unreadable for no such file."""
    document, lines = _parse(body)
    if document.get("format") != FORMAT or document.get("version") != VERSION:
        raise Unreadable(f"This is no question bank: its format must be {FORMAT!r}, and its version {VERSION}.")
    rows = document.get("items")
    if not isinstance(rows, list):
        raise Unreadable("It has no list of items: see the documentation of the format.")
    if len(rows) > ITEMS_AT_ONCE_MAX:
        raise Unreadable(f"It has {len(rows)} items; {ITEMS_AT_ONCE_MAX} at most are taken at once.")
    pictures, problems = _read_pictures(document.get("pictures", {}))
    items: list[ReadItem] = []
    for index, row in enumerate(rows):
        where, line = f"items[{index}]", lines[index] if index < len(lines) else None
        try:
            read = ItemRow.model_validate(row)
        except ValidationError as error:
            problems += problems_of(error, where, line)
            continue
        items.append(ReadItem(where, line, read.name, read.content, read.tags, read.difficulty))
    return Reading(tuple(items), tuple(problems), pictures)


def _read_pictures(given: Any) -> tuple[dict[str, bytes], list[RowProblem]]:
    if not isinstance(given, dict):
        raise Unreadable("Its pictures must be an object, from name to picture.")
    pictures: dict[str, bytes] = {}
    problems: list[RowProblem] = []
    for name, row in given.items():
        where = f"pictures[{name[:60]}]"
        try:
            pictures[name] = base64.b64decode(PictureRow.model_validate(row).base64, validate=True)
        except ValidationError as error:
            problems += problems_of(error, where, None)
        except (binascii.Error, ValueError):
            problems.append(RowProblem(where, None, "base64", "is no base64"))
    return pictures, problems


def _parse(body: bytes) -> tuple[dict[str, Any], list[int]]:
    """The document, and on which line each of its items begins."""
    if len(body) > IMPORT_BYTES_MAX:
        raise Unreadable(f"A file has {IMPORT_BYTES_MAX // 1_048_576} MB at most.")
    try:
        text = body.decode("utf-8-sig")
        document = json.loads(text, parse_constant=_refuse_constant)
        if not isinstance(document, dict):
            raise Unreadable("It must be one JSON object.")
        return document, list(_lines_of_items(text))
    except UnicodeDecodeError as error:
        raise Unreadable("It is not text in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"It is no JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}.") from error
    except (ValueError, RecursionError) as error:  # digits without end, brackets within brackets
        raise Unreadable("It is no JSON that can be read: a number is too long, or it nests too deep.") from error


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _lines_of_items(text: str) -> Iterator[int]:
    """Walks the members of a document that is known to parse, and looks into `items` alone."""
    decoder = json.JSONDecoder()
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)  # past the colon
        if name == "items" and text[at] == "[":
            yield from _lines_of_elements(text, at, decoder)
            return
        _, at = decoder.raw_decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at


def _lines_of_elements(text: str, at: int, decoder: json.JSONDecoder) -> Iterator[int]:
    line, counted = 1, 0
    at = _skip(text, at + 1)
    while text[at] != "]":
        line, counted = line + text.count("\n", counted, at), at
        yield line
        _, at = decoder.raw_decode(text, at)
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at
