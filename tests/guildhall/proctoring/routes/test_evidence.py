"""Who may look at the pictures of an incident: whoever supervises its exam, and the candidate it is of."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.assessments.model.exams import Assignment, assignment_id
from guildhall.kit.http import (
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.storage import Change
from guildhall.proctoring.model import Session
from guildhall.proctoring.model.admission import Admission, ConsentSignal, ProctoringPolicy
from guildhall.proctoring.routes.evidence import evidence_routes
from guildhall.proctoring.rules.consenting import TEXTS, decide
from guildhall.proctoring.service.retention import DAY_MS
from tests.fakes.observations import CALM, EMPTY
from tests.guildhall.assessments.conftest import ExamHall
from tests.guildhall.proctoring.conftest import Hall
from tests.guildhall.proctoring.service.test_retention import retention

Http = TestClient[web.Request, web.Application]


@pytest.fixture
async def exams(hall: Hall, tmp_path: Path) -> ExamHall:
    house = ExamHall(hall.storage, hall.bus, hall.clock, tmp_path)
    await house.store.ensure()
    await house.write_exam(is_proctored=True)
    return house


@pytest.fixture
async def http(hall: Hall, exams: ExamHall, aiohttp_client: AiohttpClient) -> Http:
    """Whoever calls is what the X-Role and X-Account headers say."""

    async def authenticate(request: web.Request) -> Principal:
        role, account = request.headers.get("X-Role", "agent"), request.headers.get("X-Account", "usr_other")
        aal = int(request.headers.get("X-Aal", "2"))
        return Principal(kind="user", id=account, session_id="ses_1", roles=frozenset({role}), aal=aal)

    app, settings = web.Application(), PipelineSettings()
    mount_root(app, settings)
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(hall.clock),
        idempotency=IdempotencyStore(hall.storage, hall.clock),
        clock=hall.clock,
    )
    mount_v1(app, evidence_routes(hall.service, exams.service, retention(hall)), guards, settings)
    return await aiohttp_client(app)


@pytest.fixture
async def session(hall: Hall) -> Session:
    """Of `usr_ada`, who was absent once and had agreed to pictures."""
    session, now_ms = await hall.invite(), hall.clock.now_ms()
    policy = ProctoringPolicy(asked=(*ProctoringPolicy().asked, ConsentSignal.STRIPS))
    admission = Admission(
        id=session.id, created_at_ms=now_ms, exam_id=session.exam_id, account_id="usr_ada", policy=policy
    )
    for signal in policy.asked:
        admission = decide(admission, signal, TEXTS[signal].hash, given=True, at_ms=now_ms)
    await hall.store.admissions.made(admission)
    seat = await hall.seat(session)
    await hall.service.admissions.attach(seat, admission)
    for shown, seconds in ((CALM, 4), (EMPTY, 5), (CALM, 8)):
        await hall.play(seat, shown, seconds)
    await hall.service.strips.keep()
    return session


def of(session: Session, place: str = "sessions") -> str:
    return f"/v1/proctoring/{place}/{session.id}/incidents/{session.id}:absent:1/strip"


async def test_an_administrator_is_shown_the_pictures_of_a_seat_without_an_exam(http: Http, session: Session) -> None:
    response = await http.get(of(session), headers={"X-Role": "admin"})
    shown = await response.json()
    assert (response.status, shown["state"]) == (200, "whole")
    assert {"at_ms", "phase", "jpeg"} == set(shown["pictures"][0])
    assert response.headers["Cache-Control"] == "no-store"


async def test_the_candidate_is_shown_their_own_and_when_it_was_looked_at(http: Http, session: Session) -> None:
    ada = {"X-Account": "usr_ada", "X-Aal": "1"}
    await http.get(of(session), headers={"X-Role": "admin"})
    own = await http.get(of(session, "own-sessions"), headers=ada)
    assert (own.status, (await own.json())["state"]) == (200, "whole")
    views = await http.get(f"/v1/proctoring/own-sessions/{session.id}/views", headers=ada)
    assert [one["is_candidate"] for one in (await views.json())["views"]] == [False, True]


async def test_while_the_exam_goes_on_a_candidate_is_told_nothing_that_was_noticed_of_them(
    http: Http, hall: Hall, exams: ExamHall, session: Session
) -> None:
    ada, views = {"X-Account": "usr_ada", "X-Aal": "1"}, f"/v1/proctoring/own-sessions/{session.id}/views"
    attempt = await exams.begin()
    await hall.store._sessions.update_if(session.id, {}, Change(set={"attempt_id": attempt.id}))
    for path in (of(session, "own-sessions"), views):
        assert (await http.get(path, headers=ada)).status == 404
    await exams.service.sitting.submit(attempt.id, attempt.account_id)
    for path in (of(session, "own-sessions"), views):
        assert (await http.get(path, headers=ada)).status == 200


@pytest.mark.parametrize(
    ("place", "role", "aal", "status"),
    [
        ("sessions", "agent", "2", 403),
        ("sessions", "admin", "1", 401),
        ("sessions", "proctor", "2", 404),  # assigned to another exam, or to none
        ("own-sessions", "agent", "2", 404),
        ("own-sessions", "admin", "2", 404),
    ],
)
async def test_nobody_else_is_shown_anything(
    http: Http, session: Session, place: str, role: str, aal: str, status: int
) -> None:
    response = await http.get(of(session, place), headers={"X-Role": role, "X-Aal": aal})
    assert (response.status, response.content_type) == (status, "application/problem+json")


@pytest.mark.parametrize("place", ["sessions", "own-sessions"])
async def test_what_is_not_there_is_not_found(http: Http, session: Session, place: str) -> None:
    headers = {"X-Role": "admin", "X-Account": "usr_ada"}
    for path in (
        f"/v1/proctoring/{place}/{session.id}/incidents/nothing/strip",
        f"/v1/proctoring/{place}/sit_none/incidents/{session.id}:absent:1/strip",
    ):
        assert (await http.get(path, headers=headers)).status == 404


async def test_a_proctor_is_shown_those_of_the_exams_they_are_assigned_to(
    http: Http, hall: Hall, exams: ExamHall, session: Session
) -> None:
    attempt = await exams.begin()
    await hall.store._sessions.update_if(session.id, {}, Change(set={"attempt_id": attempt.id}))
    proctor = {"X-Role": "proctor", "X-Account": "usr_proctor"}
    assert (await http.get(of(session), headers=proctor)).status == 404
    assignment = Assignment(
        id=assignment_id("dlv_1", "usr_proctor"),
        created_at_ms=1,
        delivery_id="dlv_1",
        organisation_id=(await exams.store.deliveries.read("dlv_1")).organisation_id,
        account_id="usr_proctor",
        name="Grace",
        assigned_by="usr_owner",
    )
    await exams.store.assignments.add(assignment)
    assert (await http.get(of(session), headers=proctor)).status == 200


async def test_the_certificate_of_what_was_destroyed_is_for_the_candidate_and_for_staff(
    http: Http, hall: Hall, session: Session
) -> None:
    path, ada = f"/v1/proctoring/own-sessions/{session.id}/deletion", {"X-Account": "usr_ada"}
    assert (await http.get(path, headers=ada)).status == 404
    await hall.service.seating.leave(hall.service.seating.seats[session.id])
    hall.clock.advance(91 * DAY_MS)
    await hall.store.admissions.admissions.change(
        session.id, 1, lambda one: one.model_copy(update={"evidence_due_ms": 1})
    )
    assert await retention(hall).sweep() == 1
    own = await http.get(path, headers=ada)
    assert (own.status, (await own.json())["kept_days"]) == (200, 90)
    staff = await http.get(f"/v1/proctoring/sessions/{session.id}/deletion", headers={"X-Role": "admin"})
    assert (await staff.json())["certificate"] == (await own.json())["certificate"]
