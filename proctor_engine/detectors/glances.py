"""Which changed place of a frame the full-range detector looks at.

What has changed in a calm part of the picture is owed a look until one has shown it whole, and first what has changed
by as much as a face that comes changes it. What always stirs has looks by turns, and may not spend the last ones. Used
by the tracker, one for each frame.
"""

from typing import Final

from proctor_engine.detectors import unrest, windows
from proctor_engine.detectors.box_detector import Window
from proctor_engine.detectors.change import Change, Stir
from proctor_engine.detectors.memory import SessionMemory
from proctor_engine.detectors.unrest import Fields

# Looks at changed places: a store, so that a scene in which everything always moves costs no more than this. Its last
# ones are kept for what changes as a face would that comes: the very last for calm parts of the picture.
GLANCES_MOST: Final = 6.0
GLANCES_PER_SECOND: Final = 0.3
KEPT_FOR_CALM: Final = 1.0
KEPT_FOR_STRONG: Final = 2.0
KEPT_FOR_NEWS: Final = 4.0
TURN_FIELDS: Final = 4  # along each side of a look at what always stirs: half as many looks as of three make a round


class Glances:
    """What a session's memory says of its looks, and what this frame makes of it; the attributes go into the next."""

    def __init__(self, before: SessionMemory, at_ms: int) -> None:
        self.unrest = before.unrest
        self.pressing, self.owed, self.awaited = before.pressing, before.owed, before.awaited
        self.left = min(before.glances + (at_ms - before.at_ms) / 1_000 * GLANCES_PER_SECOND, GLANCES_MOST)
        self.change: Change | None = None
        self.stirring: Change | None = None  # the change, where it is in restless fields alone
        self._size_px = before.width_px, before.height_px
        self._restless: Fields = 0
        self._unusual: Fields = 0  # restless fields that stir more than they do, and strongly

    def take_in(self, stir: Stir, *, fades: bool) -> None:
        """What is news and owed a look, and what is usual from now on. `fades` once every `unrest.FADE_EVERY_MS`."""
        self.change = stir.news
        if self.unrest != unrest.CALM:
            self._restless = unrest.restless_in(self.unrest)
        if not any(stir.levels):
            if fades:
                self.unrest = unrest.learn(self.unrest, stir.levels, fades=True)
            return
        if stir.news is None and self.unrest == unrest.CALM:
            return
        news, strong = unrest.news_in(self.unrest, stir.levels), unrest.strong_in(stir.levels)
        calm = news & ~self._restless
        self.owed |= calm
        # A face may be half before what always stirs: a look at its calm half alone would cut it.
        self.pressing |= calm & strong | unrest.around(calm & strong) & self._restless
        self._unusual = news & strong & self._restless
        if news and not calm:
            self.change, self.stirring = None, self.change
        self.unrest = unrest.learn(self.unrest, stir.levels, fades=fades)

    def spend(self) -> Window | None:
        """Where to look now, paid for; None where nothing is owed a look or none is left."""
        window = self._window() if self.left >= 1 else None
        if window is not None:
            self.left -= 1
            shown = windows.fields_at(window, *self._size_px)
            self.pressing, self.owed, self.awaited = self.pressing & ~shown, self.owed & ~shown, self.awaited & ~shown
        return window

    def _window(self) -> Window | None:
        """Where something has changed, now or since: strongly, then at all in calm fields; then restless ones."""
        if self.pressing:
            return self._at_change(self.pressing)
        if self._unusual and self.left >= 1 + KEPT_FOR_CALM:
            return windows.owed_window(self._unusual, *self._size_px)
        if self.owed and self.left >= 1 + KEPT_FOR_STRONG:
            return self._at_change(self.owed)
        if not self._restless or self.left < 1 + KEPT_FOR_NEWS:
            return None
        self.awaited = self.awaited & self._restless or self._restless  # or the next round
        return windows.owed_window(self.awaited, *self._size_px, TURN_FIELDS)

    def _at_change(self, owed: Fields) -> Window:
        """Around this frame's change, if that is owed a look and no street beside it hides the rest of a face."""
        if self.change is not None:
            window = windows.change_window(self.change, *self._size_px)
            if window is not None:
                touched = windows.fields_touched(window, *self._size_px)
                if touched & owed and not touched & self._restless & owed:
                    return window
        return windows.owed_window(owed, *self._size_px)
