"""The arithmetic of a training: terms to columns, logistic regression, and what it gets wrong unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from guildhall.chat.faq.model import Meter
from guildhall.chat.faq.rules.bands import Judged
from guildhall.chat.faq.rules.matching import Dense, Embedder, Matcher, Vocabulary, exact_phrasings, vocabulary_of
from guildhall.chat.faq.training.lesson import Outcome, Taught

STRENGTH: Final = 20.0
"""C of the regression; 5 to 60 differ by less than half a point on BANKING77 and CLINC150."""
PARTS: Final = 3
"""Into so many parts phrasings and entries are split, to be left out in turn."""
Probabilities = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counted:
    """Phrasings as they are learned from: `owners` rises."""

    phrasings: tuple[str, ...]
    owners: tuple[int, ...]
    entry_ids: tuple[str, ...]

    def only(self, places: Sequence[int]) -> "Counted":
        """Some of them; entries that keep none of theirs are left out."""
        kept = sorted({self.owners[i] for i in places})
        renumbered = {old: new for new, old in enumerate(kept)}
        return Counted(
            tuple(self.phrasings[i] for i in places),
            tuple(renumbered[self.owners[i]] for i in places),
            tuple(self.entry_ids[old] for old in kept),
        )


def count(taught: Sequence[Taught]) -> Counted:
    """Doubles within an entry count once; entries without phrasings are left out."""
    given = [(one.entry_id, tuple(dict.fromkeys(one.phrasings))) for one in taught if one.phrasings]
    return Counted(
        tuple(phrasing for _, phrasings in given for phrasing in phrasings),
        tuple(i for i, (_, phrasings) in enumerate(given) for _ in phrasings),
        tuple(entry_id for entry_id, _ in given),
    )


def matrix(vocabulary: Vocabulary, texts: Sequence[str]) -> Any:
    """Scipy CSR, texts x columns."""
    rows = [vocabulary.vector(text) for text in texts]
    starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows]) if rows else np.empty(0, np.int32)
    values = np.concatenate([values for _, values in rows]) if rows else np.empty(0, np.float32)
    return sparse.csr_matrix((values, columns, starts), shape=(len(rows), len(vocabulary.columns)))


def fit(counted: Counted, embedder: Embedder | None = None) -> Matcher:
    """Raises ValueError for nothing at all. One entry alone is found by likeness only: there is nothing to regress."""
    if not counted.phrasings:
        raise ValueError("There are no phrasings to learn from.")
    vocabulary = vocabulary_of(counted.phrasings)
    known = matrix(vocabulary, counted.phrasings)
    weights, bias = _regress(known, counted.owners, len(counted.entry_ids))
    by_column = known.tocsc()
    by_column.sort_indices()
    return Matcher(
        vocabulary=vocabulary,
        entry_ids=counted.entry_ids,
        weights=weights.astype(np.float16).astype(np.float32),  # as it will be read back
        bias=bias.astype(np.float32),
        phrasings=counted.phrasings,
        owners=np.array(counted.owners, np.int32),
        starts=by_column.indptr.astype(np.int32),
        holders=by_column.indices.astype(np.int32),
        values=by_column.data.astype(np.float32),
        exact=exact_phrasings(counted.phrasings, counted.owners),
        dense=None if embedder is None else _fit_dense(counted, known, embedder),
        embedder=embedder,
    )


def _fit_dense(counted: Counted, known: Any, embedder: Embedder) -> Dense:
    """One regression over terms and vectors together: terms forgive typing errors, vectors other words."""
    vectors = np.array([embedder.embed(one) for one in counted.phrasings], np.float32)
    both = sparse.hstack([known, sparse.csr_matrix(vectors)]).tocsr()
    weights, bias = _regress(both, counted.owners, len(counted.entry_ids))
    terms, kept = known.shape[1], weights.astype(np.float16).astype(np.float32)  # as it will be read back
    return Dense(
        embedder=embedder.name,
        sparse=kept[:terms],
        weights=kept[terms:],
        bias=bias.astype(np.float32),
        phrasings=vectors.astype(np.float16).astype(np.float32),
    )


def _regress(known: Any, owners: Sequence[int], entries: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Weights columns x entries, and a bias for each entry."""
    if entries == 1:
        return np.zeros((known.shape[1], 1)), np.zeros(1)
    fitted = LogisticRegression(C=STRENGTH, max_iter=300).fit(known, np.array(owners))
    if entries == 2:  # noqa: PLR2004 - then it gives one row, for the second
        return np.vstack([-fitted.coef_, fitted.coef_]).T / 2, np.array([-1, 1]) * fitted.intercept_ / 2
    return fitted.coef_.T, fitted.intercept_


