import pytest

from guildhall.kit.storage import Change
from guildhall.proctoring.lifecycle import CheckInState, Connection, SessionState
from guildhall.proctoring.model import (
    Baseline,
    Channel,
    CheckInProgress,
    EntryKind,
    Incident,
    PendingEntry,
    Quality,
    Rule,
    Session,
    Signal,
    StepName,
    Weakness,
    entry_key,
    incident_id,
    ordinal_of,
)
from guildhall.proctoring.rules.readings import look_of, sample_of
from tests.fakes.observations import a_face
from tests.guildhall.proctoring.conftest import Hall


def an_entry(session: Session, kind: EntryKind = EntryKind.INCIDENT_OPENED, ordinal: int = 1) -> PendingEntry:
    incident = Incident(
        incident_id=incident_id(session.id, "absent", ordinal),
        session_id=session.id,
        candidate_name=session.candidate_name,
        rule=Rule.ABSENT,
        channel=Channel.BEHAVIOUR,
        opened_at_ms=1_000,
        closed_at_ms=None if kind is EntryKind.INCIDENT_OPENED else 2_000,
        reason="No face in the picture.",
    )
    return PendingEntry(at_ms=5_000, kind=kind, incident=incident)


async def decide(hall: Hall, session: Session, entry: PendingEntry, epoch: int = 0) -> bool:
    return await hall.store.decide(session.id, epoch, entry_key(entry.incident, entry.kind), entry)


async def test_a_session_comes_back_as_it_was_stored(hall: Hall) -> None:
    session = await hall.invite("Ada Lovelace")
    assert await hall.store.session(session.id) == session
    assert await hall.store.session("ses_nowhere") is None


async def test_a_decision_opens_the_incident_and_leaves_the_entry_in_the_outbox_at_once(hall: Hall) -> None:
    session = await hall.invite()
    entry = an_entry(session)
    assert await decide(hall, session, entry)
    decided = await hall.service.session(session.id)
    assert decided.open == {Rule.ABSENT: entry.incident}
    assert decided.pending == {"absent_1_opened": entry}
    assert decided.ordinals == {Rule.ABSENT: 1}


async def test_repeating_a_decision_changes_nothing(hall: Hall) -> None:
    session = await hall.invite()
    for kind in (EntryKind.INCIDENT_OPENED, EntryKind.INCIDENT_CLOSED):
        assert await decide(hall, session, an_entry(session, kind))
        once = await hall.service.session(session.id)
        assert await decide(hall, session, an_entry(session, kind))
        assert await hall.service.session(session.id) == once
    assert once.open == {}
    assert once.ordinals == {Rule.ABSENT: 1}
    assert list(once.pending) == ["absent_1_opened", "absent_1_closed"]


@pytest.mark.parametrize("epoch", [0, 2, 99])
async def test_only_the_epoch_that_owns_the_session_decides(hall: Hall, epoch: int) -> None:
    session = (await hall.seat(await hall.invite())).session
    assert session.epoch == 1
    assert not await decide(hall, session, an_entry(session), epoch)
    baseline = Baseline(yaw_deg=1, pitch_deg=1, gaze_x=0)
    await hall.store.keep_calibration(session.id, epoch, baseline, CheckInProgress(runs=1))
    assert await hall.service.session(session.id) == session


async def test_appending_an_entry_again_gives_the_same_number_and_settling_again_does_no_harm(hall: Hall) -> None:
    session = await hall.invite()
    entry = an_entry(session)
    await decide(hall, session, entry)
    first = await hall.store.append("exam-1", session.id, "absent_1_opened", entry)
    assert await hall.store.append("exam-1", session.id, "absent_1_opened", entry) == first
    for _ in range(2):
        await hall.store.settle(session.id, "absent_1_opened")
        assert (await hall.service.session(session.id)).pending == {}
    assert await hall.entries() == [first]
    assert await hall.store.head("exam-1") == 1


async def test_settling_one_entry_leaves_the_others(hall: Hall) -> None:
    session = await hall.invite()
    for ordinal in (1, 2):
        await decide(hall, session, an_entry(session, ordinal=ordinal))
    await hall.store.settle(session.id, "absent_1_opened")
    assert list((await hall.service.session(session.id)).pending) == ["absent_2_opened"]


