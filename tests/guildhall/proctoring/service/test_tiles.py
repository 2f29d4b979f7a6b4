from collections.abc import Callable

import pytest

from guildhall.kit.bus import Subscription
from guildhall.proctoring.messages import Tile, unpack_tile
from guildhall.proctoring.service.tiles import UNWATCHED_RETRY_MS, closeup_topic, tile_topic
from proctor_engine.contract import Unexamined
from tests.fakes.observations import CROWD
from tests.guildhall.proctoring.conftest import JPEG, Hall

GRID = tile_topic("exam-1")


@pytest.fixture
def published(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The topics of all that was published."""
    topics: list[str] = []
    publish = hall.bus.publish

    async def note(topic: str, body: bytes, *, key: str | None = None) -> int:
        topics.append(topic)
        return await publish(topic, body, key=key)

    monkeypatch.setattr(hall.bus, "publish", note)
    return topics


async def listen(hall: Hall, topic: str) -> tuple[list[Tile], Subscription]:
    tiles: list[Tile] = []
    take: Callable[[bytes], None] = lambda body: tiles.append(unpack_tile(body))  # noqa: E731
    return tiles, await hall.bus.subscribe(topic, take)


async def test_pictures_nobody_watches_are_tried_once_a_second(hall: Hall, published: list[str]) -> None:
    seat = await hall.seat(await hall.invite())
    published.clear()
    for _ in range(2 * UNWATCHED_RETRY_MS // 200):
        await hall.send(seat)
    assert sorted(published) == sorted([GRID, closeup_topic(seat.session.id)] * 2)


async def test_an_unwatched_exam_is_tried_once_a_second_for_all_its_candidates(
    hall: Hall, published: list[str]
) -> None:
    seats = [await hall.seat(await hall.invite(name)) for name in ("Ada", "Bob", "Cay")]
    published.clear()
    for seat in seats:
        await hall.send(seat, after_ms=1)
    assert published.count(GRID) == 1


async def test_a_watcher_who_comes_is_served_within_a_second(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    await hall.send(seat)
    tiles, _ = await listen(hall, GRID)
    await hall.send(seat, after_ms=UNWATCHED_RETRY_MS - 1)
    assert tiles == []
    await hall.send(seat, after_ms=1)
    assert len(tiles) == 1


async def test_the_grid_gets_a_tile_an_interval_and_a_closeup_every_frame(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    grid, _ = await listen(hall, GRID)
    closeup, _ = await listen(hall, closeup_topic(seat.session.id))
    for _ in range(10):
        await hall.send(seat, after_ms=hall.settings.tile_interval_ms // 5)
    assert [tile.number for tile in grid] == [0, 5]
    assert [tile.number for tile in closeup] == list(range(10))


async def test_a_tile_carries_the_picture_and_what_was_seen_in_it(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    (tiles, _) = await listen(hall, GRID)
    await hall.send(seat, CROWD)
    (tile,) = tiles
    assert (tile.session_id, tile.faces, tile.jpeg) == (seat.session.id, 2, JPEG)
    for box, shown in zip(tile.boxes, ((0.35, 0.25, 0.3, 0.4), (0.7, 0.25, 0.15, 0.4)), strict=True):
        assert box == pytest.approx(shown)
    assert tile.received_at_ms == hall.clock.now_ms()


async def test_a_frame_the_engine_could_not_look_at_is_shown_all_the_same(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    tiles, _ = await listen(hall, GRID)
    hall.engine.outcome = Unexamined("No engine child is up.")
    await hall.send(seat)
    assert [(tile.faces, tile.boxes) for tile in tiles] == [(None, ())]


async def test_a_tile_tells_the_rate_at_which_its_candidate_is_judged(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    tiles, _ = await listen(hall, closeup_topic(seat.session.id))
    for _ in range(4):
        await hall.send(seat, after_ms=500)
    hall.engine.outcome = Unexamined("No engine child is up.")
    for _ in range(12):
        await hall.send(seat, after_ms=500)
    rates = [tile.frames_per_second for tile in tiles]
    assert rates[:4] == [None, 2.0, 2.0, 2.0]
    assert rates[-1] == 0.0
