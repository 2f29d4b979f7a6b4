"""A network of `detectors.network_plan` laid out for inputs of one size, ready to run."""

import ctypes
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from proctor_engine.native.layout import Layout, lay_out
from proctor_engine.native.library import LayerStruct, Library, NetworkStruct, PlaceStruct

KINDS = ("stem", "block", "pointwise", "whole", "double")  # as in network.h
MOST_WEIGHTS, MOST_MADE = 65_536, 16_384  # as there
SCRATCH = MOST_WEIGHTS + 3 * MOST_MADE
LINE_BYTES = 64  # of the processor's caches
Array = npt.NDArray[Any]


class NativeNetwork:
    """Weights, pictures and layers of one network; `struct` is what C takes."""

    def __init__(self, library: Library, plan: bytes, size: tuple[int, int] | None = None) -> None:
        line, _, stores = plan.partition(b"\n")
        head = json.loads(line)
        singles_bytes = 4 * head["singles"]
        self._singles = _kept(np.frombuffer(stores, np.float32, head["singles"]))
        self._halves = _kept(np.frombuffer(stores[singles_bytes:], np.uint16))
        self._layout = lay_out(head, size)
        layers = (LayerStruct * len(head["layers"]))(*(_struct(layer, self._layout) for layer in head["layers"]))
        self.work = _kept(np.zeros(self._layout.numbers, np.float32))
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
        size = self._layout.sizes[tensor]
        return PlaceStruct(self._layout.at[tensor], size.row, size.pixel)

    def view(self, place: PlaceStruct, rows: int, columns: int) -> npt.NDArray[np.float32]:
        """A picture of the network's, in its own memory."""
        strides = (4 * place.row, 4 * place.pixel, 4)
        return np.lib.stride_tricks.as_strided(self.work[place.at :], (rows, columns, place.pixel), strides)

    def _run_arguments(self) -> tuple[Any, ...]:
        struct = self.struct
        pointers = (struct.singles, struct.halves, struct.work, struct.scratch)
        return struct.layers, ctypes.c_int64(struct.count), *(ctypes.c_void_p(pointer) for pointer in pointers)


def _struct(layer: dict[str, Any], layout: Layout) -> LayerStruct:
    """A layer in the form that C knows; what it would not have room for is refused here."""
    source, made, added = layout.sizes[layer["in"]], layout.sizes[layer["out"]], layout.sizes.get(layer["add"])
    deepest, weights = max(source.pixel, made.pixel), layer["depth"] * made.pixel
    # Both a row of depthwise results and one of what is added have to fit.
    assert layer["kind"] == "whole" or (weights <= MOST_WEIGHTS and made.columns * deepest <= MOST_MADE)
    numbers = source.rows * source.columns * source.pixel
    assert layer["kind"] != "whole" or numbers == layer["depth"] <= MOST_MADE
    assert added is None or layer["add_kind"] == 0 or added.pixel <= made.pixel
    add = (layout.at[layer["add"]], added.row, added.pixel, added.pixel) if added is not None else (0, 0, 0, 0)
    return LayerStruct(
        *(KINDS.index(layer["kind"]), layer["stride"], layer["pad"], layer["side"]),
        *(layout.at[layer["in"]], source.row, source.pixel, source.rows, source.columns, source.pixel),
        *(layout.at[layer["out"]], made.row, made.pixel, made.rows, made.columns, made.pixel),
        *(layer["add_kind"], *add),
        *(layer[name] for name in ("depth", "depth_weights", "depth_bias", "halves", "singles", "bias", "slope")),
    )


def _kept(numbers: Array) -> Array:
    """A copy that begins where a line of the caches does."""
    room = np.zeros(numbers.size + LINE_BYTES // numbers.itemsize, numbers.dtype)
    begin = -room.ctypes.data % LINE_BYTES // numbers.itemsize
    own = room[begin : begin + numbers.size]
    own[:] = numbers
    return own
