"""Numbers and words as people type them, on the keyboards and by the customs they grew up with. Pure."""

import re
import unicodedata
from decimal import Context, Decimal

_EXACT = Context(prec=400)
"""A key has 60 characters at most, so that its bounds are exact; comparing is exact at any length."""
_CHARACTERS_MAX = 120
_SIGNS = str.maketrans(
    dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d", "-")
)  # minus, and dashes typed for it
_APOSTROPHES = "'\u2019\u02bc"
_GROUPED = r"\d{1,3}(?:[%s]\d{3})+"
_EXPONENT = r"(?:[eE](?P<exponent>[+-]?\d{1,4}))?"
# Groups of three are set apart by spaces or apostrophes, which say nothing else; then a comma or a point is decimal.
_PLAIN = re.compile(
    rf"(?P<sign>[+-]?)(?P<whole>{_GROUPED % (' ' + _APOSTROPHES)}|\d*)(?:[.,](?P<rest>\d*))?{_EXPONENT}"
)
_POINT_LAST = re.compile(rf"(?P<sign>[+-]?)(?P<whole>{_GROUPED % ','})\.(?P<rest>\d*){_EXPONENT}")
_COMMA_LAST = re.compile(rf"(?P<sign>[+-]?)(?P<whole>{_GROUPED % '.'}),(?P<rest>\d*){_EXPONENT}")
_MANY_COMMAS = re.compile(rf"(?P<sign>[+-]?)(?P<whole>\d{{1,3}}(?:,\d{{3}}){{2,}})(?P<rest>){_EXPONENT}")
_MANY_POINTS = re.compile(rf"(?P<sign>[+-]?)(?P<whole>\d{{1,3}}(?:\.\d{{3}}){{2,}})(?P<rest>){_EXPONENT}")
_ONE_COMMA = re.compile(rf"(?P<sign>[+-]?)(?P<whole>[1-9]\d{{0,2}},\d{{3}})(?P<rest>){_EXPONENT}")
_FORMS = (_PLAIN, _POINT_LAST, _COMMA_LAST, _MANY_COMMAS, _MANY_POINTS, _ONE_COMMA)
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'})


def read_numbers(text: str, unit: str = "") -> tuple[Decimal, ...]:
    """What a typed number may mean; empty where it is none.

    Read are `1,5`, `1.5`, `1 000` with any space, `1'000`, `1,000.5`, `1.000,5`, `1e3`, any script's digits, any minus,
    and the question's own `unit` behind it. A comma or point is decimal, except before a second mark; `1,000` alone
    means one by one custom and a thousand by another, and both count: to mark a right answer wrong is the worse error.
    """
    if len(text) > _CHARACTERS_MAX or any(unicodedata.category(character) == "No" for character in text):
        return ()  # raised and circled digits: folded together with the others, 10\u00b2 would be read as 102
    typed = _normalised(text).translate(_SIGNS)
    if unit and typed.endswith(folded := _normalised(unit).translate(_SIGNS)):
        typed = typed[: -len(folded)].rstrip()
    typed = re.sub(r"^([+-]) ", r"\1", typed)
    found = (form.fullmatch(typed) for form in _FORMS)
    return tuple(dict.fromkeys(number for match in found if match and (number := _decimal(match)) is not None))


def is_within(number: Decimal, value: str, tolerance: str, is_relative: bool) -> bool:
    """Whether it is within the tolerance to either side of `value`, ends included; a relative one is a share of it."""
    centre, width = Decimal(value), abs(Decimal(tolerance))
    if is_relative:
        width = _EXACT.multiply(width, abs(centre))
    return _EXACT.subtract(centre, width) <= number <= _EXACT.add(centre, width)


def fold_text(text: str, *, is_case_kept: bool) -> str:
    """What is compared of a short text.

    Compatible forms are one (NFKC), spaces are single and none stand around it, marks that are not seen are gone, and
    the quotes that phones put in are the plain ones.
    """
    folded = _normalised(text).translate(_QUOTES)
    return folded if is_case_kept else _normalised(folded.casefold())


def _normalised(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text)
    seen = "".join(character for character in composed if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).split())


def _decimal(match: re.Match[str]) -> Decimal | None:
    whole = re.sub(r"\D", "", match["whole"])
    rest = match["rest"] or ""
    if not whole + rest:
        return None
    return Decimal(f"{match['sign']}{whole or 0}.{rest or 0}e{match['exponent'] or 0}")
