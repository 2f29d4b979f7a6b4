import asyncio
from collections.abc import AsyncIterator

import pytest

from guildhall.kit.sockets import Message
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.tasks import TaskOwner
from guildhall.proctoring.lifecycle import Standing
from guildhall.proctoring.messages import Card, EntryAdded, Head, Tile, pack_tile
from guildhall.proctoring.service import viewing
from guildhall.proctoring.service.tiles import closeup_topic, tile_topic
from guildhall.proctoring.service.viewing import Viewer
from guildhall.proctoring.service.walls import Wall
from guildhall.proctoring.settings import ProctoringSettings
from tests.fakes.observations import EMPTY
from tests.guildhall.proctoring.conftest import Hall

RARELY = ProctoringSettings(head_interval_seconds=600)


class Screen:
    """A viewer and what arrived at it."""

    def __init__(self) -> None:
        self.shown: list[Message] = []
        self.closed = False
        self.viewer = Viewer(self._show, self._close)

    async def _show(self, message: Message) -> None:
        self.shown.append(message)

    async def _close(self) -> None:
        self.closed = True

    def tiles(self) -> list[int]:
        return [message.number for message in self.shown if isinstance(message, Tile)]

    def heads(self) -> list[int]:
        return [message.head for message in self.shown if isinstance(message, Head)]


@pytest.fixture
async def screen() -> AsyncIterator[Screen]:
    screen, pump = Screen(), TaskOwner("test")
    pump.start("pump", screen.viewer.pump())
    yield screen
    await pump.close()


@pytest.fixture
async def wall(hall: Hall, screen: Screen) -> AsyncIterator[Wall]:
    wall = Wall("exam-1", hall.store, hall.bus, RARELY)
    wall.viewers.add(screen.viewer)
    await wall.start()
    yield wall
    await screen.viewer.enlarge(hall.bus, None)
    await wall.close()


def a_tile(number: int, session_id: str = "ses_1") -> Tile:
    return Tile(
        session_id=session_id,
        number=number,
        captured_at_ms=number,
        received_at_ms=number,
        faces=1,
        boxes=(),
        jpeg=b"jpeg",
    )


def a_head(number: int) -> Head:
    return Head(head=number)


async def settled() -> None:
    """Let whatever can run do so; nothing in this file waits for the outside."""
    for _ in range(20):
        await asyncio.sleep(0)


async def eventually(screen: Screen, heads: list[int]) -> None:
    async with asyncio.timeout(10):
        while screen.heads() != heads:
            await asyncio.sleep(0.005)


async def test_a_viewer_that_falls_behind_gets_the_newest_tile_and_none_in_between(screen: Screen) -> None:
    for number in range(1, 6):
        screen.viewer.offer_tile(a_tile(number))
    await settled()
    assert screen.tiles() == [5]


async def test_the_next_tile_waits_until_the_last_one_was_seen(screen: Screen) -> None:
    for number in range(1, 4):
        screen.viewer.offer_tile(a_tile(number))
        await settled()
    assert screen.tiles() == [1]
    screen.viewer.tile_seen("ses_1")
    await settled()
    assert screen.tiles() == [1, 3]


async def test_one_unseen_candidate_does_not_hold_up_the_others(screen: Screen) -> None:
    screen.viewer.offer_tile(a_tile(1))
    await settled()
    screen.viewer.offer_tile(a_tile(2))
    screen.viewer.offer_tile(a_tile(3, "ses_2"))
    await settled()
    assert screen.tiles() == [1, 3]


async def test_a_picture_never_goes_back_in_time(screen: Screen) -> None:
    screen.viewer.offer_tile(a_tile(5))
    screen.viewer.offer_tile(a_tile(4))  # before 5 was sent
    await settled()
    screen.viewer.tile_seen("ses_1")
    screen.viewer.offer_tile(a_tile(3))  # after
    screen.viewer.offer_tile(a_tile(5))
    await settled()
    assert screen.tiles() == [5]


async def test_hints_arrive_all_and_in_order(screen: Screen) -> None:
    for number in range(viewing.HINTS_BOUND):
        screen.viewer.hint(a_head(number))
    await settled()
    assert screen.heads() == list(range(viewing.HINTS_BOUND))
    assert not screen.closed


async def test_a_viewer_with_too_many_hints_waiting_is_closed_rather_than_shown_a_gap(screen: Screen) -> None:
    for number in range(viewing.HINTS_BOUND + 1):
        screen.viewer.hint(a_head(number))
    await settled()
    assert screen.closed
    assert screen.heads() == []


