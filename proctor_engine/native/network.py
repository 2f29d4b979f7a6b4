"""A network of `detectors.network_plan` laid out for inputs of one size, ready to run."""

import ctypes
import json
from typing import Any

import numpy as np
import numpy.typing as npt

from proctor_engine.native.half_weights import PANEL, HalfStore
from proctor_engine.native.layout import SIXTEEN, Layout, Size, lay_out
from proctor_engine.native.library import LayerStruct, Library, NetworkStruct, PlaceStruct

KINDS = ("stem", "block", "pointwise", "whole", "double")  # as in network.h
MOST_WEIGHTS, MOST_MADE = 65_536, 16_384  # as there
SCRATCH = MOST_WEIGHTS + 3 * MOST_MADE
LINE_BYTES = 64  # of the processor's caches
DEPTHS = (16, 32, 64, 128)  # of `half_tiles.c`
Array = npt.NDArray[Any]


class SinglePlace(PlaceStruct):
    """Of a picture in single precision, in a network whose others are halves."""


class NativeNetwork:
    """Weights, pictures and layers of one network; `struct` is what C takes.

    `in_halves`: as `Library.run_mesh` takes it where the library has halves. Raise `ValueError` where a weight is more
    than a half can hold.
    """

    def __init__(
        self, library: Library, plan: bytes, size: tuple[int, int] | None = None, *, in_halves: bool = False
    ) -> None:
        line, _, stores = plan.partition(b"\n")
        head = json.loads(line)
        singles = np.frombuffer(stores, np.float32, head["singles"])
        halves = np.frombuffer(stores[4 * head["singles"] :], np.float16)
        self._single = _single_tensors(head) if in_halves else frozenset[int]()
        self._number = np.float16 if in_halves else np.float32
        self._layout = lay_out(head, size, self._single)
        if in_halves:
            head, halves = _narrowed(head, self._layout, singles, halves)
        self._singles, self._halves = _kept(singles), _kept(halves)
        layers = (LayerStruct * len(head["layers"]))(*(_struct(layer, self._layout) for layer in head["layers"]))
        self.work = _kept(np.zeros(self._layout.numbers, self._number))
        self._scratch = _kept(np.zeros(SCRATCH, np.float32))
        stored = (self._singles, self._halves, self.work, self._scratch)
        self.struct = NetworkStruct(layers, len(layers), *(store.ctypes.data for store in stored))
        self.inputs = [self.place(tensor) for tensor, _ in head["inputs"]]
        self.outputs = [[self.place(tensor) for tensor, _ in parts] for parts in head["outputs"]]
        self._run = library.run_mesh if in_halves else library.run_layers
        self._arguments = self._run_arguments()

    def run(self) -> None:
        """All layers."""
        self._run(*self._arguments)

    def place(self, tensor: int) -> PlaceStruct:
        size = self._layout.sizes[tensor]
        kind = SinglePlace if tensor in self._single else PlaceStruct
        return kind(self._layout.at[tensor], size.row, size.pixel)

    def view(self, place: PlaceStruct, rows: int, columns: int) -> Array:
        """A picture of the network's, in its own memory."""
        numbers = self.work.view(np.float32) if isinstance(place, SinglePlace) else self.work
        strides = (numbers.itemsize * place.row, numbers.itemsize * place.pixel, numbers.itemsize)
        return np.lib.stride_tricks.as_strided(numbers[place.at :], (rows, columns, place.pixel), strides)

    def _run_arguments(self) -> tuple[Any, ...]:
        struct = self.struct
        pointers = (struct.singles, struct.halves, struct.work, struct.scratch)
        return struct.layers, ctypes.c_int64(struct.count), *(ctypes.c_void_p(pointer) for pointer in pointers)


def _single_tensors(head: dict[str, Any]) -> frozenset[int]:
    """What of a network in halves is not: colours, and what is told of a whole picture."""
    colours = {tensor for tensor, (*_, channels) in head["inputs"] if channels < SIXTEEN}
    return frozenset(colours | {layer["out"] for layer in head["layers"] if layer["kind"] == "whole"})


def _narrowed(
    head: dict[str, Any], layout: Layout, singles: Array, halves: Array
) -> tuple[dict[str, Any], npt.NDArray[np.float16]]:
    store, layers = HalfStore(singles, halves), []
    for layer in head["layers"]:
        source, made = layout.sizes[layer["in"]], layout.sizes[layer["out"]]
        assert _is_in_halves(layer, source, made)
        layers.append(store.narrowed(layer, made.pixel, source.pixel))
    return head | {"layers": layers}, store.kept()


def _is_in_halves(layer: dict[str, Any], source: Size, made: Size) -> bool:
    """Whether `halves.c` has such a layer: it has those of the mesh and of its eyes."""
    is_in_pairs = made.pixel > SIXTEEN or made.columns % 2 == 0
    match layer["kind"]:
        case "stem":
            shape = (layer["side"], layer["stride"], source.pixel, made.pixel)
            return is_in_pairs and shape == (3, 2, 3, SIXTEEN)
        case "block" | "pointwise":
            may_be_narrow = source.pixel == SIXTEEN or made.pixel > SIXTEEN
            is_even = source.pixel > SIXTEEN or made.columns % 2 == 0
            whole_panels = made.pixel == SIXTEEN or made.pixel % PANEL == 0
            return source.pixel in DEPTHS and is_in_pairs and may_be_narrow and is_even and whole_panels
    return bool(layer["kind"] == "whole")


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
