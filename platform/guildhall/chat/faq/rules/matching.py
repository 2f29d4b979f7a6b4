"""Which entry a question means. Pure arithmetic over plain arrays: nothing that is stored is ever executed.

A question is a vector of two halves (pieces of words; words and pairs), each log-counted, weighted by rarity, of unit
length, as scikit-learn's TfidfVectorizer does with sublinear_tf and smooth_idf. Multinomial logistic regression over it
says how probable each entry is; the cosine to each phrasing says how like it is to something that was written down.
"""

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from guildhall.chat.faq.rules.features import CHARACTERS, WORDS, normalised, terms

FORMAT: Final = 1
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


class NoMatcher(ValueError):
    """These bytes are no matcher of this version."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry that a question may mean.

    `probability` is among all entries; `likeness` the cosine, 0 to 1, to `phrasing`, the entry's nearest.
    """

    entry_id: str
    probability: float
    likeness: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every known term with its column and rarity; a word's term begins with `w`, a piece's with `c`."""

    columns: Mapping[str, int]
    rarity: Floats

    def vector(self, text: str) -> tuple[Ints, Floats]:
        """Columns and values of a question, each half of unit length; empty where nothing of it is known."""
        columns: list[int] = []
        values: list[float] = []
        for kind, counts in zip((CHARACTERS, WORDS), terms(text), strict=True):
            known = [(self.columns[kind + term], n) for term, n in counts.items() if kind + term in self.columns]
            weights = [(1 + math.log(n)) * float(self.rarity[column]) for column, n in known]
            length = math.sqrt(sum(weight * weight for weight in weights)) or 1.0
            columns += [column for column, _ in known]
            values += [weight / length for weight in weights]
        return np.array(columns, np.int32), np.array(values, np.float32)


class Embedder(Protocol):
    """The port of the optional tier: a sentence as a vector. `training.sentences` has the one there is."""

    name: str
    """Of the model: vectors of another one mean something else."""
    dimensions: int

    def embed(self, text: str) -> Floats:
        """Of unit length; may be called from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class Dense:
    """What a matcher learned beside its terms, from vectors of the embedder of this name.

    `sparse` is columns x entries and `weights` dimensions x entries, fitted together; `phrasings` is phrasings x
    dimensions.
    """

    embedder: str
    sparse: Floats
    weights: Floats
    bias: Floats
    phrasings: Floats


