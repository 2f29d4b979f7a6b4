"""Whether processes grow: resident memory over their lives."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import psutil

SAMPLE_SECONDS = 2.0
YOUNG_SECONDS = 40.0  # loading models and filling pools is not growing
FEWEST_SAMPLES = 10

Lives = dict[tuple[str, int], list[tuple[float, float]]]
"""By role and process: seconds since the soak began, and megabytes."""


@dataclass
class MemoryWatch:
    """`find` names every process that should be looked at, now."""

    find: Callable[[], Iterable[tuple[str, int]]]
    lives: Lives = field(default_factory=lambda: defaultdict(list))

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            for role, pid in self.find():
                try:
                    megabytes = psutil.Process(pid).memory_info().rss / 1e6
                except psutil.Error:
                    continue
                self.lives[role, pid].append((loop.time(), megabytes))
            await asyncio.sleep(SAMPLE_SECONDS)

    def slopes(self) -> dict[str, float]:
        """Megabytes a minute, by role: the common slope of all its lives, each measured from its own level."""
        products: dict[str, float] = defaultdict(float)
        squares: dict[str, float] = defaultdict(float)
        for (role, _), samples in self.lives.items():
            grown = [(at, size) for at, size in samples if at - samples[0][0] > YOUNG_SECONDS]
            if len(grown) < FEWEST_SAMPLES:
                continue
            middle = sum(at for at, _ in grown) / len(grown)
            level = sum(size for _, size in grown) / len(grown)
            products[role] += sum((at - middle) * (size - level) for at, size in grown)
            squares[role] += sum((at - middle) ** 2 for at, _ in grown)
        return {role: round(60 * products[role] / squares[role], 3) for role in squares if squares[role]}

    def longest_lives(self) -> dict[str, dict[str, float]]:
        """Of the process of each role that lived longest: minutes, and megabytes when grown up, half way and last."""
        found: dict[str, dict[str, float]] = {}
        for (role, _), samples in self.lives.items():
            grown = [one for one in samples if one[0] - samples[0][0] > YOUNG_SECONDS]
            minutes = round((samples[-1][0] - samples[0][0]) / 60, 1)
            if grown and minutes > found.get(role, {}).get("minutes", 0):
                first, middle, last = (round(grown[at][1], 1) for at in (0, len(grown) // 2, -1))
                found[role] = {"minutes": minutes, "grown": first, "half": middle, "last": last}
        return found

    def peaks(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for (role, _), samples in self.lives.items():
            found[role] = max(found.get(role, 0.0), *(round(size, 1) for _, size in samples))
        return found
