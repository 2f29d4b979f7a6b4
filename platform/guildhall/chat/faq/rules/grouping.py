"""Unanswered questions that belong together: one new entry would answer each group. Pure.

Greedy, by likeness to the question that began a group: the newest questions begin groups, so that the same questions in
the same order always make the same groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from guildhall.chat.faq.rules.matching import vocabulary_of

LIKENESS: Final = 0.4
"""Cosine from which a question joins a group: on BANKING77 nine of ten questions so alike mean the same entry."""


@dataclass(slots=True)
class Group:
    """Places of the questions in what was given; the first one began it."""

    members: list[int] = field(default_factory=list)


def grouped(texts: Sequence[str]) -> list[Group]:
    """The largest groups first; of equals, the one with the newest question."""
    vocabulary = vocabulary_of(texts)
    groups: list[Group] = []
    holding: dict[int, list[tuple[int, float]]] = {}
    for place, text in enumerate(texts):
        columns, values = vocabulary.vector(text)
        products: dict[int, float] = {}
        for column, value in zip(columns.tolist(), values.tolist(), strict=True):
            for group, other in holding.get(column, ()):
                products[group] = products.get(group, 0.0) + value * other
        best = max(products, key=lambda group: (products[group], -group), default=None)
        if best is not None and products[best] / 2 >= LIKENESS:
            groups[best].members.append(place)
            continue
        for column, value in zip(columns.tolist(), values.tolist(), strict=True):
            holding.setdefault(column, []).append((len(groups), value))
        groups.append(Group([place]))
    return sorted(groups, key=lambda group: (-len(group.members), group.members[0]))
