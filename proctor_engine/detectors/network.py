"""One model, ready to run: LiteRT on one thread, with its tensors in reach."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Tensor: TypeAlias = npt.NDArray[np.float32]


class Network:
    """A model of a child. `inputs[i]()` and `outputs[i]()` are views of the model's own memory, good until `run`.

    Drop each view before calling `run`: LiteRT refuses to run while one is held.
    """

    def __init__(self, model: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        interpreter: Any = Interpreter(model_content=model, num_threads=1)  # one child a core: see child.main
        interpreter.allocate_tensors()
        self.inputs = _views(interpreter, interpreter.get_input_details())
        self.outputs = _views(interpreter, interpreter.get_output_details())
        self.run: Callable[[], None] = interpreter.invoke


def _views(interpreter: Any, details: list[dict[str, Any]]) -> tuple[Callable[[], Tensor], ...]:
    return tuple(interpreter.tensor(detail["index"]) for detail in details)
