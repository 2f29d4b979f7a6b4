"""A sentence model that a test can make: each word of its vocabulary has a vector, words of one meaning the same.

What it proves is the adapter; how well a real model finds is not for a test to say.
"""

from pathlib import Path
from typing import Any

import numpy as np

MEANINGS = ("parcel package shipment", "refund money reimbursement", "size large small", "shop store open hours")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
DIMENSIONS = len(MEANINGS) + 1


def write_model(folder: Path) -> Path:
    words = [(word, i) for i, meaning in enumerate(MEANINGS) for word in meaning.split()]
    table = np.zeros((len(SPECIAL) + len(words) + 1, DIMENSIONS), np.float32)
    for row, (_, meaning) in enumerate(words, len(SPECIAL)):
        table[row, meaning] = 1
    table[1:4, -1] = 0.05  # what is no word of it says next to nothing
    folder.mkdir(exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join([*SPECIAL, *(word for word, _ in words), "##s"]))
    (folder / "sentences.json").write_text('{"tokens": 16}')
    (folder / "model.tflite").write_bytes(gathering(table))
    return folder


def gathering(table: Any) -> bytes:
    """A model of one operator: token ids to rows of this table."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    def tensor(name: str, shape: list[int], kind: int, buffer: int) -> Any:
        made = schema.TensorT()
        made.name, made.shape, made.type, made.buffer = name.encode(), shape, kind, buffer
        return made

    whole, graph, operator, code = schema.ModelT(), schema.SubGraphT(), schema.OperatorT(), schema.OperatorCodeT()
    empty, held = schema.BufferT(), schema.BufferT()
    held.data = np.frombuffer(table.tobytes(), np.uint8)
    kinds = schema.TensorType
    graph.tensors = [
        tensor("table", list(table.shape), kinds.FLOAT32, 1),
        tensor("ids", [1, 16], kinds.INT32, 0),
        tensor("out", [1, 16, table.shape[1]], kinds.FLOAT32, 0),
    ]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.GATHER
    code.version = 1
    operator.opcodeIndex, operator.inputs, operator.outputs = 0, [0, 1], [2]
    operator.builtinOptions = schema.GatherOptionsT()
    operator.builtinOptionsType = schema.BuiltinOptions.GatherOptions
    graph.inputs, graph.outputs, graph.operators = [1], [2], [operator]
    whole.version, whole.subgraphs, whole.operatorCodes, whole.buffers = 3, [graph], [code], [empty, held]
    builder = flatbuffers.Builder(1 << 14)
    builder.Finish(whole.Pack(builder), b"TFL3")
    return bytes(builder.Output())
