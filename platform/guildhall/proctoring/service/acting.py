"""Proctors' actions: decided in the candidate's case, then carried out by followers that may be killed at any line.

One compare-and-set on the case decides. After it, and again by the job for whoever died, `follow` writes the lines into
the history, moves the exam through `assessments`, and tells the candidate's page and the walls.
"""

from collections.abc import Callable
from typing import Protocol

from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.rules.turning import BeingClosed
from guildhall.kit.bus import Bus
from guildhall.kit.clock import Clock
from guildhall.kit.errors import Conflict, DomainError, Refused
from guildhall.kit.logs import get_logger
from guildhall.kit.storage import StorageUnavailable
from guildhall.kit.storage.versioned import TooBusy
from guildhall.proctoring.lifecycle import SessionState
from guildhall.proctoring.lifecycle.acting import SupervisionState
from guildhall.proctoring.messages.acting import ActionWanted
from guildhall.proctoring.model import ProctorClaims, Session
from guildhall.proctoring.model.cases import Action, ActionKind, Case, Line, Reason
from guildhall.proctoring.rules import acting, allowing, attending
from guildhall.proctoring.service.telling_cases import told_of
from guildhall.proctoring.settings import ProctoringSettings
from guildhall.proctoring.store import ProctoringStore
from guildhall.proctoring.store.cases import CaseNotFound, CaseStore

log = get_logger(__name__)

LOOK_AGAIN_MS = 3_000  # a look that lasts is written down so often at most


def case_topic(exam_id: str) -> str:
    """For the walls: a `CaseTold`."""
    return f"proctoring.case.{exam_id}"


def asked_topic(session_id: str) -> str:
    """For the process that holds the candidate: a hint that their case is another."""
    return f"proctoring.asked.{session_id}"


class ExamControl(Protocol):
    """What proctoring needs of assessments; `assessments.service.supervision.Supervision` has it."""

    async def turn(
        self, attempt_id: str, event: AttemptEvent, by: str, reason: str, *, extra_ms: int = 0, key: str = ""
    ) -> Attempt: ...

    async def end(self, attempt_id: str, by: str, reason: str, *, key: str = "") -> Attempt: ...


class NotAProctor(Refused):
    def __init__(self) -> None:
        super().__init__("This connection may look and not act: open the wall from your own account.")


class AttendedByAnother(Conflict):
    type = "attended-by-another"
    title = "Another proctor attends"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} attends to this candidate just now. Ask them to leave it to you, or to ask for help.")


