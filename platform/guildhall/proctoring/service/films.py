"""What a seat holds of pictures: the last seconds, and the strips that they begin. In memory; `strips` keeps them."""

from dataclasses import dataclass, field
from typing import Final

from guildhall.proctoring.model import EntryKind, Incident, PendingEntry
from guildhall.proctoring.model.strips import LAST_PART
from guildhall.proctoring.rules.filming import Reel, Shot, Strip, add_shot, begin_strip, end_strip, film, is_complete

STRIPS_BOUND: Final = 24  # of one seat, more than there are rules (policy: nothing is kept of a further one)


@dataclass(slots=True)
class Kept:
    """One strip on its way to where it is kept."""

    incident: Incident
    strip: Strip
    part: int = 0
    """That is stored: 0 nothing, 1 as it was at the opening, 2 all."""
    sealed: tuple[int, bytes] | None = None
    """The part that is being stored, and its bytes: the same again after the database was away."""

    @property
    def is_kept(self) -> bool:
        return self.part == LAST_PART


@dataclass(slots=True)
class Film:
    """`is_wanted` follows the candidate's consent; a film that is not wanted holds no picture."""

    is_wanted: bool = False
    reel: Reel = field(default_factory=Reel)
    strips: dict[str, Kept] = field(default_factory=dict)
    is_over: bool = False
    """Nobody films any more: every strip is as whole as it gets."""

    def want(self, *, is_wanted: bool) -> None:
        if self.is_wanted and not is_wanted:
            self.reel = Reel()
            for kept in self.strips.values():  # what is under way ends here, with what was agreed to until now
                kept.strip = end_strip(kept.strip, _last_ms(kept.strip))
        self.is_wanted = is_wanted

    def take(self, at_ms: int, jpeg: bytes) -> None:
        """One judged picture; a second passes between those that are held."""
        if not self.is_wanted:
            return
        shot = Shot(at_ms, jpeg)
        self.reel = film(self.reel, shot)
        for kept in self.strips.values():
            kept.strip = add_shot(kept.strip, shot)

    def follow(self, entry: PendingEntry) -> None:
        """An incident opened, or one ended."""
        incident = entry.incident
        kept = self.strips.get(incident.incident_id)
        if entry.kind is EntryKind.INCIDENT_OPENED and self.is_wanted and kept is None:
            if len(self.strips) < STRIPS_BOUND:
                strip = begin_strip(incident.incident_id, incident.opened_at_ms, self.reel)
                self.strips[incident.incident_id] = Kept(incident, strip)
        elif kept is not None and incident.closed_at_ms is not None and kept.strip.closed_at_ms is None:
            kept.strip = end_strip(kept.strip, incident.closed_at_ms)

    def due(self, now_ms: int) -> list[Kept]:
        """What has to be stored now, at its opening or because nothing more belongs to it."""
        return [one for one in self.strips.values() if one.part == 0 or self.is_done(one, now_ms)]

    def is_done(self, kept: Kept, now_ms: int) -> bool:
        return self.is_over or is_complete(kept.strip, now_ms)

    def forget(self, kept: Kept) -> None:
        self.strips.pop(kept.incident.incident_id, None)


def _last_ms(strip: Strip) -> int:
    return strip.closed_at_ms or (strip.shots[-1].at_ms if strip.shots else strip.opened_at_ms)
