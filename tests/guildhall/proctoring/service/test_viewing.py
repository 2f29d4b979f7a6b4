"""What goes to one proctor's screen next, and how much at once."""

from guildhall.kit.sockets import Message
from guildhall.proctoring.messages import Head, Tile
from guildhall.proctoring.service.viewing import FIRST_BYTES, LEAST_BYTES, SLOW_SECONDS, Flight, Viewer

TILE_BYTES = 8_000


def a_tile(session_id: str, received_at_ms: int = 1) -> Tile:
    return Tile(
        session_id=session_id,
        number=received_at_ms,
        captured_at_ms=received_at_ms,
        received_at_ms=received_at_ms,
        faces=1,
        boxes=(),
        jpeg=b"x" * TILE_BYTES,
    )


class Line:
    """Between a viewer and its page: so many bytes a second, and the page shows at once what has come."""

    def __init__(self, bytes_per_second: float) -> None:
        self.now = 0.0
        self._per_second = bytes_per_second
        self._free_at = 0.0
        self._coming: list[tuple[float, Message]] = []
        self.shown: list[tuple[float, Message]] = []
        self.viewer = Viewer(self.send, self.close, lambda: self.now)

    async def send(self, message: Message) -> None:
        size = len(message.jpeg) if isinstance(message, Tile) else 200
        self._free_at = max(self._free_at, self.now) + size / self._per_second
        self._coming.append((self._free_at, message))

    async def close(self) -> None:
        raise AssertionError("the viewer was closed")

    async def run(self, seconds: float, candidates: int) -> None:
        """Every candidate has a new tile twice a second, and an event comes each second."""
        for _ in range(round(seconds * 20)):
            self.now += 0.05
            while self._coming and self._coming[0][0] <= self.now:
                at, message = self._coming.pop(0)
                self.shown.append((at, message))
                if isinstance(message, Tile):
                    self.viewer.tile_seen(message.session_id)
            now_ms = round(self.now * 1000)
            if now_ms % 500 == 0:
                for place in range(candidates):
                    self.viewer.offer_tile(a_tile(f"sit_{place}", now_ms))
            if now_ms % 1000 == 0:
                self.viewer.hint(Head(head=now_ms))
            while (taken := self.viewer.take_next()) is not None:
                await self.send(taken)


async def test_on_a_slow_line_what_happens_is_told_within_a_second_however_many_tiles_there_are() -> None:
    line = Line(bytes_per_second=32_000)
    await line.run(60, candidates=150)
    late = [at - message.head / 1000 for at, message in line.shown if isinstance(message, Head) and at > 20]
    assert len(late) > 30
    assert max(late) < 1.0


async def test_on_a_slow_line_every_candidate_has_their_turn_with_a_picture_as_new_as_it_was_sent() -> None:
    line = Line(bytes_per_second=32_000)
    await line.run(100, candidates=150)
    tiles = [(at, message) for at, message in line.shown if isinstance(message, Tile) and at > 20]
    assert {tile.session_id for _, tile in tiles} == {f"sit_{place}" for place in range(150)}
    assert max(at - tile.received_at_ms / 1000 for at, tile in tiles) < 1.5


async def test_a_fast_line_carries_every_tile() -> None:
    line = Line(bytes_per_second=20_000_000)
    await line.run(20, candidates=150)
    late = [message for at, message in line.shown if isinstance(message, Tile) and at > 10]
    assert len(late) >= 150 * 2 * 9


async def test_the_enlarged_candidate_goes_before_the_others_and_what_happens_before_everybody() -> None:
    line = Line(bytes_per_second=1)
    for name in ("sit_a", "sit_b", "sit_c"):
        line.viewer.offer_tile(a_tile(name))
    line.viewer.focus = "sit_c"
    line.viewer.hint(Head(head=1))
    taken = [line.viewer.take_next() for _ in range(4)]
    assert [one.session_id if isinstance(one, Tile) else "head" for one in taken] == ["head", "sit_c", "sit_a", "sit_b"]


def test_a_line_that_gets_slow_never_stops() -> None:
    flight, now = Flight(), 0.0
    for number in range(500):
        flight.begin(f"sit_{number}", TILE_BYTES, now)
        now += 2 * SLOW_SECONDS
        flight.end(f"sit_{number}", now)
    assert flight.window_bytes == LEAST_BYTES
    assert flight.has_room
    flight.end("sit_unknown", now)
    assert flight.has_room


def test_a_line_that_is_not_filled_is_no_reason_to_send_more_at_once() -> None:
    flight = Flight()
    for number in range(100):
        flight.begin(f"sit_{number}", 1_000, 0.0)
        flight.end(f"sit_{number}", 0.01)
    assert flight.window_bytes == FIRST_BYTES
