"""Who may draw what, so that every draw of a form gets its number: a matching of items to draws.

Draws may want the same items. Drawing one after the other could leave a later one too little although there was enough
for all; so what each still needs is reserved for it, and an item is taken from a reservation only where another can be
put in its place (an augmenting path, as in maximum matching; each search looks at a pool once).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """`count` of these, none of them twice."""

    count: int
    pool: tuple[str, ...]


class Reservations:
    """For each demand, items reserved for it; `shortfalls` says how many it lacks where not all can be filled."""

    def __init__(self, demands: Sequence[Demand]) -> None:
        self._demands = demands
        self._members = [frozenset(demand.pool) for demand in demands]
        self._holder: dict[str, int] = {}
        self._held: list[dict[str, None]] = [{} for _ in demands]
        self._taken: set[str] = set()
        self.shortfalls: dict[int, int] = {}
        for index, demand in enumerate(demands):
            for filled in range(demand.count):
                if not self._find_one_more(index):
                    self.shortfalls[index] = demand.count - filled
                    break

    def take(self, index: int, item: str) -> bool:
        """Give this item to this demand for good, in the place of one that it had reserved.

        False, and nothing is changed, where the item is taken, or where some demand would then get too little.
        """
        if item in self._taken or item not in self._members[index] or not self._held[index]:
            return False
        holder = self._holder.get(item)
        if holder == index:
            self._settle(index, item)
            return True
        given_back = next(iter(self._held[index]))
        self._release(index, given_back)
        if holder is None:
            self._taken.add(item)
            return True
        self._release(holder, item)
        self._taken.add(item)
        if self._find_one_more(holder):
            return True
        self._taken.discard(item)
        self._reserve(holder, item)
        self._reserve(index, given_back)
        return False

    def _find_one_more(self, index: int) -> bool:
        """One more item reserved for this demand, if need be by moving others' reservations."""
        came_from: dict[int, tuple[int, str]] = {}  # demand -> who wants which of its items
        queue = [index]
        seen = {index}
        for current in queue:
            for item in self._demands[current].pool:
                if item in self._taken:
                    continue
                holder = self._holder.get(item)
                if holder is None:
                    self._shift(current, item, came_from)
                    return True
                if holder not in seen:
                    seen.add(holder)
                    came_from[holder] = (current, item)
                    queue.append(holder)
        return False

    def _shift(self, current: int, item: str, came_from: dict[int, tuple[int, str]]) -> None:
        while True:
            self._reserve(current, item)
            if current not in came_from:
                return
            wanting, item = came_from[current]
            self._release(current, item)
            current = wanting

    def _reserve(self, index: int, item: str) -> None:
        self._holder[item] = index
        self._held[index][item] = None

    def _release(self, index: int, item: str) -> None:
        del self._holder[item]
        del self._held[index][item]

    def _settle(self, index: int, item: str) -> None:
        self._release(index, item)
        self._taken.add(item)