@dataclass(frozen=True, slots=True)
class Matcher:
    """Made by `training`, kept as a blob.

    `weights` is columns x entries; `starts`, `holders` and `values` are, by column, the phrasings that hold it.
    """

    vocabulary: Vocabulary
    entry_ids: tuple[str, ...]
    weights: Floats
    bias: Floats
    phrasings: tuple[str, ...]
    owners: Ints
    """By phrasing, its entry's place in `entry_ids`; rising."""
    starts: Ints
    holders: Ints
    values: Floats
    exact: Mapping[str, int]
    """By normalised phrasing, the one entry that has it."""
    dense: Dense | None = None
    embedder: Embedder | None = None
    """Of this process, never stored; the terms alone count where it is none or another one."""

    @property
    def is_slow(self) -> bool:
        """Whether a question takes long enough (10 ms) to be asked beside the event loop."""
        return self._dense is not None

    @property
    def _dense(self) -> Dense | None:
        if self.dense is None or self.embedder is None or self.embedder.name != self.dense.embedder:
            return None
        return self.dense

    def rank(self, text: str, most: int = 5) -> tuple[Candidate, ...]:
        """The entries it may mean, the most probable first; none where nothing of it is known."""
        columns, values = self.vocabulary.vector(text)
        dense = self._dense
        if dense is None and not len(columns):
            return ()
        if dense is None or self.embedder is None:
            scores = values @ self.weights[columns] + self.bias
        else:
            scores = values @ dense.sparse[columns] + self.embedder.embed(text) @ dense.weights + dense.bias
        probabilities = softmax(scores)
        nearest, likeness = self._nearest(text, columns, values)
        order = np.argsort(-probabilities, kind="stable")[:most]
        return tuple(
            Candidate(self.entry_ids[i], float(probabilities[i]), float(likeness[i]), self.phrasings[int(nearest[i])])
            for i in order
        )

    def alike(self, text: str, most: int = 5) -> tuple[Candidate, ...]:
        """The entries by likeness alone: for the cold start, and to find what an answer may rest on."""
        columns, values = self.vocabulary.vector(text)
        if self._dense is None and not len(columns):
            return ()
        nearest, likeness = self._nearest(text, columns, values)
        order = np.argsort(-likeness, kind="stable")[:most]
        return tuple(
            Candidate(self.entry_ids[i], 0.0, float(likeness[i]), self.phrasings[int(nearest[i])])
            for i in order
            if likeness[i] > 0
        )

    def exactly(self, text: str) -> str:
        """The one entry that has this phrasing, but for case and signs; "" for none."""
        found = self.exact.get(normalised(text))
        return "" if found is None else self.entry_ids[found]

    def _nearest(self, text: str, columns: Ints, values: Floats) -> tuple[Ints, Floats]:
        """By entry, its nearest phrasing and the cosine to it: the mean of both halves, or that of the vectors."""
        cosines = np.zeros(len(self.phrasings))
        if len(columns):
            spans = [slice(self.starts[column], self.starts[column + 1]) for column in columns]
            holders = np.concatenate([self.holders[span] for span in spans])
            products = np.concatenate([self.values[span] * value for span, value in zip(spans, values, strict=True)])
            cosines = np.bincount(holders, products, minlength=len(self.phrasings)) / 2
        if (dense := self._dense) is not None and self.embedder is not None:
            cosines = np.maximum(cosines, dense.phrasings @ self.embedder.embed(text))
        begins = np.searchsorted(self.owners, np.arange(len(self.entry_ids)))
        best = np.maximum.reduceat(cosines, begins)
        is_best = cosines >= best[self.owners]
        places = np.flatnonzero(is_best)
        _, first = np.unique(self.owners[places], return_index=True)
        return places[first].astype(np.int32), np.minimum(best, 1.0).astype(np.float32)


def vocabulary_of(phrasings: Sequence[str]) -> Vocabulary:
    """Every term of them; rarity is ln((1 + n) / (1 + holders)) + 1."""
    held: dict[str, int] = {}
    for phrasing in phrasings:
        for kind, counts in zip((CHARACTERS, WORDS), terms(phrasing), strict=True):
            for term in counts:
                held[kind + term] = held.get(kind + term, 0) + 1
    names = sorted(held)
    rarity = [math.log((1 + len(phrasings)) / (1 + held[name])) + 1 for name in names]
    return Vocabulary({name: i for i, name in enumerate(names)}, np.array(rarity, np.float32))


def softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), np.float32)


def exact_phrasings(phrasings: Sequence[str], owners: Sequence[int]) -> dict[str, int]:
    """Those that belong to one entry alone, normalised."""
    found: dict[str, set[int]] = {}
    for phrasing, owner in zip(phrasings, owners, strict=True):
        found.setdefault(normalised(phrasing), set()).add(int(owner))
    return {text: owners.pop() for text, owners in found.items() if len(owners) == 1 and text}


def as_bytes(matcher: Matcher) -> bytes:
    """For the blob: plain arrays and JSON texts in numpy's own container, which `from_bytes` reads without pickle."""
    columns = sorted(matcher.vocabulary.columns, key=lambda term: matcher.vocabulary.columns[term])
    texts = {"format": FORMAT, "terms": columns, "entries": matcher.entry_ids, "phrasings": matcher.phrasings}
    out = io.BytesIO()
    np.savez_compressed(
        out,
        texts=np.frombuffer(json.dumps(texts, ensure_ascii=False).encode(), np.uint8),
        rarity=matcher.vocabulary.rarity,
        weights=matcher.weights.astype(np.float16),  # half the bytes; moves no probability by more than 0.001
        bias=matcher.bias,
        owners=matcher.owners,
        starts=matcher.starts,
        holders=matcher.holders,
        values=matcher.values,
        **_dense_arrays(matcher.dense),
    )
    return out.getvalue()


