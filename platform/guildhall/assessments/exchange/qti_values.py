"""Attributes and values of QTI as they are written: numbers, truths, paths, maps."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from xml.etree.ElementTree import Element

from guildhall.assessments.exchange.xml_text import children, find, find_all

_NOT_SHORT: Final = re.compile(r"[^a-z0-9_]+")
_SHORT: Final = re.compile(r"[a-z0-9_]{1,32}")
_PREFIXED: Final = re.compile(r"x_([0-9]|x_)")


def short_id(identifier: str, taken: set[str]) -> str:
    """As our own ids are written, and none of those taken; what `qti_write.identifier` made is what it was again."""
    plain = identifier.removeprefix("x_") if _PREFIXED.match(identifier) else identifier
    if not _SHORT.fullmatch(plain):
        plain = _NOT_SHORT.sub("_", plain.lower()).strip("_")[:24] or "id"
    unique, number = plain, 2
    while unique in taken:
        unique, number = f"{plain[:24]}_{number}", number + 1
    return unique


def correct_values(declared: Element) -> list[str]:
    """Of a response declaration, what it says is right."""
    response = find(declared, "qti-correct-response")
    return [] if response is None else [value.text or "" for value in children(response, "qti-value")]


def is_mapped(root: Element) -> bool:
    """Whether an item is scored by its mapping."""
    processing = find(root, "qti-response-processing")
    if processing is None:
        return False
    return "map_response" in (processing.get("template") or "") or find(processing, "qti-map-response") is not None


def tolerance_of(root: Element) -> tuple[dict[str, Any] | None, bool]:
    """As a numeric key has it, and whether its two sides differ; None for one that is no number."""
    equal = find(root, "qti-equal")
    if equal is None or equal.get("tolerance-mode", "exact") == "exact":
        return {}, False
    is_relative = equal.get("tolerance-mode") == "relative"
    try:
        numbers = [abs(Decimal(side)) for side in (equal.get("tolerance") or "").split()]
        largest = max(numbers)
        told = format(largest / 100 if is_relative else largest, "f")  # percent in QTI, a share here
    except (InvalidOperation, ValueError, OverflowError):
        return None, False
    return {"tolerance": told, "is_relative": is_relative}, len(set(numbers)) > 1


def mapped_values(declared: Element) -> list[tuple[Element, Decimal]]:
    entries: list[tuple[Element, Decimal]] = []
    for entry in find_all(declared, "qti-map-entry"):
        try:
            value = Decimal(entry.get("mapped-value") or "0")
        except InvalidOperation:
            continue
        if value.is_finite():
            entries.append((entry, value))
    return entries


def views_of(block: Element) -> list[str]:
    return (block.get("view") or "").split()


def resolve(base: str, src: str) -> str:
    """A path within the package, as its folder and a relative one make it."""
    parts: list[str] = base.split("/") if base and not src.startswith("/") else []
    for part in src.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


def is_true(text: str | None) -> bool:
    return text in {"true", "1"}
