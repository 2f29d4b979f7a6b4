"""What a candidate's camera shows: calm for most, and for some an empty chair at known times."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.journeys.scenes import film, split_film

PRESENT_SECONDS, AWAY_SECONDS = 13.0, 12.0
"""Away for four times what the rule asks, so that one kill at the worst moment leaves it enough."""


@dataclass
class Absence:
    """From the first to the last picture of an empty chair, as sent, and those of them that were judged."""

    began_ms: int
    ended_ms: int
    judged_at_ms: list[int] = field(default_factory=list)


def load_scene(name: str) -> tuple[bytes, ...]:
    return split_film(film((name, 4)))


def to_and_fro(pictures: Sequence[bytes], chance: random.Random) -> Iterator[bytes]:
    """For ever, turning back by chance: pictures that only began again would rightly be told as a loop."""
    place, way = chance.randrange(len(pictures)), 1
    while True:
        yield pictures[place]
        if place + way not in range(len(pictures)) or chance.random() < 0.1:
            way = -way
        place = min(max(place + way, 0), len(pictures) - 1)


class Camera:
    """`leaves`: whoever never does shows a calm face throughout."""

    def __init__(self, face: Sequence[bytes], room: Sequence[bytes], seed: int, began_ms: int, *, leaves: bool) -> None:
        chance = random.Random(seed)
        self._face, self._room = to_and_fro(face, chance), to_and_fro(room, chance)
        self._began_ms = began_ms
        self._leaves = leaves
        self._phase_ms = chance.uniform(0, (PRESENT_SECONDS + AWAY_SECONDS) * 1000)
        self._current: Absence | None = None
        self.stays = False  # from now on
        self.absences: list[Absence] = []

    def shoot(self, at_ms: int) -> tuple[bytes, Absence | None]:
        """The next picture, and the absence that it is part of."""
        round_ms = (PRESENT_SECONDS + AWAY_SECONDS) * 1000
        place_ms = (at_ms - self._began_ms + self._phase_ms) % round_ms
        is_away = self._leaves and place_ms >= PRESENT_SECONDS * 1000
        if self.stays and self._current is None:
            is_away = False
        if not is_away:
            self._current = None
            return next(self._face), None
        if self._current is None:
            self._current = Absence(at_ms, at_ms)
            self.absences.append(self._current)
        self._current.ended_ms = at_ms
        return next(self._room), self._current