@pytest.mark.usefixtures("wall")
async def test_a_wall_shows_entries_and_cards_as_they_happen(hall: Hall, screen: Screen) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await hall.play(seat, EMPTY, 5)
    await hall.service.seating.leave(seat)
    await settled()
    cards = [message.state for message in screen.shown if isinstance(message, Card)]
    assert cards == [Standing.WAITING, Standing.LIVE, Standing.AWAY]
    shown = [message.model_dump() for message in screen.shown if isinstance(message, EntryAdded)]
    assert shown == [entry.model_dump() for entry in await hall.entries()]
    assert len(shown) == 2


@pytest.mark.usefixtures("wall")
async def test_a_wall_shows_nothing_of_another_exam(hall: Hall, screen: Screen) -> None:
    await eventually(screen, [0])
    stranger = await hall.service.invite_candidate("exam-2", "Botany", "Bob")
    await hall.bus.publish(tile_topic("exam-2"), pack_tile(a_tile(1, stranger.id)))
    await settled()
    assert screen.heads() == [0]
    assert len(screen.shown) == 1


async def test_after_a_gap_of_the_bus_the_newest_number_is_told_at_once(hall: Hall, screen: Screen, wall: Wall) -> None:
    await eventually(screen, [0])
    await hall.play(await hall.seat(await hall.invite()), EMPTY, 5)
    hall.bus._subscribers.tell_of_gap()
    await eventually(screen, [0, 1])


async def test_after_a_gap_of_the_bus_the_wall_shows_who_came_meanwhile(
    hall: Hall, screen: Screen, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await eventually(screen, [0])

    async def unheard(topic: str, body: bytes) -> int:
        return 0

    with monkeypatch.context() as broken:
        broken.setattr(hall.bus, "publish", unheard)
        session = await hall.invite()
        await hall.seat(session)
    hall.bus._subscribers.tell_of_gap()
    await eventually(screen, [0, 0])
    await settled()
    (card,) = [message for message in screen.shown if isinstance(message, Card)]
    assert (card.session_id, card.state) == (session.id, Standing.LIVE)


async def test_heads_go_on_after_a_time_without_database(
    hall: Hall, screen: Screen, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await eventually(screen, [0])
    asked = asyncio.Event()

    async def away(_: str) -> int:
        asked.set()
        raise StorageUnavailable("The database cannot be reached.")

    with monkeypatch.context() as broken:
        broken.setattr(hall.store, "head", away)
        hall.bus._subscribers.tell_of_gap()
        await asyncio.wait_for(asked.wait(), 10)
    hall.bus._subscribers.tell_of_gap()
    await eventually(screen, [0, 0])


@pytest.mark.usefixtures("wall")
async def test_an_enlarged_candidate_comes_at_every_frame_and_the_others_as_before(hall: Hall, screen: Screen) -> None:
    await screen.viewer.enlarge(hall.bus, "ses_1")
    await hall.bus.publish(tile_topic("exam-1"), pack_tile(a_tile(1)))  # the grid's: it comes by its own topic
    await settled()
    assert screen.tiles() == []
    await hall.bus.publish(tile_topic("exam-1"), pack_tile(a_tile(2, "ses_2")))
    await hall.bus.publish(closeup_topic("ses_1"), pack_tile(a_tile(3)))
    await settled()
    assert sorted(screen.tiles()) == [2, 3]


@pytest.mark.usefixtures("wall")
async def test_enlarging_another_candidate_or_none_ends_the_one_before(hall: Hall, screen: Screen) -> None:
    await screen.viewer.enlarge(hall.bus, "ses_1")
    await screen.viewer.enlarge(hall.bus, "ses_2")
    assert await hall.bus.publish(closeup_topic("ses_1"), pack_tile(a_tile(1))) == 0
    await screen.viewer.enlarge(hall.bus, None)
    assert await hall.bus.publish(closeup_topic("ses_2"), pack_tile(a_tile(1))) == 0
    await hall.bus.publish(tile_topic("exam-1"), pack_tile(a_tile(2, "ses_2")))
    await settled()
    assert screen.tiles() == [2]


async def test_a_closed_wall_listens_to_nothing(hall: Hall) -> None:
    wall = Wall("exam-9", hall.store, hall.bus, RARELY)
    await wall.start()
    await wall.close()
    assert hall.bus._subscribers.topics == []
