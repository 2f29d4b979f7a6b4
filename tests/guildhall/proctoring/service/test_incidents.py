import pytest

from guildhall.proctoring.model import Channel, Entry, EntryKind, Rule
from guildhall.proctoring.rules import Closed, Opened
from guildhall.proctoring.service.incidents import entry_topic
from tests.guildhall.proctoring.conftest import Hall

pytestmark = pytest.mark.tampers  # incidents are noted here that no picture showed
OPENED = Opened(Rule.CAMERA_DARK, 3, 1_000, "Too dark to see anybody.")


async def test_what_is_announced_is_what_was_stored_and_only_after_it_was(hall: Hall) -> None:
    stored_first: list[bool] = []
    heard: list[Entry] = []
    seat = await hall.seat(await hall.invite())

    def hear(body: bytes) -> None:
        heard.append(Entry.model_validate_json(body))
        stored_first.append(seat.undecided[0].incident == heard[-1].incident)

    await hall.bus.subscribe(entry_topic("exam-1"), hear)
    hall.service.recorder.note(seat, [OPENED], 5_000)
    assert heard == []
    await hall.service.recorder.flush(seat)
    assert heard == await hall.entries()
    assert stored_first == [True]
    (entry,) = heard
    assert (entry.number, entry.at_ms, entry.kind) == (1, 5_000, EntryKind.INCIDENT_OPENED)
    incident = entry.incident
    assert incident.incident_id == f"{seat.session.id}:camera_dark:3"
    assert (incident.channel, incident.opened_at_ms) == (Channel.VISIBILITY, 1_000)
    assert (incident.closed_at_ms, incident.reason) == (None, OPENED.reason)


async def test_an_incident_that_opened_and_closed_before_it_could_be_written_is_written_in_order(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    hall.service.recorder.note(seat, [OPENED, Closed(Rule.CAMERA_DARK, 3, 2_000)], 5_000)
    await hall.service.recorder.flush(seat)
    opened, closed = await hall.entries()
    assert (opened.kind, closed.kind) == (EntryKind.INCIDENT_OPENED, EntryKind.INCIDENT_CLOSED)
    assert closed.incident == opened.incident.model_copy(update={"closed_at_ms": 2_000})
    session = await hall.service.session(seat.session.id)
    assert (session.open, session.pending, session.ordinals) == ({}, {}, {Rule.CAMERA_DARK: 3})


async def test_the_end_of_an_incident_that_is_not_open_is_no_entry(hall: Hall) -> None:
    seat = await hall.seat(await hall.invite())
    hall.service.recorder.note(seat, [Closed(Rule.ABSENT, 1, 2_000)], 5_000)
    assert not seat.undecided


@pytest.mark.parametrize("times", [2, 5])
async def test_carrying_out_the_same_entry_again_gives_it_the_same_number(hall: Hall, times: int) -> None:
    seat = await hall.seat(await hall.invite())
    hall.service.recorder.note(seat, [OPENED], 5_000)
    entry = seat.undecided[0]
    for _ in range(times):
        await hall.service.recorder.carry_out(seat.session, "camera_dark_3_opened", entry)
    assert [one.number for one in await hall.entries()] == [1]
