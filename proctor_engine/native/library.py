"""The compiled library, loaded once, and the C structures it shares with Python."""

import ctypes
import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from proctor_engine.native.build import HALVES_LEVEL, library_path

Function = Callable[..., int]


class LayerStruct(ctypes.Structure):
    """`Layer` of network.h."""

    _fields_ = tuple(
        (name, ctypes.c_int64)
        for name in (
            *("kind", "stride", "pad", "side"),
            *("in_at", "in_row", "in_pixel", "in_rows", "in_columns", "in_channels"),
            *("out_at", "out_row", "out_pixel", "out_rows", "out_columns", "out_channels"),
            *("add_kind", "add_at", "add_row", "add_pixel", "add_channels"),
            *("depth", "depth_weights", "depth_bias", "halves", "singles", "bias", "slope"),
        )
    )


class NetworkStruct(ctypes.Structure):
    """`Network` of faces.h."""

    _fields_ = (
        ("layers", ctypes.POINTER(LayerStruct)),
        ("count", ctypes.c_int64),
        ("singles", ctypes.c_void_p),
        ("halves", ctypes.c_void_p),
        ("work", ctypes.c_void_p),
        ("scratch", ctypes.c_void_p),
    )


class PictureStruct(ctypes.Structure):
    """`Picture` of faces.h."""

    _fields_ = (
        ("pixels", ctypes.c_void_p),
        ("rows", ctypes.c_int64),
        ("columns", ctypes.c_int64),
        ("channels", ctypes.c_int64),
    )


class PlaceStruct(ctypes.Structure):
    """`Place` of faces.h."""

    _fields_ = (("at", ctypes.c_int64), ("row", ctypes.c_int64), ("pixel", ctypes.c_int64))


class GlimpseStruct(ctypes.Structure):
    """`Glimpse` of frames.c."""

    _fields_ = (
        ("light", ctypes.c_double),
        ("contrast", ctypes.c_double),
        ("rough_print", ctypes.c_uint64),
        ("has_thumb", ctypes.c_int64),
        ("has_prints", ctypes.c_int64),
        ("thumb", ctypes.c_uint8 * (32 * 24)),
        ("small", ctypes.c_uint8 * (64 * 48)),
    )


class GridStruct(ctypes.Structure):
    """`Grid` of boxes.c."""

    _fields_ = (
        ("logits", PlaceStruct),
        ("boxes", PlaceStruct),
        *((name, ctypes.c_int64) for name in ("rows", "columns", "repeats", "numbers", "block")),
        ("cells", ctypes.c_double),
    )


@dataclass(frozen=True, slots=True)
class Library:
    """What was compiled, in the best form that this processor runs."""

    level: int  # as `build.LEVELS` counts
    run_layers: Function
    run_mesh: Function
    fit_mesh: Function
    find_boxes: Function
    glimpse: Function
    find_change: Function
    measure_part: Function
    measure_whole: Function
    measure_groups: Function
    decode_jpeg: Function

    @property
    def name(self) -> str:
        """Of the instruction set."""
        return f"x86-64-v{min(self.level, HALVES_LEVEL - 1)}" + (" and FP16" if self.has_halves else "")

    @property
    def has_halves(self) -> bool:
        """Whether `run_mesh` takes pictures and weights in half precision."""
        return self.level >= HALVES_LEVEL


FUNCTIONS = tuple(field.name for field in fields(Library) if field.name != "level")


@functools.cache
def load_library(level: int | None = None) -> Library | None:
    """The best of these levels, or the one that is asked for; None where it was not built or not for this processor.

    Then LiteRT and OpenCV do the work.
    """
    try:
        loaded: Any = ctypes.CDLL(str(library_path()))
    except OSError:
        return None
    best = int(loaded.best_level())
    chosen = best if level is None else level
    if not 0 < chosen <= best:
        return None
    return Library(chosen, *(getattr(loaded, f"{name}_v{chosen}") for name in FUNCTIONS))
