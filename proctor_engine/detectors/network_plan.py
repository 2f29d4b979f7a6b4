"""A model as the layers that `native/network.c` runs: each with all that can be done while its rows are near.

A pointwise convolution takes the depthwise one before it, the sum and the activation behind it. Weights are laid in
panels of the output channels that are worked on at once, and stay in half precision where the model has them so.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from proctor_engine.detectors.model_graph import ModelGraph

SIXTEEN, PANEL = 16, 32  # channels come in whole sixteens; a panel has 32, the last one perhaps 16
ROWS, COLUMNS, CHANNELS = 1, 2, 3  # axes of a tensor
ADD_NOTHING, ADD_SAME, ADD_LARGEST = range(3)  # as in native/network.h
WEIGHTS_ALONE = ("DEQUANTIZE", "DENSIFY")  # operators whose results are weights: see `ModelGraph.weights`
RECTIFIED = 1  # `ActivationFunctionType.RELU`
Floats = npt.NDArray[np.float32]


class NotPlanned(Exception):
    """The model has something that no layer does."""


def whole(channels: int) -> int:
    """So many channels and those of nothing behind them."""
    return -(-channels // SIXTEEN) * SIXTEEN


class Planner:
    """Walks a model's operators in order and makes layers of them."""

    def __init__(self, model: ModelGraph) -> None:
        self._model = model
        self._layers: list[dict[str, Any]] = []
        self._maker: dict[int, dict[str, Any]] = {}
        self._depthwise: dict[int, dict[str, Any]] = {}
        self._pooled: dict[int, int] = {}
        self._like: dict[int, int] = {}  # tensors that are others, with channels of nothing or in another shape
        self._around: dict[int, int] = {}  # with a border
        self._doubled: dict[int, int] = {}
        self._spread: dict[int, int] = {}  # of which a cell's channels become four cells
        self._lists: dict[int, list[int]] = {}
        self._takers: dict[str, Callable[[Any, list[int], int], None]] = {
            "CONV_2D": self._convolve,
            "DEPTHWISE_CONV_2D": self._convolve_depthwise,
            "MAX_POOL_2D": self._pool,
            "PAD": self._pad,
            "CONCATENATION": self._join,
            "RESHAPE": self._reshape,
            "RESIZE_BILINEAR": self._resize,
            "DEPTH_TO_SPACE": self._spread_out,
            "ADD": self._add,
            "PRELU": self._bend,
            "RELU": self._bend,
        }
        self._singles: list[Floats] = []
        self._halves: list[npt.NDArray[np.float16]] = []

    def plan(self) -> bytes:
        """A line of JSON, then the weights in single and in half precision."""
        for operator in self._model.graph.operators:
            self._take(operator)
        outputs = [self._parts(int(tensor)) for tensor in self._model.graph.outputs]
        singles = np.concatenate([*self._singles, np.zeros(0, np.float32)])
        halves = np.concatenate([*self._halves, np.zeros(0, np.float16)])
        inputs = [(int(tensor), self._model.shape(int(tensor))) for tensor in self._model.graph.inputs]
        head = {"inputs": inputs, "layers": self._layers, "outputs": outputs, "singles": len(singles)}
        return b"".join((json.dumps(head).encode(), b"\n", singles.tobytes(), halves.tobytes()))

    def _parts(self, tensor: int) -> list[tuple[int, int]]:
        """The pictures, and how many channels of them count, that one after the other are an output."""
        parts = self._lists.get(tensor, [tensor])
        sources = [self._source(part) for part in parts]
        return [
            (picture, self._channels(picture)) for picture in (self._spread.get(source, source) for source in sources)
        ]

    def _take(self, operator: Any) -> None:
        inputs, output = [int(tensor) for tensor in operator.inputs], int(operator.outputs[0])
        for kind, take in self._takers.items():
            if self._model.is_kind(operator, kind):
                take(operator, inputs, output)
                return
        if not any(self._model.is_kind(operator, kind) for kind in WEIGHTS_ALONE):
            raise NotPlanned(f"an operator of kind {operator.opcodeIndex}")

    def _pool(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._pooled[output] = self._source(inputs[0])

    def _pad(self, _operator: Any, inputs: list[int], output: int) -> None:
        if self._model.weights(inputs[1])[ROWS:CHANNELS].any():
            self._around[output] = self._source(inputs[0])
        else:
            self._like[output] = inputs[0]

    def _reshape(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._like[output] = inputs[0]

    def _resize(self, _operator: Any, inputs: list[int], output: int) -> None:
        self._doubled[output] = self._source(inputs[0])

    def _bend(self, operator: Any, inputs: list[int], output: int) -> None:
        """PRELU or RELU: slopes below zero, one for each channel or none."""
        slopes = np.zeros(self._channels(output), np.float32)
        if self._model.is_kind(operator, "PRELU"):
            slopes[:] = self._model.weights(inputs[1]).reshape(-1, len(slopes))[0]
        self._activate(inputs[0], output, slopes)

    def _join(self, _operator: Any, inputs: list[int], output: int) -> None:
        if len(self._model.shape(output)) > CHANNELS:  # with zeros
            self._like[output] = inputs[0]
        else:
            self._lists[output] = inputs

    def _convolve_depthwise(self, operator: Any, inputs: list[int], output: int) -> None:
        pixels, weights, bias = inputs
        kernel, options = self._model.weights(weights), operator.builtinOptions
        if kernel.shape[1:3] != (3, 3):
            raise NotPlanned(f"a depthwise kernel of {kernel.shape}")
        bordered = pixels in self._around
        source = self._around.get(pixels, pixels)
        source = self._source(source)
        channels = kernel.shape[CHANNELS]
        padded = np.zeros((9, whole(channels)), np.float32)
        padded[:, :channels] = kernel.reshape(9, channels)
        stride = int(options.strideW)
        pad = 1 if bordered else self._same_pad(source, stride, 3)
        self._depthwise[output] = {
            "in": source,
            "stride": stride,
            "pad": pad,
            "depth_weights": self._keep(padded),
            "depth_bias": self._keep(self._padded(self._model.weights(bias))),
        }

    def _same_pad(self, source: int, stride: int, side: int) -> int:
        size = self._model.shape(source)[COLUMNS]
        return max((-(-size // stride) - 1) * stride + side - size, 0) // 2

    def _convolve(self, operator: Any, inputs: list[int], output: int) -> None:
        pixels, weights, bias = inputs
        kernel, shape = self._model.weights(weights), self._model.shape(output)
        side, stride = kernel.shape[1], int(operator.builtinOptions.strideW)
        layer: dict[str, Any] = {"side": side, "stride": 1, "pad": 0}
        if pixels in self._depthwise:
            layer |= self._depthwise[pixels] | {"kind": "block"}
        elif side == 1:
            layer |= {"kind": "pointwise", "in": self._source(pixels)}
        elif shape[ROWS:CHANNELS] == [1, 1]:
            layer |= {"kind": "whole", "in": self._source(pixels)}
        else:
            source = self._around.get(pixels, self._source(pixels))
            pad = 1 if pixels in self._around else self._same_pad(source, stride, side)
            layer |= {"kind": "stem", "in": source, "stride": stride, "pad": pad}
        is_rectified = operator.builtinOptions.fusedActivationFunction == RECTIFIED
        self._end_with(layer, output, kernel, self._model.weights(bias), is_rectified=is_rectified)

    def _end_with(
        self,
        layer: dict[str, Any],
        output: int,
        kernel: npt.NDArray[Any],
        bias: npt.NDArray[Any],
        *,
        is_rectified: bool,
    ) -> None:
        """Add a layer with this convolution at its end."""
        channels, side, _, own = kernel.shape
        kept = own if layer["kind"] == "stem" else whole(own)
        spread = np.zeros((whole(channels), side, side, kept), np.float32)
        spread[:channels, :, :, :own] = kernel
        panels = spread.reshape(whole(channels), -1).T
        packed = np.concatenate([panels[:, at : at + PANEL].ravel() for at in range(0, whole(channels), PANEL)])
        layer = {"depth_weights": -1, "depth_bias": -1, "add_kind": ADD_NOTHING, "add": -1} | layer
        layer |= {"out": output, "channels": channels, "depth": side * side * kept} | self._keep_packed(packed)
        layer["bias"] = self._keep(self._padded(bias))
        layer["slope"] = self._keep(np.full(whole(channels), 0 if is_rectified else 1, np.float32))
        layer["done"] = is_rectified
        self._layers.append(layer)
        self._maker[output] = layer

    def _keep_packed(self, packed: Floats) -> dict[str, int]:
        halves = packed.astype(np.float16)
        if not (halves.astype(np.float32) == packed).all():
            return {"halves": -1, "singles": self._keep(packed)}
        place = sum(len(part) for part in self._halves)
        self._halves.append(halves)
        return {"halves": place, "singles": -1}

    def _spread_out(self, _operator: Any, inputs: list[int], output: int) -> None:
        """DEPTH_TO_SPACE of a depthwise convolution: behind that a pointwise one that changes nothing is put."""
        (depthwise,) = inputs
        self._spread[output] = depthwise
        layer, channels = self._depthwise[depthwise] | {"kind": "block", "side": 1}, self._channels(depthwise)
        same = np.eye(channels, dtype=np.float32).reshape(channels, 1, 1, channels)
        self._end_with(layer, depthwise, same, np.zeros(channels, np.float32), is_rectified=False)

    def _add(self, operator: Any, inputs: list[int], output: int) -> None:
        if any(tensor in self._doubled for tensor in inputs):
            (doubled,) = (tensor for tensor in inputs if tensor in self._doubled)
            (other,) = (tensor for tensor in inputs if tensor != doubled)
            self._double(doubled, other, output)
            return
        mine = next(tensor for tensor in reversed(inputs) if self._may_add(tensor))
        layer = self._maker.pop(mine)
        (other,) = (tensor for tensor in inputs if tensor != mine)
        known = self._source(other)
        layer["add_kind"] = ADD_LARGEST if known in self._pooled else ADD_SAME
        layer |= {"add": self._pooled.get(known, known), "out": output}
        self._maker[output] = layer
        if operator.builtinOptions.fusedActivationFunction == RECTIFIED:
            self._activate(output, output, np.zeros(layer["channels"], np.float32))

    def _double(self, doubled: int, other: int, output: int) -> None:
        layer: dict[str, Any] = dict.fromkeys(("depth_weights", "depth_bias", "halves", "singles", "bias", "slope"), -1)
        layer |= {"kind": "double", "in": self._doubled[doubled], "side": 1, "stride": 1, "pad": 0, "depth": 0}
        layer |= {"add_kind": ADD_SAME, "add": self._source(other), "out": output, "channels": self._channels(output)}
        self._layers.append(layer | {"done": True})

    def _may_add(self, tensor: int) -> bool:
        layer = self._maker.get(tensor)
        return layer is not None and not layer["done"] and layer["add_kind"] == ADD_NOTHING

    def _activate(self, tensor: int, output: int, slopes: Floats) -> None:
        layer = self._maker.pop(tensor)
        layer |= {"slope": self._keep(self._padded(slopes)), "out": output, "done": True}
        self._maker[output] = layer

    def _source(self, tensor: int) -> int:
        while tensor in self._like:
            tensor = self._like[tensor]
        return tensor

    def _channels(self, tensor: int) -> int:
        return self._model.shape(tensor)[CHANNELS]

    def _padded(self, values: npt.NDArray[Any]) -> Floats:
        padded = np.zeros(whole(len(values)), np.float32)
        padded[: len(values)] = values
        return padded

    def _keep(self, values: Floats) -> int:
        place = sum(len(part) for part in self._singles)
        self._singles.append(np.ravel(values).astype(np.float32))
        return place
