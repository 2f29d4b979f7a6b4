"""Whether processes grow: resident memory over their lives."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from statistics import median

import psutil

SAMPLE_SECONDS = 2.0
YOUNG_SECONDS = 40.0  # loading models and filling pools is not growing
FEWEST_SAMPLES = 30
APART_SECONDS = 30.0

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
                if megabytes:  # none of one that has just ended
                    self.lives[role, pid].append((loop.time(), megabytes))
            await asyncio.sleep(SAMPLE_SECONDS)

    def slopes(self) -> dict[str, float]:
        """Megabytes a minute, by role: the median of the slopes between all moments half a minute and more apart.

        The median (Theil and Sen's) is not moved by single steps: a process that first meets an outage loads what it
        needs to tell of it, 6 MB of a worker's, and stays there.
        """
        found: dict[str, list[float]] = defaultdict(list)
        for (role, _), samples in self.lives.items():
            grown = [(at, size) for at, size in samples if at - samples[0][0] > YOUNG_SECONDS]
            if len(grown) < FEWEST_SAMPLES:
                continue
            found[role] += [
                60 * (later - earlier) / (then - at)
                for (at, earlier), (then, later) in combinations(grown, 2)
                if then - at >= APART_SECONDS
            ]
        return {role: round(median(slopes), 3) for role, slopes in found.items() if slopes}

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
