"""One model, ready to run: LiteRT on one thread, with its tensors in reach."""

import ctypes
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Tensor: TypeAlias = npt.NDArray[np.float32]


class Network:
    """A model of a child. `inputs[i]` and `outputs[i]` are the model's own memory: write there, `run`, read there.

    LiteRT's own views are made anew for every use, and it refuses to run while one is held.
    These are made once, from the addresses, which stay as long as no input changes its size: `run` checks nothing.
    """

    def __init__(self, model: bytes, input_shape: tuple[int, ...] | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        interpreter: Any = Interpreter(model_content=model, num_threads=1)  # one child a core: see child.main
        if input_shape is not None:
            interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], input_shape)
        interpreter.allocate_tensors()
        interpreter.invoke()  # what is left for the first run to set up
        self.inputs = _memory_of(interpreter, interpreter.get_input_details())
        self.outputs = _memory_of(interpreter, interpreter.get_output_details())
        self.run: Callable[[], None] = interpreter.invoke  # keeps the interpreter, and with it the memory


def _memory_of(interpreter: Any, details: list[dict[str, Any]]) -> tuple[Tensor, ...]:
    return tuple(_own(interpreter.tensor(detail["index"])()) for detail in details)


def _own(view: Tensor) -> Tensor:
    """The same memory, without the reference to the interpreter that keeps it from running."""
    numbers = (ctypes.c_float * view.size).from_address(view.ctypes.data)
    return np.ctypeslib.as_array(numbers).reshape(view.shape)
