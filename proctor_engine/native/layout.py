"""Where a network's pictures lie in its store: few places, so that most of them stay in the processor's caches.

A picture that no layer looks at any more makes room for the next. A block of the same size writes into the picture that
it looks at, a row further up: when a row is written, the row above it has been looked at for the last time. Both bring
the mesh from 3.3 MB to 1.4 and the full-range detector from 8.1 to 3.5, and what runs between two networks with them.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

SIXTEEN = 16
INPUT_BORDER, BORDER = 2, 1  # pixels of nothing around a picture: as many as a kernel of 5 or 3 looks beyond
Head: TypeAlias = dict[str, Any]  # of a plan: see `detectors.network_plan`


@dataclass(frozen=True, slots=True)
class Size:
    """Of a picture; but for rows and columns in numbers of the store."""

    rows: int
    columns: int
    pixel: int  # channels, and those of nothing behind them
    border: int

    @property
    def row(self) -> int:
        return (self.columns + 2 * self.border) * self.pixel

    @property
    def corner(self) -> int:
        """Before the first pixel."""
        return self.border * (self.row + self.pixel)

    @property
    def all(self) -> int:
        """With the border, and one pixel more: what is written four numbers at a time may reach there."""
        return whole((self.rows + 2 * self.border) * self.row + SIXTEEN)


@dataclass(frozen=True, slots=True)
class Layout:
    """Of each tensor its picture's size and where the first pixel begins; how many numbers they take in all."""

    sizes: dict[int, Size]
    at: dict[int, int]
    numbers: int


def lay_out(head: Head, input_size: tuple[int, int] | None, doubled: frozenset[int] = frozenset()) -> Layout:
    """Of a network for inputs of so many rows and columns, or as many as the plan names. Called by `NativeNetwork`.

    `doubled` are tensors of numbers twice as long as the others: their places count such numbers, the store the others.
    """
    sizes, store = _sizes(head, input_size), _Store()
    heirs, last_uses, kept = _heirs(head, sizes), _last_uses(head), _kept(head)
    begins, at = dict[int, int](), dict[int, int]()

    def place_alone(tensor: int, above: int = 0) -> None:
        scale = 2 if tensor in doubled else 1
        begins[tensor] = store.take(scale * (above + sizes[tensor].all))
        at[tensor] = begins[tensor] // scale + above + sizes[tensor].corner

    for tensor, _ in head["inputs"]:
        place_alone(tensor)
    for place, layer in enumerate(head["layers"]):
        source, made = layer["in"], layer["out"]
        if heirs.get(source) == made:
            begins[made], at[made] = begins.pop(source), at[source] - sizes[made].row
        else:
            place_alone(made, _heirs_after(heirs, made) * sizes[made].row)
        for tensor in {source, layer["add"]} - kept:
            if tensor in begins and last_uses[tensor] == place:
                store.give_back(begins.pop(tensor))
    return Layout(sizes, at, store.numbers)


def whole(numbers: int) -> int:
    """So many and what is missing to whole sixteens."""
    return -(-numbers // SIXTEEN) * SIXTEEN


class _Store:
    """What is taken of a store while layers are laid out."""

    def __init__(self) -> None:
        self._taken: list[tuple[int, int]] = []  # begin and end, in order
        self.numbers = 0

    def take(self, numbers: int) -> int:
        """The first room for so many."""
        begin = 0
        for taken, end in self._taken:
            if taken - begin >= numbers:
                break
            begin = end
        self._taken = sorted([*self._taken, (begin, begin + numbers)])
        self.numbers = max(self.numbers, begin + numbers)
        return begin

    def give_back(self, begin: int) -> None:
        self._taken = [taken for taken in self._taken if taken[0] != begin]


def _sizes(head: Head, input_size: tuple[int, int] | None) -> dict[int, Size]:
    sizes: dict[int, Size] = {}
    for tensor, (_, rows, columns, channels) in head["inputs"]:
        # Only colours come in threes, and lie as they are cut out.
        pixel, border = (channels, INPUT_BORDER) if channels < SIXTEEN else (whole(channels), BORDER)
        down, across = input_size or (rows, columns)
        sizes[tensor] = Size(down, across, pixel, border)
    for layer in head["layers"]:
        down, across = _rows_and_columns(layer, sizes[layer["in"]])
        sizes[layer["out"]] = Size(down, across, whole(layer["channels"]), BORDER)
    return sizes


def _rows_and_columns(layer: Head, source: Size) -> tuple[int, int]:
    match layer["kind"]:
        case "whole":
            return 1, 1
        case "double":
            return 2 * source.rows, 2 * source.columns
    return -(-source.rows // layer["stride"]), -(-source.columns // layer["stride"])


def _heirs(head: Head, sizes: dict[int, Size]) -> dict[int, int]:
    """Of pictures that are looked at for the last time by a block of their size: what it makes, in their place."""
    last_uses, kept = _last_uses(head), _kept(head)
    return {
        layer["in"]: layer["out"]
        for place, layer in enumerate(head["layers"])
        if (layer["kind"], layer["stride"]) == ("block", 1)
        and layer["in"] not in kept
        and last_uses[layer["in"]] == place
        and sizes[layer["in"]] == sizes[layer["out"]]
    }


def _heirs_after(heirs: dict[int, int], tensor: int) -> int:
    count = 0
    while (heir := heirs.get(tensor)) is not None:
        tensor, count = heir, count + 1
    return count


def _last_uses(head: Head) -> dict[int, int]:
    """The layer that looks at a tensor last."""
    return {layer[use]: place for place, layer in enumerate(head["layers"]) for use in ("in", "add")}


def _kept(head: Head) -> set[int]:
    """What whoever runs a network writes or reads."""
    return {tensor for tensor, _ in head["inputs"]} | {tensor for parts in head["outputs"] for tensor, _ in parts}
