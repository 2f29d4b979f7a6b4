"""A TensorFlow Lite model as objects that can be changed: its operators, its tensors and their weights.

Format: schema.fbs of TensorFlow Lite (file identifier TFL3). Reading one takes 40 MB that Python never gives back, so
only `model_surgery` does, in a process of its own.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

FILE_IDENTIFIER = b"TFL3"
Weights = npt.NDArray[np.float32] | npt.NDArray[np.int32]


class ModelGraph:
    """A model with one graph. Tensors go by their numbers, as in the file; new ones are added behind."""

    def __init__(self, model: bytes) -> None:
        from ai_edge_litert import schema_py_generated as schema

        self.schema: Any = schema
        self.whole: Any = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
        self.graph: Any = self.whole.subgraphs[0]

    def is_kind(self, operator: Any, kind: str) -> bool:
        """Whether an operator is one of the format's `BuiltinOperator`s by this name."""
        code = self.whole.operatorCodes[operator.opcodeIndex]
        # The older of the two fields holds what fits into a signed byte.
        return bool(max(code.builtinCode, code.deprecatedBuiltinCode) == getattr(self.schema.BuiltinOperator, kind))

    def operators(self, kind: str) -> list[Any]:
        """All of a kind, in order."""
        return [operator for operator in self.graph.operators if self.is_kind(operator, kind)]

    def shape(self, tensor: int) -> list[int]:
        return [int(size) for size in self.graph.tensors[tensor].shape]

    def set_channels(self, tensor: int, channels: int) -> None:
        """Change the last size of a tensor."""
        self.graph.tensors[tensor].shape = [*self.shape(tensor)[:-1], channels]

    def weights(self, tensor: int) -> Weights:
        """What a tensor of weights holds; those kept in half precision as the model's first operators make them."""
        for operator in self.operators("DEQUANTIZE"):
            if int(operator.outputs[0]) == tensor:
                tensor = int(operator.inputs[0])
                break
        for operator in self.operators("DENSIFY"):
            if int(operator.outputs[0]) == tensor:
                return self._dense(int(operator.inputs[0]))
        kept = self.graph.tensors[tensor]
        kinds = self.schema.TensorType
        kind = {kinds.FLOAT16: np.float16, kinds.FLOAT32: np.float32, kinds.INT32: np.int32}[kept.type]
        values = np.frombuffer(bytes(bytearray(self.whole.buffers[kept.buffer].data)), kind).reshape(kept.shape)
        return values if kind is np.int32 else np.asarray(values, np.float32)

    def _dense(self, tensor: int) -> Weights:
        """Weights of which only those that are not nothing are kept: of each row how many, where, and how much."""
        kept = self.graph.tensors[tensor]
        rows = kept.sparsity.dimMetadata[-1]
        ends, places = (np.asarray(part.values, np.intp) for part in (rows.arraySegments, rows.arrayIndices))
        kind = np.float16 if kept.type == self.schema.TensorType.FLOAT16 else np.float32
        values = np.frombuffer(bytes(bytearray(self.whole.buffers[kept.buffer].data)), kind)
        dense = np.zeros((len(ends) - 1, int(kept.shape[-1])), np.float32)
        dense[np.repeat(np.arange(len(ends) - 1), np.diff(ends)), places] = values
        return dense.reshape(kept.shape)

    def add_weights(self, values: Weights) -> int:
        """The number of a new tensor that holds these."""
        buffer, tensor = self.schema.BufferT(), self.schema.TensorT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        self.whole.buffers.append(buffer)
        kinds = self.schema.TensorType
        tensor.type = kinds.INT32 if values.dtype == np.int32 else kinds.FLOAT32
        tensor.shape, tensor.buffer = list(values.shape), len(self.whole.buffers) - 1
        tensor.name = f"added {len(self.graph.tensors)}".encode()
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def become(self, operator: Any, kind: str, options: Any, options_kind: str) -> None:
        """Turn an operator into one of another kind."""
        code = self.schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(self.schema.BuiltinOperator, kind)
        code.version = 1
        self.whole.operatorCodes.append(code)
        operator.opcodeIndex = len(self.whole.operatorCodes) - 1
        operator.builtinOptions = options
        operator.builtinOptionsType = getattr(self.schema.BuiltinOptions, options_kind)

    def body(self) -> bytes:
        """The model as a file."""
        import flatbuffers

        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.whole.Pack(builder), FILE_IDENTIFIER)
        return bytes(builder.Output())
