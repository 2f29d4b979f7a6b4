"""Which squares of a picture the full-range detector looks at: it sees a face of a tenth of the square's side.

Of faces of 80, 56, 40 and 24 px planted in pictures 640 wide, the sweep's twelve tiles of 240 px show 100, 100, 100
and 91 %; six of 320 px would show 98, 92, 88 and 66 %.
"""

from proctor_engine.detectors.box_detector import Window
from proctor_engine.detectors.change import Change
from proctor_engine.detectors.regions import MARGIN, Region
from proctor_engine.detectors.unrest import BLOCK, COLUMNS, ROWS, Fields, block_of, fields_between, fields_within

LEAST_PX = 144  # around a change, which need not be all of a face
AROUND_CHANGE = 1.25
AROUND_OWED = 1.1  # a face at the edge of a field reaches into the next
# A quarter of the window is face: of sides two to six times a face's, 98-100 % are found; of eight, 91-97 %;
# of thirteen (24 px in a tile), 57-72 %.
AROUND_FACE = 4 / MARGIN
SWEEP_STEPS = 13  # windows of a sweep at most


def sweep_windows(width_px: int, height_px: int) -> tuple[Window, ...]:
    """The whole picture, then squares of three eighths of its longer side: four along it, three across."""
    long, short = max(width_px, height_px), min(width_px, height_px)
    side = long * 3 / 8
    along = tuple((long - side) * step / 3 for step in range(4))
    across = tuple((short - side) * step / 2 for step in range(3)) if short > side else ((short - side) / 2,)
    tiles = [(a, b) if width_px >= height_px else (b, a) for b in across for a in along]
    whole = Window((width_px - long) / 2, (height_px - long) / 2, long)
    return (whole, *(Window(left, top, side) for left, top in tiles))


def change_window(change: Change, width_px: int, height_px: int) -> Window | None:
    """A square around what has changed; None when that is no smaller than a tile, which the sweep looks at."""
    left, right = change.left * width_px, change.right * width_px
    top, bottom = change.top * height_px, change.bottom * height_px
    side = max(right - left, bottom - top) * AROUND_CHANGE
    if side > max(width_px, height_px) / 2:
        return None
    return _square((left + right) / 2, (top + bottom) / 2, max(side, LEAST_PX))


def owed_window(owed: Fields, width_px: int, height_px: int, most: int = BLOCK) -> Window:
    """A square around the first fields owed a look, `most` along each side; inside the picture if it can be."""
    left, top, right, bottom = block_of(owed, most)
    across, down = width_px / COLUMNS, height_px / ROWS
    side = max(max((right - left) * across, (bottom - top) * down) * AROUND_OWED, LEAST_PX)
    return Window(
        _within((left + right) / 2 * across, side, width_px), _within((top + bottom) / 2 * down, side, height_px), side
    )


def fields_at(window: Window, width_px: int, height_px: int) -> Fields:
    """The fields that a look through the window shows whole: of one that it cuts, it may cut the face."""
    return fields_within(*_in_fields(window, width_px, height_px))


def fields_touched(window: Window, width_px: int, height_px: int) -> Fields:
    """The fields of which a look through the window shows something."""
    return fields_between(*_in_fields(window, width_px, height_px))


def _in_fields(window: Window, width_px: int, height_px: int) -> tuple[float, float, float, float]:
    across, down, side = width_px / COLUMNS, height_px / ROWS, window.side_px
    left, top = window.left_px / across, window.top_px / down
    return left, top, left + side / across, top + side / down


def _within(middle: float, side: float, length: float) -> float:
    """Where a side begins that lies around the middle, or as near to that as the picture's length lets it."""
    if side >= length:
        return (length - side) / 2
    return min(max(middle - side / 2, 0.0), length - side)


def face_window(face: Region, wider: float = 1.0) -> Window:
    """A square around where a face was, of the size in which it is found best or so many times as wide."""
    return _square(face.x_px, face.y_px, face.side_px * AROUND_FACE * wider)


def _square(x: float, y: float, side: float) -> Window:
    return Window(x - side / 2, y - side / 2, side)
