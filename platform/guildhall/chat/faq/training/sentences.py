"""The optional tier: sentences as vectors, by a model that the owner brings. Nothing is downloaded; no torch is needed.

A folder (`faq.sentence_model_folder`) with

- `model.tflite`: token ids, int32 [1, n], in; vectors, float32 [1, n, d] or [1, d], out. Further inputs are told apart
  by their names: with "mask" in it, 1 for each token that counts; with "type" in it, zeros.
- `vocab.txt`: its WordPiece vocabulary, a piece a line.
- `sentences.json`, if the rest is not as usual: `{"tokens": 64, "lower_case": true, "pooling": "mean"}`, or "first".

Sentence-transformers of BERT's kind are such a model once they are converted to LiteRT. Its name is the hash of these
files, and stands in each matcher that was trained with it: with another model, or without one, a matcher answers by its
terms alone until it is trained anew.
"""

import hashlib
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guildhall.chat.faq.rules.features import TEXT_CHARACTERS
from guildhall.chat.faq.rules.matching import Floats
from guildhall.chat.faq.rules.wordpiece import PADDING, NoVocabulary, read_vocabulary

KEPT_MOST: Final = 4_096
"""Vectors that are kept (policy: drop the one used longest ago): a training asks for the same phrasings many times."""


class NoSentenceModel(ValueError):
    """The folder holds no model that can be used; says what is wrong."""


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: int = Field(64, ge=4, le=512)
    lower_case: bool = True
    pooling: Literal["mean", "first"] = "mean"


class SentenceModel:
    """An `Embedder`. Opened once by each process that matches or trains; may be asked from several threads."""

    def __init__(self, folder: Path) -> None:
        """Raises NoSentenceModel."""
        try:
            model, vocabulary = (folder / "model.tflite").read_bytes(), (folder / "vocab.txt").read_bytes()
            described = folder / "sentences.json"
            shape = described.read_bytes() if described.exists() else b"{}"
            self._shape = Shape.model_validate_json(shape)
            self._pieces = read_vocabulary(vocabulary.decode().splitlines(), lowers=self._shape.lower_case)
            self._open(model)
        except (OSError, ValidationError, NoVocabulary, UnicodeDecodeError) as fault:
            raise NoSentenceModel(f"{folder} holds no sentence model: {fault}") from fault
        except (ValueError, RuntimeError, KeyError, IndexError) as fault:  # whatever the interpreter makes of the file
            raise NoSentenceModel(f"The model in {folder} does not run: {fault}") from fault
        self.name = hashlib.sha256(b"\0".join((model, vocabulary, shape))).hexdigest()[:16]
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Floats] = OrderedDict()
        self.dimensions = len(self.embed("a"))

    def embed(self, text: str) -> Floats:
        """Of unit length; zeros for nothing at all."""
        with self._lock:
            known = self._kept.get(text)
            if known is None:
                known = self._kept[text] = self._embed(text[:TEXT_CHARACTERS])
                if len(self._kept) > KEPT_MOST:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(text)
            return known

    def _open(self, model: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter  # slow to import, and only for whoever has such a model

        self._interpreter: Any = Interpreter(model_content=model, num_threads=1)
        for one in self._interpreter.get_input_details():
            self._interpreter.resize_tensor_input(one["index"], [1, self._shape.tokens])
        self._interpreter.allocate_tensors()
        self._inputs: list[Any] = self._interpreter.get_input_details()
        self._output: int = self._interpreter.get_output_details()[0]["index"]

    def _embed(self, text: str) -> Floats:
        ids = self._pieces.encode(text, self._shape.tokens)
        tokens = np.full((1, self._shape.tokens), self._pieces.ids[PADDING], np.int32)
        tokens[0, : len(ids)] = ids
        mask = np.zeros_like(tokens)
        mask[0, : len(ids)] = 1
        for one in self._inputs:
            name = str(one["name"]).lower()
            given = mask if "mask" in name else np.zeros_like(tokens) if "type" in name else tokens
            self._interpreter.set_tensor(one["index"], given.astype(one["dtype"]))
        self._interpreter.invoke()
        found = np.asarray(self._interpreter.get_tensor(self._output), np.float32)[0]
        if found.ndim > 1:
            found = found[0] if self._shape.pooling == "first" else found[: len(ids)].mean(axis=0)
        length = float(np.linalg.norm(found))
        return np.asarray(found / length if length else found, np.float32)


def open_sentence_model(folder: Path | str | None) -> SentenceModel | None:
    """None where the owner has none. Raises NoSentenceModel."""
    return SentenceModel(Path(folder)) if folder else None
