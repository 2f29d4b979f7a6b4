"""What is usual in each part of a picture, and which parts are owed a look.

A picture has 8 x 6 fields. What always stirs in one, a street behind a window, is usual there and nowhere else: so it
hides nobody who comes in another, as one number for the whole picture did. A field that has changed by more than is
usual in it is owed a look until one has shown all of it, whatever stirs more meanwhile. A restless field, in which
nothing that happens is news, is owed one in every round: the rounds go through all of them in turn.

Of each field one byte is kept, four times the root of the usual levels: small ones and large ones nearly as exactly.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

COLUMNS: Final = 8
ROWS: Final = 6
FIELDS: Final = COLUMNS * ROWS
Unrest: TypeAlias = bytes
Fields: TypeAlias = int  # a bit for each, the first field's the lowest
CALM: Final[Unrest] = bytes(FIELDS)
ALL: Final[Fields] = (1 << FIELDS) - 1
FIRST_COLUMN: Final[Fields] = ALL // ((1 << COLUMNS) - 1)  # a bit in each row
LAST_COLUMN: Final[Fields] = FIRST_COLUMN << COLUMNS - 1
ROUNDED: Final = 1e-6  # of a field: what sides lose as floating-point numbers
SCALE: Final = 16  # byte * byte / SCALE are levels
UNUSUAL: Final = 2.0  # times what is usual is news
LEAST_LEVELS: Final = 6  # as of `change`: fewer are a camera's
# Of faces of 80, 56 and 40 px that come, 100, 98 and 90 % change a field by so much, of 24 px 60 %; what stirs in the
# recordings does so once in a minute.
STRONG_LEVELS: Final = 40
# A sudden change is news once, not the new measure of what is usual: 30 % of 20 levels are learnt from the first one, a
# byte of 10. The field is restless for half a minute then, and for longer if that happens again: what stirs more rarely
# is news each time.
LEARNT_SHARE, LEARNT_LEVELS = 0.3, 20.0
RESTLESS: Final = 8
FADE_EVERY_MS: Final = 10_000  # a step of the byte
FADED: Final = bytes(max(step - 1, 0) for step in range(256))  # of each byte, what it is a step later
BLOCK: Final = 3  # fields along each side that one look may cover


def usual_levels(step: int) -> float:
    return step * step / SCALE


def news_in(unrest: Unrest, levels: Sequence[int]) -> Fields:
    """The fields that have changed by more than is usual in them."""
    if max(levels) < LEAST_LEVELS:
        return 0
    news = 0
    for field, level in enumerate(levels):  # in every frame in which anything stirs: a generator takes twice as long
        if level >= LEAST_LEVELS and level > UNUSUAL * usual_levels(unrest[field]):
            news |= 1 << field
    return news


def strong_in(levels: Sequence[int]) -> Fields:
    """The fields that have changed by as much as a face that comes changes them."""
    if max(levels) < STRONG_LEVELS:
        return 0
    return _fields(field for field, level in enumerate(levels) if level >= STRONG_LEVELS)


def restless_in(unrest: Unrest) -> Fields:
    """The fields in which something always stirs."""
    if max(unrest) < RESTLESS:  # as in most rooms: a tenth of the time of asking each
        return 0
    restless = 0
    for field, step in enumerate(unrest):
        if step >= RESTLESS:
            restless |= 1 << field
    return restless


def learn(unrest: Unrest, levels: Sequence[int], *, fades: bool) -> Unrest:
    """What is usual after a frame that changed by these levels. `fades` once every `FADE_EVERY_MS`."""
    learnt = bytearray(unrest.translate(FADED) if fades else unrest)
    for field, level in enumerate(levels):
        if level and level > (usual := usual_levels(unrest[field])):
            usual += LEARNT_SHARE * (min(level, UNUSUAL * usual + LEARNT_LEVELS) - usual)
            learnt[field] = min(round(math.sqrt(SCALE * usual)), 255)
    return bytes(learnt)


def block_of(owed: Fields, most: int = BLOCK) -> tuple[int, int, int, int]:
    """Of the fields owed a look those that one look covers: left, top, right and bottom of them, in fields.

    Called with at least one. Its first row is the first in which any is owed, so that looks go through the picture row
    by row, and it has the first of that row and as many others as `most` along each side can hold.
    """
    row, column = divmod((owed & -owed).bit_length() - 1, COLUMNS)
    blocks = (
        fields_between(left, row, left + most, row + most) & owed
        for left in range(max(column - most + 1, 0), column + 1)
    )
    near = [divmod(field, COLUMNS) for field in _places(max(blocks, key=int.bit_count))]
    columns, rows = [place for _, place in near], [place for place, _ in near]
    return min(columns), min(rows), max(columns) + 1, max(rows) + 1


def around(fields: Fields) -> Fields:
    """These fields and all that touch them."""
    beside = fields | (fields & ~LAST_COLUMN) << 1 | (fields & ~FIRST_COLUMN) >> 1
    return (beside | beside << COLUMNS | beside >> COLUMNS) & ALL


def fields_between(left: float, top: float, right: float, bottom: float) -> Fields:
    """The fields of which something is between these sides, in fields."""
    return _fields_of(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))


def fields_within(left: float, top: float, right: float, bottom: float) -> Fields:
    """The fields of which all that is in the picture is between these sides, in fields."""
    return _fields_of(
        math.ceil(left - ROUNDED), math.ceil(top - ROUNDED), math.floor(right + ROUNDED), math.floor(bottom + ROUNDED)
    )


def _fields_of(left: int, top: int, right: int, bottom: int) -> Fields:
    return _fields(
        row * COLUMNS + column
        for row in range(max(top, 0), min(bottom, ROWS))
        for column in range(max(left, 0), min(right, COLUMNS))
    )


def _fields(places: Iterable[int]) -> Fields:
    bits = 0
    for place in places:
        bits |= 1 << place
    return bits


def _places(fields: Fields) -> Iterator[int]:
    return (place for place in range(FIELDS) if fields >> place & 1)
