"""Actions under kills, lost hints, two processes and two proctors; the exam's side is a small fake that counts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.lifecycle import MoveRefused
from guildhall.kit.sockets import Message
from guildhall.kit.storage import StorageUnavailable
from guildhall.proctoring.jobs import sweep_cases
from guildhall.proctoring.lifecycle.acting import ActionState, SupervisionState
from guildhall.proctoring.messages.acting import ActionTold, ActionWanted
from guildhall.proctoring.model import ProctorClaims, Session
from guildhall.proctoring.model.cases import Case, LineKind
from guildhall.proctoring.service.acting import AttendedByAnother
from tests.guildhall.proctoring.conftest import Hall

GRACE = ProctorClaims(exam_id="exam-1", exam_title="Algebra", account_id="usr_g", name="Grace")
ALAN = ProctorClaims(exam_id="exam-1", exam_title="Algebra", account_id="usr_a", name="Alan")


@dataclass
class Exam:
    """Moves once a key, as the real supervision does, which its own tests hold."""

    moved: dict[str, Any] = field(default_factory=dict)
    calls: int = 0
    refuses: bool = False

    async def turn(
        self,
        attempt_id: str,  # noqa: ARG002 - part of the port
        event: AttemptEvent,
        by: str,  # noqa: ARG002
        reason: str,  # noqa: ARG002
        *,
        extra_ms: int = 0,
        key: str = "",
    ) -> Any:
        self.calls += 1
        if self.refuses:
            raise Conflict("The exam is over.")
        self.moved.setdefault(key, (event, extra_ms))

    async def end(self, attempt_id: str, by: str, reason: str, *, key: str = "") -> Any:  # noqa: ARG002
        self.calls += 1
        self.moved.setdefault(key, ("end", 0))


@pytest.fixture
def exam(hall: Hall) -> Exam:
    exam = Exam()
    hall.service.acting.exams = exam
    return exam


@pytest.fixture
async def session(hall: Hall, exam: Exam) -> Session:
    return await hall.service.invite_candidate("exam-1", "Algebra", "Ada", "sit_1", "att_1")


def wanted(kind: str, key: str = "k1", session_id: str = "sit_1", **fields: Any) -> ActionWanted:
    return ActionWanted.model_validate({"session_id": session_id, "key": key, "kind": kind, **fields})


PAUSE = {"reason": "technical_trouble"}


async def case_of(hall: Hall, session: Session) -> Case:
    return await hall.store.cases.cases.read(session.id)


async def states(hall: Hall, session: Session) -> list[str]:
    lines = await hall.store.cases.lines(session.id, 0, 200)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    return [f"{line.action.kind}:{line.action.state}" for line in lines if line.action is not None]


async def test_an_action_moves_the_exam_and_is_numbered_from_asked_to_acknowledged(
    hall: Hall, exam: Exam, session: Session
) -> None:
    action = await hall.service.acting.ask(GRACE, wanted("extend", reason="our_mistake", extra_seconds=60))
    assert action is not None
    assert action.state is ActionState.DUE
    assert list(exam.moved.values()) == [(AttemptEvent.EXTEND, 60_000)]
    await hall.service.acting.take_note(session, "k1", is_person=False)
    await hall.service.acting.take_note(session, "k1", is_person=True)
    assert await states(hall, session) == ["extend:asked", "extend:delivered", "extend:acknowledged"]
    assert (await case_of(hall, session)).open == ()
    assert await hall.service.acting.ask(GRACE, wanted("extend", reason="our_mistake", extra_seconds=60)) is None
    assert exam.calls == 1, "what is settled is known again"


class Killed(BaseException):
    """Not an Exception: nothing may catch it, as nothing catches a kill."""


async def test_a_process_that_is_killed_between_any_two_steps_is_carried_on_by_a_worker(
    hall: Hall, exam: Exam, session: Session
) -> None:
    """Die at every storage call in turn; each time the action is done once, and its history is whole."""
    for place in range(1, 40):
        key = f"k{place}"
        dying, left = hall.another(), [place]
        dying.service.acting.exams = exam
        collection = dying.store.cases.cases._collection
        log = dying.store.cases._lines

        def dies(call: Callable[..., Any], left: list[int] = left) -> Callable[..., Any]:
            async def called(*args: Any, **more: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    raise Killed
                answer = await call(*args, **more)
                left[0] -= 1
                if left[0] == 0:
                    raise Killed  # after it was on disk
                return answer

            return called

        for target in (collection, log):
            for name in ("insert", "update_if", "find"):
                setattr(target, name, dies(getattr(target, name)))
        died = False
        try:
            await dying.service.acting.ask(GRACE, wanted("extend", key, reason="our_mistake", extra_seconds=place))
        except Killed:
            died = True
        hall.clock.advance(10_000)
        await sweep_cases(hall.service.acting, hall.store, hall.clock.now_ms())
        # the page repeats what was not answered, under its key
        await hall.service.acting.ask(GRACE, wanted("extend", key, reason="our_mistake", extra_seconds=place))
        assert exam.moved[f"sit_1.{key}"] == (AttemptEvent.EXTEND, place * 1000)
        await hall.service.acting.take_note(session, key, is_person=True)
        case = await case_of(hall, session)
        assert (case.open, case.outbox, case.is_pending) == ((), (), False)
        if not died:
            break
    else:
        raise AssertionError("it was never left alive")
    told = await states(hall, session)
    assert told == ["extend:asked", "extend:acknowledged"] * place


async def test_an_exam_that_does_not_allow_it_any_more_is_told_to_the_proctor_and_not_to_the_candidate(
    hall: Hall, exam: Exam, session: Session
) -> None:
    exam.refuses = True
    await hall.service.acting.ask(GRACE, wanted("pause", **PAUSE))
    assert await states(hall, session) == ["pause:asked", "pause:refused"]
    assert (await case_of(hall, session)).open == ()


async def test_ending_an_exam_takes_a_second_person_or_the_safety_rule(
    hall: Hall, exam: Exam, session: Session
) -> None:
    acting = hall.service.acting
    action = await acting.ask(GRACE, wanted("terminate", reason="rules_broken"))
    assert action is not None
    assert action.state is ActionState.PROPOSED
    assert exam.moved == {}
    with pytest.raises(MoveRefused, match="whoever proposed it"):
        await acting.answer(GRACE, session.id, "k1", agrees=True)
    await acting.answer(ALAN, session.id, "k1", agrees=True)
    assert list(exam.moved.values()) == [("end", 0)]
    await acting.ask(GRACE, wanted("terminate", "k2", reason="safety"))
    assert len(exam.moved) == 2


async def test_a_declined_or_forgotten_proposal_ends_nothing(hall: Hall, exam: Exam, session: Session) -> None:
    acting = hall.service.acting
    await acting.ask(GRACE, wanted("terminate", reason="rules_broken"))
    await acting.answer(ALAN, session.id, "k1", agrees=False)
    await acting.ask(GRACE, wanted("terminate", "k2", reason="rules_broken"))
    hall.clock.advance(11 * 60_000)
    await sweep_cases(acting, hall.store, hall.clock.now_ms())
    assert exam.moved == {}
    assert (await states(hall, session))[-1] == "terminate:expired"


async def test_reasons_are_a_closed_list_for_each_action(hall: Hall, session: Session) -> None:
    for bad in (
        wanted("terminate", reason="candidate_asked"),
        wanted("pause"),
        wanted("message", reason="safety", text="x"),
        wanted("message"),
        wanted("extend", reason="our_mistake"),
        wanted("pause", extra_seconds=5, **PAUSE),
    ):
        with pytest.raises(Invalid):
            await hall.service.acting.ask(GRACE, bad)


async def test_a_resume_takes_the_place_of_a_pause_that_nobody_has_taken_note_of(
    hall: Hall, exam: Exam, session: Session
) -> None:
    await hall.service.acting.ask(GRACE, wanted("pause", **PAUSE))
    await hall.service.acting.ask(GRACE, wanted("resume", "k2", reason="cleared_up"))
    assert await states(hall, session) == ["pause:asked", "resume:asked", "pause:superseded"]


async def test_a_second_proctor_takes_over_when_the_lease_is_over_and_not_before(hall: Hall, session: Session) -> None:
    acting = hall.service.acting
    await acting.attend(GRACE, session.id, "attend")
    with pytest.raises(AttendedByAnother, match="Grace"):
        await acting.ask(ALAN, wanted("message", text="hello"))
    with pytest.raises(MoveRefused):
        await acting.attend(ALAN, session.id, "attend")
    await acting.move_hand(session, "h1", is_up=True)
    hall.clock.advance(46_000)
    await sweep_cases(acting, hall.store, hall.clock.now_ms())
    assert (await case_of(hall, session)).attendance.state is SupervisionState.ESCALATED
    case = await acting.attend(ALAN, session.id, "attend")
    assert (case.attendance.state, case.attendance.holder) == (SupervisionState.ATTENDING, "usr_a")
    left = await acting.attend(ALAN, session.id, "leave")
    assert left.attendance.state is SupervisionState.UNASSIGNED


class Candidate:
    def __init__(self) -> None:
        self.told: list[str] = []

    async def send(self, message: Message) -> None:
        if isinstance(message, ActionTold):
            self.told.append(message.action_id)


async def test_an_action_is_sent_again_until_the_page_has_it_also_when_the_hint_is_lost(
    hall: Hall, session: Session
) -> None:
    here = hall.another()  # the web process that holds the candidate's page; the proctor is at the first one
    page = Candidate()
    joined = await here.service.delivering.join(session, page.send)
    await hall.service.acting.ask(GRACE, wanted("warn", reason="talking"))
    await here.service.delivering.tell_the_stale()
    await here.service.delivering.tell_the_stale()
    assert page.told == ["k1"]
    await here.service.delivering.send_again()
    assert page.told == ["k1", "k1"]
    await here.service.acting.take_note(session, "k1", is_person=False)
    await here.service.delivering.send_again()
    assert page.told == ["k1", "k1"]
    await here.service.delivering.leave(joined)
    again = Candidate()  # the page is loaded anew: what the person has not taken note of is shown again
    await here.service.delivering.join(session, again.send)
    assert again.told == ["k1"]


async def test_a_broadcast_reaches_everybody_once_however_often_it_is_sent(hall: Hall, session: Session) -> None:
    other = await hall.service.invite_candidate("exam-1", "Algebra", "Blaise", "sit_2")
    for _ in range(2):
        assert await hall.service.acting.broadcast(GRACE, "b1", "Ten minutes left.", 500) == 2
    for one in (session, other):
        assert [action.text for action in (await case_of(hall, one)).open] == ["Ten minutes left."]


async def test_what_candidates_say_and_proctors_note_is_in_the_history_once(hall: Hall, session: Session) -> None:
    acting = hall.service.acting
    for _ in range(2):
        await acting.say(session, "s1", "May I drink?")
        await acting.note(GRACE, session.id, "n1", "asks for water", is_flag=False)
        await acting.note(GRACE, session.id, "f1", "a phone rang", is_flag=True)
    lines = await acting.lines(GRACE, session.id, 0, 100)
    assert [line.kind for line in lines] == [LineKind.SAID, LineKind.NOTE, LineKind.FLAG]
    assert (await case_of(hall, session)).flags == 1
    await acting.look(GRACE, session.id)
    assert (await case_of(hall, session)).heard_at_ms == hall.clock.now_ms()


async def test_many_at_once_lose_nothing_and_number_without_gaps(hall: Hall, session: Session) -> None:
    other = hall.another()
    acts = [
        (hall, other)[place % 2].service.acting.ask(GRACE, wanted("message", f"m{place}", text=f"{place}"))
        for place in range(20)
    ]
    await asyncio.gather(*acts)
    case = await case_of(hall, session)
    assert sorted(action.number for action in case.open) == list(range(1, 21))
    assert len(await states(hall, session)) == 20


async def test_a_database_that_is_away_is_waited_for_by_the_job(
    hall: Hall, exam: Exam, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise StorageUnavailable("away")

    with monkeypatch.context() as gone:
        gone.setattr(hall.store.cases, "write", away)
        action = await hall.service.acting.ask(GRACE, wanted("pause", **PAUSE))
    assert action is not None
    assert action.state is ActionState.ASKED
    hall.clock.advance(10_000)
    await sweep_cases(hall.service.acting, hall.store, hall.clock.now_ms())
    assert [action.state for action in (await case_of(hall, session)).open] == [ActionState.DUE]
