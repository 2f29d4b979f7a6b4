"""A network of `detectors.network_plan` laid out for inputs of one size, ready to run."""

import ctypes
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from proctor_engine.native.library import LayerStruct, Library, NetworkStruct, PlaceStruct

KINDS = ("stem", "block", "pointwise", "whole", "double")  # as in network.h
MOST_WEIGHTS, MOST_MADE = 65_536, 16_384  # as there
SCRATCH = MOST_WEIGHTS + 3 * MOST_MADE
SIXTEEN = 16
LINE_BYTES = 64  # of the processor's caches
INPUT_BORDER, BORDER = 2, 1  # pixels of nothing around a picture: as many as a kernel of 5 or 3 looks beyond
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Picture:
    at: int  # where the first pixel begins in the network's store
    row: int  # numbers to the next row
    pixel: int
    rows: int
    columns: int
    channels: int


class NativeNetwork:
    """Weights, pictures and layers of one network; `struct` is what C takes."""

    def __init__(self, library: Library, plan: bytes, size: tuple[int, int] | None = None) -> None:
        line, _, stores = plan.partition(b"\n")
        head = json.loads(line)
        singles_bytes = 4 * head["singles"]
        self._singles = _kept(np.frombuffer(stores, np.float32, head["singles"]))
        self._halves = _kept(np.frombuffer(stores[singles_bytes:], np.uint16))
        self._pictures: dict[int, _Picture] = {}
        self._free: dict[tuple[int, int, int], list[int]] = {}
        self._used = 0
        for tensor, shape in head["inputs"]:
            rows, columns = size or shape[1:3]
            self._pictures[tensor] = self._placed(rows, columns, shape[3])
        layers = (LayerStruct * len(head["layers"]))(*self._laid_out(head))
        self.work = _kept(np.zeros(self._used, np.float32))
        self._scratch = _kept(np.zeros(SCRATCH, np.float32))
        stored = (self._singles, self._halves, self.work, self._scratch)
        self.struct = NetworkStruct(layers, len(layers), *(store.ctypes.data for store in stored))
        self.inputs = [self.place(tensor) for tensor, _ in head["inputs"]]
        self.outputs = [[self.place(tensor) for tensor, _ in parts] for parts in head["outputs"]]
        self._run, self._arguments = library.run_layers, self._run_arguments()

    def run(self) -> None:
        """All layers."""
        self._run(*self._arguments)

    def place(self, tensor: int) -> PlaceStruct:
        picture = self._pictures[tensor]
        return PlaceStruct(picture.at, picture.row, picture.pixel)

    def view(self, place: PlaceStruct, rows: int, columns: int) -> npt.NDArray[np.float32]:
        """A picture of the network's, in its own memory."""
        strides = (4 * place.row, 4 * place.pixel, 4)
        return np.lib.stride_tricks.as_strided(self.work[place.at :], (rows, columns, place.pixel), strides)

    def _run_arguments(self) -> tuple[Any, ...]:
        struct = self.struct
        pointers = (struct.singles, struct.halves, struct.work, struct.scratch)
        return struct.layers, ctypes.c_int64(struct.count), *(ctypes.c_void_p(pointer) for pointer in pointers)

    def _laid_out(self, head: dict[str, Any]) -> list[LayerStruct]:
        """Places for all pictures; one that nobody looks at any more makes room for the next of its size."""
        layers = head["layers"]
        kept = {tensor for tensor, _ in head["inputs"]} | {tensor for parts in head["outputs"] for tensor, _ in parts}
        last_use = {layer[use]: place for place, layer in enumerate(layers) for use in ("in", "add")}
        structs = []
        for place, layer in enumerate(layers):
            source = self._pictures[layer["in"]]
            rows, columns = _size(layer, source)
            made = self._pictures[layer["out"]] = self._placed(rows, columns, layer["channels"])
            structs.append(_struct(layer, source, made, self._pictures.get(layer["add"])))
            for tensor in {layer["in"], layer["add"]} - kept:
                if tensor in self._pictures and last_use[tensor] == place:
                    done = self._pictures[tensor]
                    self._free.setdefault((done.rows, done.columns, done.pixel), []).append(done.at)
        return structs

    def _placed(self, rows: int, columns: int, channels: int) -> _Picture:
        is_colours = channels < SIXTEEN and not self._pictures
        pixel = channels if is_colours else _whole(channels)
        border = INPUT_BORDER if is_colours else BORDER
        row = (columns + 2 * border) * pixel
        if free := self._free.get((rows, columns, pixel)):
            return _Picture(free.pop(), row, pixel, rows, columns, channels)
        at = self._used + border * (row + pixel)
        # Beyond the last border one pixel more: what is written four numbers at a time may reach there.
        self._used += _whole((rows + 2 * border) * row + SIXTEEN)
        return _Picture(at, row, pixel, rows, columns, channels)


def _size(layer: dict[str, Any], source: _Picture) -> tuple[int, int]:
    match layer["kind"]:
        case "whole":
            return 1, 1
        case "double":
            return 2 * source.rows, 2 * source.columns
    return -(-source.rows // layer["stride"]), -(-source.columns // layer["stride"])


def _struct(layer: dict[str, Any], source: _Picture, made: _Picture, added: _Picture | None) -> LayerStruct:
    """A layer in the form that C knows; what it would not have room for is refused here."""
    channels, deepest = source.pixel, max(source.pixel, made.pixel)
    weights = layer["depth"] * made.pixel
    # Both a row of depthwise results and one of what is added have to fit.
    assert layer["kind"] == "whole" or (weights <= MOST_WEIGHTS and made.columns * deepest <= MOST_MADE)
    assert layer["kind"] != "whole" or source.rows * source.columns * channels == layer["depth"] <= MOST_MADE
    assert added is None or layer["add_kind"] == 0 or added.pixel <= made.pixel
    add = (added.at, added.row, added.pixel, added.pixel) if added is not None else (0, 0, 0, 0)
    return LayerStruct(
        *(KINDS.index(layer["kind"]), layer["stride"], layer["pad"], layer["side"]),
        *(source.at, source.row, source.pixel, source.rows, source.columns, channels),
        *(made.at, made.row, made.pixel, made.rows, made.columns, made.pixel),
        *(layer["add_kind"], *add),
        *(layer[name] for name in ("depth", "depth_weights", "depth_bias", "halves", "singles", "bias", "slope")),
    )


def _whole(numbers: int) -> int:
    return -(-numbers // SIXTEEN) * SIXTEEN


def _kept(numbers: Array) -> Array:
    """A copy that begins where a line of the caches does."""
    room = np.zeros(numbers.size + LINE_BYTES // numbers.itemsize, numbers.dtype)
    begin = -room.ctypes.data % LINE_BYTES // numbers.itemsize
    own = room[begin : begin + numbers.size]
    own[:] = numbers
    return own
