"""A plan's weights as `halves.c` reads them: in half precision, two input channels side by side.

Sums of even and of odd channels grow in one register, and are added when a pixel is done. So of each 32 channels one
register holds what the even ones, another what the odd ones make of two numbers of a pixel.
"""

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

SIXTEEN, PANEL = 16, 32
MIDDLE, LIGHTEST = 128, 255  # of colours, as in halves.c
Head = dict[str, Any]
Halves = npt.NDArray[np.float16]
Singles = npt.NDArray[np.float32]


class HalfStore:
    """What is kept of one network, layer after layer."""

    def __init__(self, singles: Singles, halves: Halves) -> None:
        self._singles, self._halves = singles, halves
        self._parts: list[Halves] = []
        self._size = 0

    def kept(self) -> Halves:
        """All of it."""
        return np.concatenate(self._parts)

    def narrowed(self, layer: Head, channels: int, source: int) -> Head:
        """The layer with its places in this store; of so many channels, out of so many.

        Raise `ValueError` where a number is too large for a half: then its network runs in single precision.
        """
        layer = copy.copy(layer)
        weights = self._weights(layer, channels)
        if layer["kind"] == "whole":  # whose bias and sums are single
            return layer | {"halves": self._keep(weights), "singles": -1}
        columns, bias = _columns(weights, channels), self._taken(layer["bias"], channels)
        if layer["kind"] == "stem":
            columns, bias = _for_colours(columns, bias, layer["side"])
        layer |= {"halves": self._keep(_paired(columns)), "singles": -1, "bias": self._keep(bias)}
        if layer["kind"] == "block":
            layer["depth_weights"] = self._keep(self._taken(layer["depth_weights"], 9 * source))
            layer["depth_bias"] = self._keep(self._taken(layer["depth_bias"], source))
        return layer | {"slope": self._keep(self._taken(layer["slope"], channels))}

    def _weights(self, layer: Head, channels: int) -> Singles:
        count = layer["depth"] * channels
        if layer["halves"] >= 0:
            return self._halves[layer["halves"] : layer["halves"] + count].astype(np.float32)
        return self._taken(layer["singles"], count)

    def _taken(self, place: int, count: int) -> Singles:
        return self._singles[place : place + count]

    def _keep(self, numbers: Singles) -> int:
        with np.errstate(over="ignore"):
            halves = numbers.astype(np.float16).ravel()
        if not np.isfinite(halves).all():
            raise ValueError("a weight that no half can hold")
        place = self._size
        missing = -len(halves) % PANEL  # so that each begins where a register does
        self._parts += [halves, np.zeros(missing, np.float16)]
        self._size += len(halves) + missing
        return place


def _for_colours(columns: Singles, bias: Singles, side: int) -> tuple[Singles, Singles]:
    """A stem's weights of colours from 0 to 1, which are what its model has and exact, around the middle.

    Of each line there is one more, so that its numbers are pairs: what is read there counts nothing.
    """
    lines = (columns * LIGHTEST).reshape(side, -1, columns.shape[1])
    return np.pad(lines, ((0, 0), (0, 1), (0, 0))).reshape(-1, columns.shape[1]), bias + MIDDLE * columns.sum(axis=0)


def _columns(packed: Singles, channels: int) -> Singles:
    """A row for each number that is summed, a column for each channel: out of panels."""
    depth = len(packed) // channels
    panels = [packed[depth * at : depth * min(at + PANEL, channels)] for at in range(0, channels, PANEL)]
    return np.concatenate([panel.reshape(depth, -1) for panel in panels], axis=1)


def _paired(columns: Singles) -> Singles:
    """Of each panel and each two rows: those two for its even channels, then for its odd ones."""
    depth, channels = columns.shape
    pairs = columns.reshape(depth // 2, 2, channels).transpose(0, 2, 1)
    if channels == SIXTEEN:
        return pairs.ravel()
    panels = pairs.reshape(depth // 2, channels // PANEL, SIXTEEN, 2, 2)  # pair, panel, channel, even or odd, number
    return panels.transpose(1, 0, 3, 2, 4).ravel()
