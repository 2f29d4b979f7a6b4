"""Makes the models that run out of those that mediapipe brings: parts of them, in shapes that run faster.

mediapipe's attention mesh cannot be loaded outside mediapipe: three of its operations (Landmarks2TransformMatrix,
TransformTensorBilinear, TransformLandmarks) exist only there. Everything before and after them is ordinary, so the
graph is cut at their edges and the three are a few lines of numpy: see `attention_mesh`. What is done to a part so that
it takes less time is in `model_rewriting`.

`python -m proctor_engine.detectors.model_surgery MESH SHORT_RANGE FULL_RANGE FOLDER` writes all parts, and of each the
plan by which `proctor_engine.native` runs it without LiteRT. `model_files` runs it so, once, in a process of its own,
because reading a model as Python objects takes 40 MB that a child would never give back.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proctor_engine.detectors.model_graph import ModelGraph
from proctor_engine.detectors.model_rewriting import (
    free_shapes,
    join_zeros,
    keep_numbers,
    scale_input,
    tile_slopes,
    widen_channels,
)
from proctor_engine.detectors.network_plan import Planner

NO_TENSOR = -1  # an optional input that is left out


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a model by the numbers of its first and last tensors."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


# face_landmark_with_attention.tflite of mediapipe 0.10.21, which `model_files` knows by its hash.
# The lips head is left out: a tenth of the model's time for landmarks that no signal needs.
MESH_PART = Part("mesh", inputs=(0,), outputs=(186, 35, 710))  # picture -> mesh, feature map, face flag
EYES_PART = Part("eyes", inputs=(200, 201), outputs=(687, 690, 693, 696))  # two eye cut-outs -> contours and irises
# face_detection_short_range.tflite, whole: picture -> boxes, logits
SHORT_PART = Part("short", inputs=(0,), outputs=(175, 174))
PARTS = (MESH_PART, EYES_PART, SHORT_PART)
WIDER = {24: 32, 28: 32}  # channels of its first layers, on the largest pictures
KEPT_NUMBERS, ALL_NUMBERS = 8, 16  # of an anchor: centre, size and both eyes; four more keypoints are of no use here
# What a pixel's 0..255 is multiplied with before the model, which the models do themselves from now on.
MESH_SCALE, DETECTOR_SCALE = 1 / 255, 2 / 255


def prepare_plan(part: Part | None, model: bytes) -> bytes:
    """The same part as layers for `native/network.c`; None is the full-range detector, which is taken whole."""
    if part is not None:
        return Planner(ModelGraph(prepare(part, model))).plan()
    graph = ModelGraph(model)
    scale_input(graph, DETECTOR_SCALE)
    return Planner(graph).plan()


def prepare(part: Part, model: bytes) -> bytes:
    """A part of a model, in the shapes in which it runs."""
    graph = ModelGraph(model)
    if part.name == SHORT_PART.name:
        widen_channels(graph, WIDER)
        keep_numbers(graph, KEPT_NUMBERS, ALL_NUMBERS)
        free_shapes(graph)
        scale_input(graph, DETECTOR_SCALE)
    else:
        tile_slopes(graph)
        join_zeros(graph)
        scale_input(graph, MESH_SCALE)
    return cut(graph, part)


def cut(model: ModelGraph, part: Part) -> bytes:
    """The operations between the part's inputs and outputs, with only their tensors and weights."""
    whole, graph = model.whole, model.graph
    graph.operators = _operators_between(graph.operators, part)
    kept = {*part.inputs, *part.outputs}
    for operator in graph.operators:
        kept.update(int(tensor) for tensor in (*operator.inputs, *operator.outputs) if tensor != NO_TENSOR)
    renumbered = {old: new for new, old in enumerate(sorted(kept))} | {NO_TENSOR: NO_TENSOR}
    for operator in graph.operators:
        operator.inputs = [renumbered[int(tensor)] for tensor in operator.inputs]
        operator.outputs = [renumbered[int(tensor)] for tensor in operator.outputs]
    graph.tensors = [graph.tensors[tensor] for tensor in sorted(kept)]
    graph.inputs = [renumbered[tensor] for tensor in part.inputs]
    graph.outputs = [renumbered[tensor] for tensor in part.outputs]
    whole.buffers = _buffers_of(graph.tensors, whole.buffers)
    whole.metadata = whole.metadataBuffer = whole.signatureDefs = None
    return model.body()


def _operators_between(operators: Sequence[Any], part: Part) -> list[Any]:
    """Walk back from the outputs to the inputs; what was passed on the way is the part, in its old order."""
    maker_of = {int(tensor): place for place, operator in enumerate(operators) for tensor in operator.outputs}
    passed: set[int] = set()
    known = set(part.inputs)
    to_visit = list(part.outputs)
    while to_visit:
        tensor = to_visit.pop()
        if tensor in known or tensor not in maker_of:  # weights have no maker
            continue
        known.add(tensor)
        passed.add(maker_of[tensor])
        to_visit.extend(int(needed) for needed in operators[maker_of[tensor]].inputs)
    return [operators[place] for place in sorted(passed)]


def _buffers_of(tensors: Sequence[Any], buffers: Sequence[Any]) -> list[Any]:
    """The buffers these tensors use, renumbered in place; number 0 is the format's empty buffer."""
    kept, places = [buffers[0]], {0: 0}
    for tensor in tensors:
        if tensor.buffer not in places:
            places[tensor.buffer] = len(kept)
            kept.append(buffers[tensor.buffer])
        tensor.buffer = places[tensor.buffer]
    return kept


def write_body(name: str, body: bytes, folder: Path) -> Path:
    """Put a part under a name that carries its own hash; a reader sees a whole file or none."""
    final = folder / f"{name}-{hashlib.sha256(body).hexdigest()}.part"
    descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    Path(unfinished).replace(final)
    return final


def write_parts(mesh_model: bytes, short_model: bytes, full_model: bytes, folder: Path) -> None:
    """Make all parts and their plans. Called by `model_files`, in a process of its own."""
    for part in PARTS:
        model = short_model if part is SHORT_PART else mesh_model
        write_body(part.name, prepare(part, model), folder)
        write_body(f"{part.name}_plan", prepare_plan(part, model), folder)
    write_body("full_plan", prepare_plan(None, full_model), folder)


if __name__ == "__main__":
    mesh, short, full, target = (Path(argument) for argument in sys.argv[1:])
    write_parts(mesh.read_bytes(), short.read_bytes(), full.read_bytes(), target)