async def test_two_sessions_with_the_same_incident_have_an_entry_each(hall: Hall) -> None:
    for session in (await hall.invite("Ada"), await hall.invite("Bob")):
        await hall.store.append("exam-1", session.id, "absent_1_opened", an_entry(session))
    assert [(entry.number, entry.incident.candidate_name) for entry in await hall.entries()] == [(1, "Ada"), (2, "Bob")]


@pytest.mark.parametrize(
    "stale", [{"epoch": 7}, {"state": SessionState.FINISHED}, {"connection": Connection.ONLINE}], ids=str
)
async def test_a_session_that_was_moved_since_it_was_read_is_not_moved(hall: Hall, stale: dict[str, object]) -> None:
    session = await hall.invite()
    moved = await hall.store.move_session(
        session.model_copy(update=stale),
        state=SessionState.OPEN,
        connection=Connection.ONLINE,
        at_ms=9,
        owner="own_1",
        epoch=1,
    )
    assert moved is None
    assert await hall.service.session(session.id) == session


async def test_the_newest_sessions_of_an_exam_are_listed_oldest_first(hall: Hall) -> None:
    invited = []
    for name in ("Ada", "Bob", "Cay", "Dan"):
        hall.clock.advance(0 if name == "Dan" else 1)  # the last two came within one millisecond
        invited.append((await hall.invite(name)).id)
    assert [session.id for session in await hall.store.sessions_of("exam-1", 3)] == invited[1:]
    assert await hall.store.sessions_of("exam-2", 3) == []


async def test_a_lease_is_renewed_returned_and_at_last_forgotten(hall: Hall) -> None:
    await hall.store.beat("own_1", 1_000)
    await hall.store.beat("own_2", 2_000)
    await hall.store.beat("own_3", 500)
    assert await hall.store.leases() == {"own_1": 1_000, "own_2": 2_000, "own_3": 500}
    await hall.store.beat("own_1", 3_000)
    await hall.store.leave("own_2")
    await hall.store.forget_leases(1_000)
    assert await hall.store.leases() == {"own_1": 3_000}


async def test_connected_sessions_are_paged_by_id_without_gap_or_double(hall: Hall) -> None:
    await hall.invite("never here")
    seats = [await hall.seat(await hall.invite()) for _ in range(5)]
    await hall.service.seating.leave(seats.pop())
    found: list[str] = []
    while page := await hall.store.online_sessions(found[-1] if found else "", 3):
        found += [session.id for session in page]
    assert found == [seat.session.id for seat in seats]


async def test_a_calibration_comes_back_as_it_was_kept(hall: Hall) -> None:
    session = (await hall.seat(await hall.invite())).session
    look = look_of([sample_of(a_face(), 0)])
    check_in = CheckInProgress(state=CheckInState.RUNNING, runs=1, place=1, looks={StepName.CENTRE: look})
    poor = Quality(figure=0.2, on=False, weakness=Weakness.FAR)
    baseline = Baseline(yaw_deg=1, pitch_deg=2, gaze_x=0.1, gaze_x_span=-0.2, quality={Signal.YAW: poor})
    await hall.store.keep_calibration(session.id, session.epoch, baseline, check_in)
    kept = await hall.service.session(session.id)
    assert (kept.baseline, kept.check_in) == (baseline, check_in)


async def test_a_session_from_before_there_were_check_ins_is_one_that_waits_for_its_check_in(hall: Hall) -> None:
    session = await hall.invite()
    await hall.store._sessions.update_if(session.id, {}, Change(unset={"check_in": True}))
    assert (await hall.service.session(session.id)).check_in == CheckInProgress()


@pytest.mark.parametrize("ordinal", [1, 12])
async def test_an_incident_keeps_its_ordinal_in_its_name(hall: Hall, ordinal: int) -> None:
    entry = an_entry(await hall.invite(), EntryKind.INCIDENT_CLOSED, ordinal)
    assert ordinal_of(entry.incident) == ordinal
    assert entry_key(entry.incident, entry.kind) == f"absent_{ordinal}_closed"
