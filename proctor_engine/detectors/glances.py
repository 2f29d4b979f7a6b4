"""Which changed place of a frame the full-range detector looks at.

What has changed in a calm part of the picture is owed a look until it has had it; what always stirs has looks by turns,
and may not spend the last ones. Used by the tracker, one for each frame.
"""

from typing import Final

from proctor_engine.detectors import unrest, windows
from proctor_engine.detectors.box_detector import Window
from proctor_engine.detectors.change import Change, Stir
from proctor_engine.detectors.memory import SessionMemory
from proctor_engine.detectors.unrest import Fields

# Looks at changed places: a store, so that a scene in which everything always moves costs no more than this. What
# always stirs may not spend its last ones, and where it only stirs as usual fewer still: they are there at once for who
# comes in a calm part of the picture.
GLANCES_MOST: Final = 6.0
GLANCES_PER_SECOND: Final = 0.3
KEPT_FOR_CALM: Final = 2.0
KEPT_FOR_NEWS: Final = 4.0


class Glances:
    """What a session's memory says of its looks, and what this frame makes of it; the attributes go into the next."""

    def __init__(self, before: SessionMemory, at_ms: int) -> None:
        self.unrest, self.owed, self.awaited = before.unrest, before.owed, before.awaited
        self.left = min(before.glances + (at_ms - before.at_ms) / 1_000 * GLANCES_PER_SECOND, GLANCES_MOST)
        self.change: Change | None = None
        self._size_px = before.width_px, before.height_px
        self._restless: Fields = 0
        self._unusual: Fields = 0  # restless fields that stir more than they do

    def take_in(self, stir: Stir, *, fades: bool) -> None:
        """What is news and owed a look, and what is usual from now on. `fades` once every `unrest.FADE_EVERY_MS`."""
        self.change = stir.news
        if self.unrest != unrest.CALM:
            self._restless = unrest.restless_in(self.unrest)
        elif stir.news is None:
            return
        news = unrest.news_in(self.unrest, stir.levels)
        self.owed |= news & ~self._restless
        self._unusual = news & self._restless
        if self._unusual and not news & ~self._restless:
            self.change = None
        if fades or any(stir.levels):
            self.unrest = unrest.learn(self.unrest, stir.levels, fades=fades)

    def spend(self) -> Window | None:
        """Where to look now, paid for; None where nothing is owed a look or none is left."""
        window = self._window() if self.left >= 1 else None
        if window is not None:
            self.left -= 1
            shown = windows.fields_at(window, *self._size_px)
            self.owed, self.awaited = self.owed & ~shown, self.awaited & ~shown
        return window

    def _window(self) -> Window | None:
        """Where something has changed, now or since: calm fields first, then restless ones by turns."""
        if self.owed and self.change is not None:
            window = windows.change_window(self.change, *self._size_px)
            if window is not None and windows.fields_at(window, *self._size_px) & self.owed:
                return window
        if self.owed:
            return windows.owed_window(self.owed, *self._size_px)
        if self._unusual and self.left >= 1 + KEPT_FOR_CALM:
            return windows.owed_window(self._unusual, *self._size_px)
        if not self._restless or self.left < 1 + KEPT_FOR_NEWS:
            return None
        self.awaited = self.awaited & self._restless or self._restless  # or the next round
        return windows.owed_window(self.awaited, *self._size_px)
