"""The same numbers out of a model in less time: its operators in the shapes that XNNPACK's kernels like.

Measured on a Sapphire Rapids core, ratio of processor time to the model as it is: mesh .95, eyes .98, short range .85
on the same square and .63 on a picture of 4:3. Scores and landmarks stay the same to the bit, but for `scale_input`,
which rounds elsewhere.
Tried and left: inference in half precision (`xnnpack_flags`; mesh .95, short range .85, full range 1.3, landmarks .12
px away on average, for noise), slopes tiled over whole pictures (1.06), weights already in single precision (.99), 48
and 64 channels for 36 to 88 (.99 beside 32 for 24 and 28).
"""

from typing import Any

import numpy as np

from proctor_engine.detectors.model_graph import ModelGraph

CHANNELS = 3  # the axis of a tensor: batch, rows, columns, channels


def tile_slopes(model: ModelGraph) -> None:
    """Give each PRELU its slopes for a whole row: with one pixel's, XNNPACK calls its kernel for every pixel."""
    for operator in model.operators("PRELU"):
        pixels, slopes = (int(tensor) for tensor in operator.inputs)
        *_, columns, channels = model.shape(pixels)
        row = np.broadcast_to(model.weights(slopes), (1, columns, channels))
        operator.inputs = [pixels, model.add_weights(np.ascontiguousarray(row, np.float32))]


def join_zeros(model: ModelGraph) -> None:
    """More channels of nothing by CONCATENATION, which takes less time than PAD."""
    for operator in model.operators("PAD"):
        pixels, padding = int(operator.inputs[0]), model.weights(int(operator.inputs[1]))
        if padding[:CHANNELS].any() or padding[CHANNELS, 0]:
            continue
        zeros = np.zeros((*model.shape(pixels)[:CHANNELS], int(padding[CHANNELS, 1])), np.float32)
        options = model.schema.ConcatenationOptionsT()
        options.axis = CHANNELS
        model.become(operator, "CONCATENATION", options, "ConcatenationOptions")
        operator.inputs = [pixels, model.add_weights(zeros)]


def scale_input(model: ModelGraph, factor: float) -> None:
    """Let the first convolution do what was done to each pixel before it.

    Its bias becomes single precision too: with one still made of half precision the mesh took 1.5 times as long,
    probably because XNNPACK leaves such a convolution to a slower kernel.
    """
    first = model.operators("CONV_2D")[0]
    before = [int(model.graph.inputs[0]), *(int(operator.outputs[0]) for operator in model.operators("PAD")[:1])]
    assert int(first.inputs[0]) in before
    pixels, weights, bias = (int(tensor) for tensor in first.inputs)
    scaled = np.asarray(model.weights(weights) * np.float32(factor), np.float32)
    first.inputs = [pixels, model.add_weights(scaled), model.add_weights(model.weights(bias))]


def widen_channels(model: ModelGraph, wider: dict[int, int]) -> None:
    """Pad layers of these numbers of channels with channels of nothing.

    XNNPACK multiplies 32 channels faster than 24 (its tiles are 16 wide, and two of them share what they load), and
    a PAD between layers that are now as wide as each other is left out.
    """
    narrow = {number: shape[CHANNELS] for number in range(len(model.graph.tensors)) if (shape := _image(model, number))}
    heads = {int(operator.inputs[0]) for operator in model.operators("RESHAPE")}
    instead: dict[int, int] = {}
    for operator in list(model.graph.operators):
        operator.inputs = [instead.get(int(tensor), int(tensor)) for tensor in operator.inputs]
        if model.is_kind(operator, "CONV_2D"):
            _widen_convolution(model, operator, wider, is_head=int(operator.outputs[0]) in heads)
        elif model.is_kind(operator, "DEPTHWISE_CONV_2D"):
            _widen_convolution(model, operator, wider, is_head=False, is_depthwise=True)
        elif model.is_kind(operator, "PAD"):
            pixels, padded = int(operator.inputs[0]), int(operator.outputs[0])
            added = wider.get(narrow[padded], narrow[padded]) - model.shape(pixels)[CHANNELS]
            padding = model.weights(int(operator.inputs[1])).copy()
            padding[CHANNELS, 1] = added
            operator.inputs = [pixels, model.add_weights(padding)]
            if not added:
                instead[padded] = pixels
                model.graph.operators.remove(operator)
        for tensor in operator.outputs:
            if int(tensor) in narrow and int(tensor) not in heads:
                model.set_channels(int(tensor), wider.get(narrow[int(tensor)], narrow[int(tensor)]))


def _image(model: ModelGraph, tensor: int) -> list[int] | None:
    shape = model.graph.tensors[tensor].shape
    return model.shape(tensor) if shape is not None and len(shape) == CHANNELS + 1 else None


def _widen_convolution(
    model: ModelGraph, operator: Any, wider: dict[int, int], *, is_head: bool, is_depthwise: bool = False
) -> None:
    pixels, weights, bias = (int(tensor) for tensor in operator.inputs)
    kernel, offset = model.weights(weights), model.weights(bias)
    shape = list(kernel.shape)
    shape[CHANNELS] = wider.get(shape[CHANNELS], shape[CHANNELS])
    if not is_depthwise and not is_head:
        shape[0] = wider.get(shape[0], shape[0])
    if shape == list(kernel.shape):
        return
    kept = np.zeros(shape, np.float32)
    kept[tuple(slice(size) for size in kernel.shape)] = kernel
    offsets = np.zeros(shape[CHANNELS] if is_depthwise else shape[0], np.float32)
    offsets[: offset.size] = offset
    operator.inputs = [pixels, model.add_weights(kept), model.add_weights(offsets)]


def keep_numbers(model: ModelGraph, kept: int, of: int) -> None:
    """Let a detector's last convolutions make only the first `kept` of each anchor's numbers."""
    makers = {int(operator.outputs[0]): operator for operator in model.operators("CONV_2D")}
    for operator in model.operators("RESHAPE"):
        convolution, shape = makers[int(operator.inputs[0])], model.shape(int(operator.outputs[0]))
        if shape[-1] != of:
            continue
        pixels, weights, bias = (int(tensor) for tensor in convolution.inputs)
        kernel, offset = model.weights(weights), model.weights(bias)
        rows = [row for row in range(len(kernel)) if row % of < kept]
        convolution.inputs = [pixels, model.add_weights(kernel[rows]), model.add_weights(offset[rows])]
        model.set_channels(int(convolution.outputs[0]), len(rows))
        model.set_channels(int(operator.outputs[0]), kept)
    for operator in model.operators("CONCATENATION"):
        model.set_channels(int(operator.outputs[0]), model.shape(int(operator.inputs[0]))[-1])


def free_shapes(model: ModelGraph) -> None:
    """Let the input have other numbers of rows and columns: what becomes a list takes as many rows as there are."""
    for operator in model.operators("RESHAPE"):
        shape = [1, -1, model.shape(int(operator.outputs[0]))[-1]]
        operator.inputs = [int(operator.inputs[0]), model.add_weights(np.array(shape, np.int32))]
        operator.builtinOptions.newShape = shape
