import asyncio

import pytest
import socketio

from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.lifecycle import CheckInState, Standing
from guildhall.proctoring.messages import SessionWelcome
from guildhall.proctoring.model import PendingEntry, Session
from guildhall.proctoring.namespace.candidate import RECORDED, frame_limit
from guildhall.proctoring.settings import ProctoringSettings
from tests.fakes.client import SocketClient
from tests.fakes.observations import DARK, EMPTY
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.namespace.conftest import Doors, until


async def welcomed(client: SocketClient) -> SessionWelcome:
    return SessionWelcome.model_validate(await client.hear(lambda event, _: event == "session"))


async def standing(hall: Hall, session: Session) -> Standing:
    return (await hall.service.session(session.id)).standing


async def wait_until_away(hall: Hall, session: Session) -> None:
    async with asyncio.timeout(10):
        while await standing(hall, session) is not Standing.AWAY:
            await asyncio.sleep(0.005)


async def test_a_candidate_is_welcomed_with_all_the_page_needs(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada:
        welcome = await welcomed(ada)
    assert (welcome.session_id, welcome.exam_title, welcome.candidate_name) == (session.id, "Algebra", "Ada")
    assert (welcome.state, welcome.server_time_ms) == (Standing.LIVE, hall.clock.now_ms())
    assert welcome.recorded == RECORDED
    told = welcome.model_dump()
    for setting in ("frame_interval_ms", "max_frame_bytes", "frame_width_px", "frame_height_px", "jpeg_quality"):
        assert told[setting] == getattr(hall.settings, setting)


async def test_a_frame_is_answered_with_its_verdict(hall: Hall, doors: Doors) -> None:
    async with doors.candidate(await hall.invite()) as ada:
        await ada.agree()
        verdict = await doors.send_frame(ada, 7)
        assert (verdict["number"], verdict["verdict"], verdict["faces"]) == (7, "judged", 1)
        hall.engine.shows = DARK
        assert (await doors.send_frame(ada, 8))["coaching"]["code"] == "dark"


async def test_the_check_in_is_begun_answered_and_left_behind_over_the_socket(hall: Hall, doors: Doors) -> None:
    async with doors.candidate(await hall.invite()) as ada:
        await ada.agree()
        assert (await welcomed(ada)).check_in.state is CheckInState.WAITING
        assert (await ada.call("check_in", {"action": "start"}))["step"] == "centre"
        assert (await doors.send_frame(ada, 0))["check_in"]["state"] == "running"
        refused = (await ada.call("check_in", {"action": "accept"}))["problem"]
        assert (refused["status"], refused["type"]) == (409, "move-refused")
        assert (await ada.call("check_in", {"action": "measure"}))["problem"]["status"] == 422
        assert (await ada.call("check_in", {"action": "skip"}))["state"] == "skipped"
        assert (await doors.send_frame(ada, 1))["check_in"] is None


async def test_who_reconnects_is_told_where_their_check_in_stands(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada:
        await ada.agree()
        await ada.call("check_in", {"action": "start"})
        await doors.send_frame(ada, 0)
    async with doors.candidate(session) as ada:
        told = (await welcomed(ada)).check_in
        assert (told.state, told.step) == (CheckInState.RUNNING, "centre")


async def test_a_second_tab_takes_over_and_the_old_one_is_told_and_let_go(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as first:
        await welcomed(first)
        async with doors.candidate(session) as second:
            await first.hear(lambda event, _: event == "taken_over")
            await until(lambda: not first.connected)
            await second.agree()
            assert (await doors.send_frame(second, 0))["verdict"] == "judged"
            await until(lambda: len(doors.exam_room._seats) == 1)
            assert await standing(hall, session) is Standing.LIVE  # the old one's leaving took nobody away


async def test_a_page_that_only_comes_back_takes_the_camera_from_no_newer_one(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session, page="the-first") as first:
        await welcomed(first)
    async with doors.candidate(session, page="the-first", returning=True) as back:
        await welcomed(back)
        async with doors.candidate(session, page="the-second") as second:
            await back.hear(lambda event, _: event == "taken_over")
            async with doors.candidate(session, page="the-first", returning=True) as again:
                await again.hear(lambda event, _: event == "taken_over")
                await until(lambda: not again.connected)
            await second.agree()
            assert (await doors.send_frame(second, 0))["verdict"] == "judged"
            assert second.connected


async def test_a_tab_taken_over_from_another_process_is_told_by_its_own(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as first:
        await first.agree()
        await hall.another().seat(session)
        problem = (await doors.send_frame(first, 0))["problem"]
        assert "another tab" in problem["detail"]
        await hall.service.seating.keep_seats()
        await first.hear(lambda event, _: event == "taken_over")
        await until(lambda: not first.connected)


async def test_a_candidate_who_goes_is_away_and_nothing_of_theirs_stays_here(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada:
        await welcomed(ada)
    await wait_until_away(hall, session)
    assert hall.service.seating.seats == {}
    assert doors.exam_room._seats == {}
    assert hall.bus._subscribers.topics == []


async def test_finishing_is_answered_and_nothing_is_taken_or_noticed_afterwards(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    async with doors.candidate(session) as ada:
        await ada.agree()
        await doors.send_frame(ada, 0)
        assert await ada.call("finish", {}) == {"state": "finished"}
        assert await ada.call("finish", {}) == {"state": "finished"}
        assert "only while it is open" in (await doors.send_frame(ada, 1))["problem"]["detail"]
        hall.clock.advance(60_000)  # the page stays open and sends nothing more
        await hall.service.seating.keep_seats()
        assert await hall.entries() == []


async def test_a_frame_that_the_engine_looks_at_while_the_candidate_finishes_opens_nothing(
    hall: Hall, doors: Doors
) -> None:
    session = await hall.invite()
    seat = await hall.seat(session)
    await hall.play(seat, EMPTY, 2.8)
    await hall.service.seating.finish(seat)
    late = hall.service.frames._judge(seat, hall.engine.offered[-1], EMPTY)
    assert (await late).verdict == "skipped"


async def test_who_comes_back_to_a_finished_session_is_welcomed_as_finished(hall: Hall, doors: Doors) -> None:
    session = await hall.invite()
    await hall.service.seating.finish(await hall.seat(session))
    async with doors.candidate(session) as ada:
        assert (await welcomed(ada)).state is Standing.FINISHED
        problem = (await doors.send_frame(ada, 0))["problem"]
        assert (problem["status"], problem["type"]) == (409, "not-seated")
        assert ada.connected


async def test_a_proctors_token_does_not_open_the_exam_room(doors: Doors) -> None:
    client = SocketClient(doors.url, "/exam-room", doors.proctor_token())
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.__aenter__()
    assert client.refusal is not None
    assert client.refusal["data"]["problem"]["status"] == 401


async def test_a_candidate_comes_in_while_the_log_is_away_and_it_is_written_in_order_later(
    hall: Hall, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(exam_id: str, session_id: str, key: str, entry: PendingEntry) -> None:
        raise StorageUnavailable("The database cannot be reached.")

    session, elsewhere = await hall.invite(), hall.another()
    seat = await elsewhere.seat(session)
    with monkeypatch.context() as broken:
        broken.setattr(elsewhere.store, "append", away)
        await elsewhere.play(seat, EMPTY, 4)  # decided, and not in the log
        broken.setattr(hall.store, "append", away)
        async with doors.candidate(session) as ada:
            await welcomed(ada)
    await wait_until_away(hall, session)
    await hall.service.seating.keep_seats()
    kinds = [entry.kind.value for entry in await hall.entries()]
    assert kinds == ["incident_opened", "incident_closed"]


@pytest.mark.parametrize("interval_ms", [33, 200, 10_000])
def test_a_page_that_keeps_its_pace_is_never_too_often(interval_ms: int) -> None:
    settings = ProctoringSettings(frame_interval_ms=interval_ms)
    limit = frame_limit(settings)
    assert limit.per_second >= 1000 / interval_ms
    assert limit.burst >= 1
    assert limit.max_bytes > settings.max_frame_bytes