@dataclass(frozen=True, slots=True)
class Trial:
    """A phrasing that was left out: whose it is, and whom it found."""

    owner: str
    found: str
    confidence: float


def leave_phrasings_out(counted: Counted, embedder: Embedder | None = None) -> list[Trial]:
    """Each phrasing of an entry that has more than one, asked of a matcher that has not seen it."""
    turns = _turns_within(counted.owners)
    trials = []
    for part in range(PARTS):
        asked = [i for i, turn in enumerate(turns) if turn == part]
        kept = [i for i, turn in enumerate(turns) if turn != part]
        if asked and len({counted.owners[i] for i in kept}) > 1:
            trials += _ask(counted, kept, asked, embedder)
    return trials


def leave_entries_out(counted: Counted, embedder: Embedder | None = None) -> list[Trial]:
    """Every phrasing asked of a matcher that has never heard of its entry: this business's questions without answer."""
    trials = []
    for part in range(PARTS):
        asked = [i for i, owner in enumerate(counted.owners) if owner % PARTS == part]
        kept = [i for i, owner in enumerate(counted.owners) if owner % PARTS != part]
        if asked and len({counted.owners[i] for i in kept}) > 1:
            trials += _ask(counted, kept, asked, embedder)
    return trials


def _turns_within(owners: Sequence[int]) -> list[int]:
    """By phrasing, in which part it is left out; -1 for the only one of its entry."""
    seen: dict[int, int] = {}
    turns = []
    for owner in owners:
        seen[owner] = seen.get(owner, -1) + 1
        turns.append(seen[owner] % PARTS)
    return [-1 if seen[owner] == 0 else turn for owner, turn in zip(owners, turns, strict=True)]


def _ask(
    counted: Counted, kept: Sequence[int], asked: Sequence[int], embedder: Embedder | None
) -> list[Trial]:  # fmt: skip
    matcher = fit(counted.only(kept), embedder)
    trials = []
    for i in asked:
        best = matcher.rank(counted.phrasings[i], 1)
        found, confidence = (best[0].entry_id, best[0].probability) if best else ("", 0.0)
        trials.append(Trial(counted.entry_ids[counted.owners[i]], found, confidence))
    return trials


def judge(matcher: Matcher, outcomes: Sequence[Outcome]) -> list[Judged]:
    """What really became of questions, as this matcher would have it. Those it holds word for word prove nothing."""
    judged = []
    for outcome in outcomes:
        if matcher.exactly(outcome.text):
            continue
        best = matcher.rank(outcome.text, 1)
        if best:
            is_right = best[0].entry_id == outcome.entry_id
            judged.append(Judged(best[0].probability, is_right, is_outside=not outcome.entry_id))
    return judged


def meters(counted: Counted, trials: Sequence[Trial]) -> tuple[Meter, ...]:
    """How each entry does, and whom its phrasings find instead."""
    found: dict[str, list[str]] = {}
    for trial in trials:
        found.setdefault(trial.owner, []).append(trial.found)
    return tuple(
        _meter(entry_id, counted.owners.count(i), found.get(entry_id, []))
        for i, entry_id in enumerate(counted.entry_ids)
    )


def _meter(entry_id: str, phrasings: int, found: list[str]) -> Meter:
    rivals = sorted((other for other in found if other not in {entry_id, ""}), key=lambda one: (-found.count(one), one))
    return Meter(
        entry_id=entry_id,
        phrasings=phrasings,
        hits=found.count(entry_id),
        tried=len(found),
        rival_id=rivals[0] if rivals else "",
        rival_hits=found.count(rivals[0]) if rivals else 0,
    )