class Acting:
    """The proctors' verbs, and those with which candidates answer. Used by both namespaces and the jobs."""

    def __init__(
        self, cases: CaseStore, sessions: ProctoringStore, bus: Bus, clock: Clock, settings: ProctoringSettings
    ) -> None:
        self._cases = cases
        self._sessions = sessions
        self._bus = bus
        self._clock = clock
        self._lease_ms = round(settings.attend_lease_seconds * 1000)
        self.exams: ExamControl | None = None
        """Set by the composition root."""

    # --- proctors

    async def ask(self, claims: ProctorClaims, wanted: ActionWanted) -> Action | None:
        """Decide an action and carry it out; the same key again changes nothing. None: it is settled by now.

        Raises CaseNotFound, NotAProctor, AttendedByAnother, Invalid, NoExamClock, TooMany.
        """
        reason = None if wanted.reason is None else Reason(wanted.reason)
        kind = ActionKind(wanted.kind)

        def decide(case: Case, now_ms: int) -> Case:
            if acting.is_known(case, wanted.key):
                return case
            held = self._held(case, claims, now_ms)
            return acting.asked(
                held,
                wanted.key,
                kind,
                claims.account_id,
                claims.name,
                now_ms,
                reason=reason,
                text=wanted.text,
                extra_seconds=wanted.extra_seconds,
            )

        return (await self._decide(claims, wanted.session_id, decide)).action(wanted.key)

    async def broadcast(self, claims: ProctorClaims, key: str, text: str, limit: int) -> int:
        """The same message to everybody who has not finished, each with its own acknowledgement; how many they are."""
        self._check(claims)
        sessions = await self._sessions.sessions_of(claims.exam_id, limit)
        reached = [session for session in sessions if session.state is not SessionState.FINISHED]
        for session in reached:

            def decide(case: Case, now_ms: int) -> Case:
                return acting.asked(case, key, ActionKind.BROADCAST, claims.account_id, claims.name, now_ms, text=text)

            await self._decide_in(session, decide)
        return len(reached)

    async def answer(self, claims: ProctorClaims, session_id: str, action_id: str, *, agrees: bool) -> Action | None:
        """The second person's word. Raises NoSuchAction, MoveRefused."""

        def decide(case: Case, now_ms: int) -> Case:
            if agrees:
                return acting.agreed(case, action_id, claims.account_id, now_ms)
            return acting.declined(case, action_id, now_ms)

        return (await self._decide(claims, session_id, decide)).action(action_id)

    async def note(self, claims: ProctorClaims, session_id: str, key: str, text: str, *, is_flag: bool) -> None:
        def decide(case: Case, now_ms: int) -> Case:
            return acting.noted(case, key, text, claims.account_id, claims.name, now_ms, is_flag=is_flag)

        await self._decide(claims, session_id, decide)

    async def lower_hand(self, claims: ProctorClaims, session_id: str, key: str) -> None:
        def decide(case: Case, now_ms: int) -> Case:
            return acting.hand_moved(case, key, now_ms, is_up=False, by=claims.account_id, by_name=claims.name)

        await self._decide(claims, session_id, decide)

    async def attend(self, claims: ProctorClaims, session_id: str, action: str) -> Case:
        """Attend, leave or ask for help. Raises MoveRefused while another attends."""

        def decide(case: Case, now_ms: int) -> Case:
            if action == "leave":
                return attending.left(case, claims.account_id, claims.name, now_ms)
            if action == "escalate":
                return attending.escalated(case, claims.account_id, claims.name, now_ms)
            return attending.attended(case, claims.account_id, claims.name, now_ms, self._lease_ms)

        return await self._decide(claims, session_id, decide)

    async def look(self, claims: ProctorClaims, session_id: str) -> None:
        """A person has this candidate before them. Raises CaseNotFound."""

        def decide(case: Case, now_ms: int) -> Case:
            is_fresh = now_ms - case.looked_at_ms < LOOK_AGAIN_MS and not attending.unread(case)
            return case if is_fresh else attending.looked(case, claims.name, now_ms)

        await self._decide_in(await self._session(claims, session_id), decide)

    async def lines(self, claims: ProctorClaims, session_id: str, after: int, limit: int) -> list[Line]:
        session = await self._session(claims, session_id)
        return await self._cases.lines(session.id, after, limit)

    # --- candidates

    async def open_case(self, session: Session) -> Case:
        return await self._cases.open(session, self._clock.now_ms())

    async def take_note(self, session: Session, action_id: str, *, is_person: bool) -> Case:
        """The page has an action, or the person has taken note of it."""
        step = acting.acknowledged if is_person else acting.delivered
        return await self._decide_in(session, lambda case, now_ms: step(case, action_id, now_ms))

    async def say(self, session: Session, key: str, text: str) -> Case:
        return await self._decide_in(session, lambda case, now_ms: acting.said(case, key, text, now_ms))

    async def move_hand(self, session: Session, key: str, *, is_up: bool) -> Case:
        return await self._decide_in(session, lambda case, now_ms: acting.hand_moved(case, key, now_ms, is_up=is_up))

    # --- what follows

    async def follow(self, case: Case) -> Case:
        """Write, move, tell: everything the case says has to follow, in its order. Repeating it is harmless.

        What cannot be done now stays in the case, for the job.
        """
        try:
            while case.is_pending:
                if case.outbox:
                    line = case.outbox[0]
                    await self._cases.write(case.id, line)
                    case = await self._change(case.id, lambda seen, line=line: acting.written(seen, line))  # type: ignore[misc]
                elif (action := acting.to_move(case)) is not None:
                    case = await self._carry_out(case, action)
        except (StorageUnavailable, TooBusy, BeingClosed) as error:
            log.warning("case_not_followed_yet", session_id=case.id, reason=str(error))
        await self.announce(case)
        return case

    async def lapse(self, case: Case) -> Case:
        """Take out of the case what has run out by now."""
        now_ms = self._clock.now_ms()
        changed = await self._change(case.id, lambda seen: attending.lapsed(acting.expired(seen, now_ms), now_ms))
        return await self.follow(changed)

    async def announce(self, case: Case) -> None:
        await self._bus.publish(asked_topic(case.id), b"")
        await self._bus.publish(case_topic(case.exam_id), told_of(case).model_dump_json().encode())

    async def _carry_out(self, case: Case, action: Action) -> Case:
        try:
            await self._move_exam(case, action)
        except (StorageUnavailable, TooBusy, BeingClosed):
            raise
        except DomainError as error:
            why = error.detail
            return await self._change(case.id, lambda seen: acting.refused(seen, action.id, why, self._clock.now_ms()))
        return await self._change(case.id, lambda seen: acting.carried_out(seen, action.id, self._clock.now_ms()))

    async def _move_exam(self, case: Case, action: Action) -> None:
        if action.kind not in allowing.MOVING:
            return
        if self.exams is None:
            raise allowing.NoExamClock
        by = action.second_by or action.by
        told = allowing.reason_told(action)
        key = f"{case.id}.{action.id}"
        if action.kind is ActionKind.TERMINATE:
            await self.exams.end(case.attempt_id, by, told, key=key)
        else:
            event = AttemptEvent(action.kind.value)
            await self.exams.turn(case.attempt_id, event, by, told, extra_ms=action.extra_seconds * 1000, key=key)

    # --- one compare-and-set

    def _held(self, case: Case, claims: ProctorClaims, now_ms: int) -> Case:
        attendance = case.attendance
        is_live = attendance.state is SupervisionState.ATTENDING and attendance.until_ms > now_ms
        if is_live and attendance.holder != claims.account_id:
            raise AttendedByAnother(attendance.holder_name)
        return attending.attended(case, claims.account_id, claims.name, now_ms, self._lease_ms)

    def _check(self, claims: ProctorClaims) -> None:
        if not claims.account_id:
            raise NotAProctor

    async def _session(self, claims: ProctorClaims, session_id: str) -> Session:
        session = await self._sessions.session(session_id)
        if session is None or session.exam_id != claims.exam_id:
            raise CaseNotFound(session_id)
        return session

    async def _decide(self, claims: ProctorClaims, session_id: str, decide: Callable[[Case, int], Case]) -> Case:
        self._check(claims)
        return await self._decide_in(await self._session(claims, session_id), decide)

    async def _decide_in(self, session: Session, decide: Callable[[Case, int], Case]) -> Case:
        seen = await self._cases.open(session, self._clock.now_ms())
        changed = await self._change(session.id, lambda case: decide(case, self._clock.now_ms()))
        return changed if changed.rev == seen.rev and not changed.is_pending else await self.follow(changed)

    async def _change(self, session_id: str, decide: Callable[[Case], Case]) -> Case:
        return await self._cases.cases.change(session_id, self._clock.now_ms(), decide)
