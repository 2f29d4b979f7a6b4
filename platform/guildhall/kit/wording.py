"""What is wrong with a value, in words for the one who wrote it: settings and socket messages share them."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

_QUOTED_LENGTH_MAX = 40
_ONE_WORD = re.compile(r"[\w.+-]+")
# pydantic's own words for these name Python types, which say nothing to whoever wrote YAML or JavaScript.
_BY_TYPE: Mapping[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not expected here",
    "bytes_type": "must be binary",
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be an object with fields",
    "model_type": "must be an object with fields",
    "model_attributes_type": "must be an object with fields",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
}
_WITHOUT_VALUE = frozenset({"missing", "extra_forbidden"})


def in_plain_words(error: ErrorDetails) -> str:
    """What one of pydantic's errors says, as the rest of a sentence that begins with the name of the field."""
    kind, message = error["type"], error["msg"]
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if kind == "value_error":
        return f"is refused: {message.removeprefix('Value error, ').rstrip('.')}"
    for opening in ("Input should ", "Value should ", "String should ", "Data should ", "List should "):
        if message.startswith(opening):
            return "must " + message.removeprefix(opening)
    return f"is refused: {message[:1].lower()}{message[1:]}"


def with_value(error: ErrorDetails) -> str:
    """The same, and what the value is where that is a number, a truth or a short word: `..., but is 5`."""
    words, value = in_plain_words(error), error["input"]
    return words if error["type"] in _WITHOUT_VALUE else f"{words}{_but_is(value)}"


def _but_is(value: Any) -> str:
    if value is None:
        return ", but is empty"
    if isinstance(value, bool):
        return f", but is {str(value).lower()}"
    if isinstance(value, int | float):
        return f", but is {value}"
    if isinstance(value, str) and len(value) <= _QUOTED_LENGTH_MAX:
        return f", but is {value}" if _ONE_WORD.fullmatch(value) else f", but is {value!r}"
    return ""


def field_path(error: ErrorDetails) -> str:
    """The dotted path of the field an error is about; empty for the whole."""
    return ".".join(str(part) for part in error["loc"])
