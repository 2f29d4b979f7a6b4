"""Cuts a part out of a TensorFlow Lite model, as a model of its own.

mediapipe's attention mesh cannot be loaded outside mediapipe: three of its operations (Landmarks2TransformMatrix,
TransformTensorBilinear, TransformLandmarks) exist only there. Everything before and after them is ordinary, so the
graph is cut at their edges and the three are a few lines of numpy: see `attention_mesh`.

`python -m proctor_engine.detectors.model_surgery MODEL FOLDER` writes both halves; `model_files` runs it so, once, in
a process of its own, because reading a model as Python objects takes 40 MB that a child would never give back.

Format: schema.fbs of TensorFlow Lite (file identifier TFL3).
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_IDENTIFIER = b"TFL3"
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


def cut(model: bytes, part: Part) -> bytes:
    """The operations between the part's inputs and outputs, with only their tensors and weights."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    whole = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    graph = whole.subgraphs[0]
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
    builder = flatbuffers.Builder(len(model))
    builder.Finish(whole.Pack(builder), FILE_IDENTIFIER)
    return bytes(builder.Output())


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


def write_part(model: bytes, part: Part, folder: Path) -> Path:
    """Cut a part and put it under a name that carries its own hash; a reader sees a whole file or none."""
    body = cut(model, part)
    final = folder / f"{part.name}-{hashlib.sha256(body).hexdigest()}.tflite"
    descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=f".{part.name}-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    Path(unfinished).replace(final)
    return final


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    for piece in (MESH_PART, EYES_PART):
        write_part(source.read_bytes(), piece, target)
