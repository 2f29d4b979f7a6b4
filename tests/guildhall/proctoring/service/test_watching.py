import asyncio
from typing import Any

import pytest

from guildhall.kit.sockets import Message
from guildhall.proctoring.lifecycle import Standing
from guildhall.proctoring.messages import EntryAdded, Wall
from guildhall.proctoring.model import ProctorClaims, Rule
from guildhall.proctoring.service import watching
from guildhall.proctoring.service.tiles import closeup_topic
from guildhall.proctoring.service.viewing import Viewer
from guildhall.proctoring.store import ProctoringStore
from tests.fakes.observations import CALM, CROWD, EMPTY
from tests.guildhall.proctoring.conftest import Hall

CLAIMS = ProctorClaims(exam_id="exam-1", exam_title="Algebra")


def a_viewer() -> Viewer:
    async def send(_: Message) -> None: ...

    async def close() -> None: ...

    return Viewer(send, close)


async def watch(hall: Hall, viewer: Viewer | None = None, after: int = 0) -> Wall:
    return await hall.service.watching.watch(CLAIMS, viewer or a_viewer(), after, hall.service.seating.seats)


async def fill_the_log(hall: Hall, incidents: int) -> None:
    seat = await hall.seat(await hall.invite())
    for _ in range(incidents):
        await hall.play(seat, EMPTY, 4)
        await hall.play(seat, CALM, 2)


async def test_a_newcomer_sees_who_is_there_and_what_is_open(hall: Hall) -> None:
    ada = await hall.seat(await hall.invite("Ada"))
    bob = await hall.invite("Bob")
    await hall.service.invite_candidate("exam-2", "Botany", "Eve")
    await hall.play(ada, EMPTY, 4)
    await hall.send(ada, CROWD)
    wall = await watch(hall)
    assert [(card.session_id, card.state, card.faces) for card in wall.candidates] == [
        (ada.session.id, Standing.LIVE, 2),
        (bob.id, Standing.WAITING, None),
    ]
    assert [incident.rule for incident in wall.open] == [Rule.ABSENT]
    assert (wall.exam_title, wall.head, wall.server_time_ms) == ("Algebra", 1, hall.clock.now_ms())
    assert list(wall.entries) == await hall.entries()


async def test_what_happens_while_a_proctor_joins_is_told_twice_rather_than_never(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = await hall.seat(await hall.invite())
    viewer, hinted = a_viewer(), list[Message]()
    monkeypatch.setattr(viewer, "hint", hinted.append)
    read = ProctoringStore.head

    async def happen_before_reading(store: ProctoringStore, exam_id: str) -> int:
        monkeypatch.setattr(ProctoringStore, "head", read)
        await hall.play(seat, EMPTY, 4)
        return await read(store, exam_id)

    monkeypatch.setattr(ProctoringStore, "head", happen_before_reading)
    wall = await watch(hall, viewer)
    assert [message.number for message in hinted if isinstance(message, EntryAdded)] == [1]
    assert [entry.number for entry in wall.entries] == [1]


async def test_a_newcomer_gets_the_newest_page_and_a_comer_back_what_follows(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PAGE", 3)
    await fill_the_log(hall, incidents=4)
    assert [entry.number for entry in (await watch(hall)).entries] == [6, 7, 8]
    back = await watch(hall, after=2)
    assert [entry.number for entry in back.entries] == [3, 4, 5]
    assert back.head == 8
    assert (await watch(hall, after=8)).entries == ()


async def test_paging_by_sync_reaches_the_head_without_gap_or_double(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PAGE", 3)
    await fill_the_log(hall, incidents=4)
    numbers: list[int] = []
    while page := (await hall.service.watching.sync("exam-1", numbers[-1] if numbers else 0)).entries:
        numbers += [entry.number for entry in page]
    assert numbers == list(range(1, 9))


async def test_the_log_of_another_exam_stays_there(hall: Hall) -> None:
    await fill_the_log(hall, incidents=1)
    page = await hall.service.watching.sync("exam-2", 0)
    assert (page.entries, page.head) == ((), 0)


async def test_only_a_candidate_of_the_own_exam_can_be_enlarged(hall: Hall) -> None:
    own = await hall.invite()
    other = await hall.service.invite_candidate("exam-2", "Botany", "Eve")
    viewer = a_viewer()
    await watch(hall, viewer)
    await hall.service.watching.focus("exam-1", viewer, own.id)
    assert await hall.bus.publish(closeup_topic(own.id), b"") == 1
    for nobody in (other.id, "ses_nowhere"):
        await hall.service.watching.focus("exam-1", viewer, nobody)
        assert viewer.focus is None
        assert await hall.bus.publish(closeup_topic(nobody), b"") == 0


async def test_the_last_viewer_to_leave_closes_the_wall_and_whoever_comes_back_opens_it(hall: Hall) -> None:
    first, second = a_viewer(), a_viewer()
    await watch(hall, first)
    await watch(hall, second)
    await hall.service.watching.leave("exam-1", first)
    assert hall.bus._subscribers.topics
    await hall.service.watching.leave("exam-1", second)
    assert hall.bus._subscribers.topics == []
    await watch(hall, first)
    assert hall.bus._subscribers.topics


async def test_a_viewer_who_only_enlarged_somebody_leaves_nothing_behind(hall: Hall) -> None:
    watcher, peeper = a_viewer(), a_viewer()
    session = await hall.invite()
    await watch(hall, watcher)
    await hall.service.watching.focus("exam-1", peeper, session.id)
    await hall.service.watching.leave("exam-1", watcher)
    await hall.service.watching.leave("exam-1", peeper)
    assert hall.bus._subscribers.topics == []


async def test_proctors_who_come_and_go_at_the_same_time_leave_nothing_behind(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe = hall.bus.subscribe

    async def take_a_while(*arguments: Any) -> Any:  # as a bus between processes does
        for _ in range(5):
            await asyncio.sleep(0)
        return await subscribe(*arguments)

    monkeypatch.setattr(hall.bus, "subscribe", take_a_while)

    async def visit(steps: int) -> None:
        viewer = a_viewer()
        for _ in range(steps):
            await asyncio.sleep(0)
        wall = await watch(hall, viewer)
        assert wall.head == 0
        assert len(hall.bus._subscribers.topics) == 4  # an answer is given once all of it is listened to
        await hall.service.watching.leave("exam-1", viewer)

    await asyncio.gather(*(visit(steps) for steps in range(12)))
    assert hall.bus._subscribers.topics == []
    assert hall.service.watching._walls == {}
