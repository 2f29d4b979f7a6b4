"""Live frames on their way to the walls: from the process that holds the candidate to those that hold the viewers.

Nobody pays for a picture that nobody looks at: a topic without receivers is tried again only once a second.
"""

from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.proctoring.messages import Tile, pack_tile
from guildhall.proctoring.rules.pacing import frames_per_second
from guildhall.proctoring.service.seats import Seat
from proctor_engine.contract import Frame, Observation

UNWATCHED_RETRY_MS = 1000
EARLY_MS = 50


def tile_topic(exam_id: str) -> str:
    """The grid: every candidate of an exam, at `tile_interval_ms`."""
    return f"proctoring.tile.{exam_id}"


def closeup_topic(session_id: str) -> str:
    """One enlarged candidate, at every frame."""
    return f"proctoring.closeup.{session_id}"


class TileRelay:
    """Publishes each judged frame, as often as the grid wants it and somebody watches."""

    def __init__(self, bus: Bus, clock: Clock, tile_interval_ms: int) -> None:
        self._bus = bus
        self._clock = clock
        self._tile_interval_ms = tile_interval_ms
        self._unwatched_until_ms: dict[str, int] = {}  # by exam; close-ups keep theirs on the seat

    async def relay(self, seat: Seat, frame: Frame, observation: Observation | None) -> None:
        now_ms, exam_id, session_id = self._clock.monotonic_ms(), seat.session.exam_id, seat.session.id
        for_grid = now_ms >= max(seat.tile_due_ms, self._unwatched_until_ms.get(exam_id, 0))
        for_closeup = now_ms >= seat.closeup_due_ms
        if not for_grid and not for_closeup:
            return
        body = pack_tile(_tile_of(seat, frame, observation))
        if for_grid and await self._bus.publish(tile_topic(exam_id), body, key=f"tile {session_id}"):
            self._unwatched_until_ms.pop(exam_id, None)
            # A frame that comes a little early is no reason to wait for the next: calm ones come twice a second.
            seat.tile_due_ms = now_ms + self._tile_interval_ms - EARLY_MS
        elif for_grid:
            self._unwatched_until_ms[exam_id] = now_ms + UNWATCHED_RETRY_MS
        if for_closeup:
            topic, key = closeup_topic(session_id), f"closeup {session_id}"
            seat.is_enlarged = bool(await self._bus.publish(topic, body, key=key))
            if not seat.is_enlarged:
                seat.closeup_due_ms = now_ms + UNWATCHED_RETRY_MS


def _tile_of(seat: Seat, frame: Frame, observation: Observation | None) -> Tile:
    faces = observation.faces if observation else ()
    return Tile(
        session_id=seat.session.id,
        number=frame.number,
        captured_at_ms=frame.captured_at_ms,
        received_at_ms=frame.received_at_ms,
        faces=len(faces) if observation else None,
        frames_per_second=frames_per_second(seat.judged_at_ms, frame.received_at_ms),
        frames_asked=None if seat.asked is None else round(1000 / seat.asked.interval_ms, 1),
        boxes=tuple((face.left, face.top, face.width, face.height) for face in faces),
        jpeg=frame.jpeg,
    )