def _dense_arrays(dense: Dense | None) -> dict[str, npt.NDArray[Any]]:
    if dense is None:
        return {}
    return {
        "dense_name": np.frombuffer(dense.embedder.encode(), np.uint8),
        "dense_sparse": dense.sparse.astype(np.float16),
        "dense_weights": dense.weights.astype(np.float16),
        "dense_bias": dense.bias,
        "dense_phrasings": dense.phrasings.astype(np.float16),
    }


def _dense_of(found: Any, terms_: int, entries: int, phrasings: int) -> Dense | None:
    """Raises NoMatcher where they do not fit the rest."""
    if "dense_name" not in found:
        return None
    name = found["dense_name"].tobytes().decode()
    sparse, weights, bias, vectors = (
        found[f"dense_{part}"].astype(np.float32) for part in ("sparse", "weights", "bias", "phrasings")
    )
    dimensions = weights.shape[0] if weights.ndim == 2 else -1  # noqa: PLR2004 - rows and columns
    fits = sparse.shape == (terms_, entries) and weights.shape == (dimensions, entries) and bias.shape == (entries,)
    if not fits or vectors.shape != (phrasings, dimensions):
        raise NoMatcher("The vectors of this matcher do not fit the rest of it.")
    return Dense(name, sparse, weights, bias, vectors)


def from_bytes(body: bytes) -> Matcher:
    """Raises NoMatcher for whatever else is stored there: each array is held against the others before it is used."""
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as found:
            texts: dict[str, Any] = json.loads(found["texts"].tobytes())
            arrays = {
                name: found[name] for name in ("rarity", "weights", "bias", "owners", "starts", "holders", "values")
            }
            dense = _dense_of(found, len(texts["terms"]), len(texts["entries"]), len(texts["phrasings"]))
    except NoMatcher:
        raise
    except Exception as error:  # numpy and zipfile raise whatever the bytes lead them to
        raise NoMatcher(f"This is no matcher: {error}") from error
    if texts.get("format") != FORMAT:
        raise NoMatcher(f"This matcher has format {texts.get('format')}, not {FORMAT}.")
    names, entry_ids, phrasings = texts["terms"], tuple(texts["entries"]), tuple(texts["phrasings"])
    owners, starts, holders = (arrays[name].astype(np.int32) for name in ("owners", "starts", "holders"))
    is_whole = (
        arrays["rarity"].shape == (len(names),)
        and arrays["weights"].shape == (len(names), len(entry_ids))
        and arrays["bias"].shape == (len(entry_ids),)
        and owners.shape == (len(phrasings),)
        and starts.shape == (len(names) + 1,)
        and holders.shape == arrays["values"].shape == (int(starts[-1]),)
        and (np.diff(starts) >= 0).all()
        and starts[0] == 0
        and (not len(holders) or 0 <= holders.min() <= holders.max() < len(phrasings))
        and np.array_equal(np.unique(owners), np.arange(len(entry_ids)))
        and (np.diff(owners) >= 0).all()
    )
    if not is_whole:
        raise NoMatcher("The parts of this matcher do not fit together.")
    return Matcher(
        vocabulary=Vocabulary({name: i for i, name in enumerate(names)}, arrays["rarity"].astype(np.float32)),
        entry_ids=entry_ids,
        weights=arrays["weights"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
        phrasings=phrasings,
        owners=owners,
        starts=starts,
        holders=holders,
        values=arrays["values"].astype(np.float32),
        exact=exact_phrasings(phrasings, owners.tolist()),
        dense=dense,
    )
