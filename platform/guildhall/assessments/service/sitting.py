"""A candidate's verbs: come in, begin, answer, take a break, hand in; and what they are shown."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from guildhall.assessments.lifecycle import OVER, Actor, AttemptEvent, AttemptState
from guildhall.assessments.messages.sitting import AnswersGiven, AnswersTaken, AttemptShown, ClockChanged
from guildhall.assessments.model.attempts import (
    EXAM_AUDIENCE,
    AnswerEntry,
    Attempt,
    AttemptClock,
    ExamClaims,
)
from guildhall.assessments.model.exams import Accommodation, Delivery, Invitation
from guildhall.assessments.rules.accommodating import budget_ms
from guildhall.assessments.rules.drawing import draw_form
from guildhall.assessments.rules.receipts import ReceiptDocument, ReceiptEntry
from guildhall.assessments.service.answering import AnswerDesk
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.papers import Papers
from guildhall.assessments.service.people import Person
from guildhall.assessments.service.projection import show_actions, show_attempt
from guildhall.assessments.service.projection import show_clock as clock_shown
from guildhall.assessments.service.turns import Turns
from guildhall.assessments.store import NoSuch
from guildhall.kit.errors import Conflict
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate, StorageUnavailable

TRIES_MAX: Final = 20
DEMO_DELIVERY_ID: Final = "dlv_demo"
"""Of the demo exam, where there is one: anybody who is signed in sits it, under any name."""


class NotOpen(Conflict):
    """Withdrawn, cancelled, too early, too late, or sat as often as allowed; the sentence says which."""

    type = "exam-not-open"
    title = "This exam cannot be begun"


async def _whoever_comes(attempt: Attempt) -> None:
    """Where nothing is proctored."""


class Sitting:
    def __init__(self, context: Context, papers: Papers, desk: AnswerDesk, turns: Turns) -> None:
        self._context = context
        self._store = context.store
        self._people = context.people
        self._papers = papers
        self._desk = desk
        self._turns = turns
        self._tokens = context.tokens
        self.expect_asked: Callable[[Attempt], Awaitable[None]] = _whoever_comes
        """Set by the composition root where there is proctoring: raises unless the candidate has gone through what
        comes before a proctor lets them in."""

    # --- coming in

    async def enter(self, invitation_id: str, account_id: str) -> Attempt:
        """The attempt of this invitation that is not over, or a new one. Raises NoSuch, NotOpen."""
        person = await self._people.find(account_id)
        for _ in range(TRIES_MAX):
            invitation = await self._store.invitations.read(invitation_id)
            if person is None or not is_theirs(invitation, person):
                raise NoSuch(f"There is no invitation {invitation_id}.")
            attempt = await self._unfinished(invitation, person)
            if attempt is not None:
                return attempt
            delivery = await self._store.deliveries.read(invitation.delivery_id)
            if reason := self.why_not(invitation, delivery):
                raise NotOpen(reason)
            await self._name_attempt(invitation, person)
        raise StorageUnavailable("Many are changing this invitation at once; try again in a moment.")

    async def seat_without_invitation(self, delivery_id: str, account_id: str, name: str) -> Attempt:
        """For the demo. Raises NoSuch."""
        delivery = await self._store.deliveries.read(delivery_id)
        return await self._make(new_id("att", self._context.clock), delivery, None, account_id, name, 1)

    def why_not(self, invitation: Invitation, delivery: Delivery) -> str:
        """Why a new attempt cannot be made now, as the candidate reads it; empty: it can."""
        now_ms = self._context.clock.now_ms()
        if invitation.is_withdrawn:
            return "Your invitation was withdrawn."
        if delivery.is_cancelled:
            return "This exam was cancelled."
        if now_ms < delivery.opens_at_ms:
            return "This exam is not open yet."
        if now_ms > delivery.closes_at_ms:
            return "This exam has closed."
        allowed = delivery.attempts_allowed + len(invitation.resits)
        if len(invitation.attempts) >= allowed:
            times = "once" if allowed == 1 else f"{allowed} times"
            return f"You may sit this exam {times}, and you have."
        return ""

    def exam_token(self, attempt: Attempt, session_id: str) -> str:
        claims = ExamClaims(attempt_id=attempt.id, account_id=attempt.account_id, session_id=session_id)
        return self._tokens.sign(claims, EXAM_AUDIENCE, self._context.settings.token_lifetime_seconds)

    def read_token(self, token: str) -> ExamClaims:
        """Raises Unauthenticated."""
        return self._tokens.verify(token, EXAM_AUDIENCE, ExamClaims)

    async def own(self, attempt_id: str, account_id: str) -> Attempt:
        """One's own attempt, after what is due of it. Raises NoSuch for anybody else's too."""
        attempt = await self._store.attempts.get(attempt_id)
        if attempt is None or attempt.account_id != account_id:
            raise NoSuch(f"There is no attempt {attempt_id}.")
        return await self._turns.settle(attempt_id)

    async def is_reopened(self, attempt_id: str) -> bool:
        """Whether it goes on after it was over; for the room before the camera, which such a one comes back into."""
        attempt = await self._store.attempts.get(attempt_id)
        if attempt is None or attempt.over_at_ms is not None:
            return False
        return any(move.event == AttemptEvent.REOPEN for move in attempt.history)

    # --- sitting

    async def check_in(self, attempt_id: str, account_id: str) -> Attempt:
        """Say that one is here, and ask to be let in.

        Raises what `expect_asked` raises where a proctor lets people in: the exam's own socket is no way around it.
        """
        before = await self._store.attempts.get(attempt_id)
        if before is not None and before.account_id == account_id and before.needs_admission:
            await self.expect_asked(before)
        attempt = await self._turns.turn(attempt_id, AttemptEvent.CHECK_IN, Actor.CANDIDATE, account_id)
        return await self._turns.turn(attempt.id, AttemptEvent.ASK_ADMISSION, Actor.CANDIDATE, account_id)

    async def act(self, attempt_id: str, event: AttemptEvent, account_id: str) -> Attempt:
        """Begin, take a break or end it. Raises MoveRefused."""
        return await self._turns.turn(attempt_id, event, Actor.CANDIDATE, account_id)

    async def submit(self, attempt_id: str, account_id: str) -> Attempt:
        """Hand in; again, or after the clock did, it is the same. Raises MoveRefused."""
        return await self._turns.close(attempt_id, AttemptEvent.SUBMIT, Actor.CANDIDATE, account_id)

    async def leave_section(self, attempt_id: str, account_id: str, section_id: str, epoch: int = 0) -> Attempt:
        """Go on to the next section of an exam that goes forwards only; one that was left already changes nothing.

        Raises CannotMoveOn, NotBegun, AttemptOver and NoSuch.
        """
        attempt = await self.own(attempt_id, account_id)
        if await self._desk.leave_section(attempt, section_id, epoch):
            await self._turns.announce_left(attempt, section_id)
        return attempt

    async def answer(self, attempt_id: str, given: AnswersGiven, epoch: int = 0) -> AnswersTaken:
        """See `AnswerDesk.take`. Without an epoch it comes from no page that holds the seat: the one that does is told.

        So a page that took over shows what the one before it still had to send.
        """
        taken = await self._desk.take(attempt_id, given, epoch)
        if not epoch:
            await self._turns.announce_answered(attempt_id)
        return taken

    # --- what is shown

    async def show(self, attempt: Attempt) -> AttemptShown:
        has_begun = attempt.clock.started_at_ms is not None
        answers, left = await self._desk.shown(attempt) if has_begun else ((), frozenset[str]())
        return show_attempt(
            attempt,
            await self._papers.plan(attempt.exam_version_id),
            await self._papers.questions(attempt),
            answers,
            left,
            await self._turns.actions(attempt, Actor.CANDIDATE),
            self._context.clock.now_ms(),
        )

    async def show_clock(self, attempt: Attempt, reason: str) -> ClockChanged:
        return ClockChanged(
            state=attempt.state,
            actions=show_actions(await self._turns.actions(attempt, Actor.CANDIDATE)),
            clock=clock_shown(attempt.clock, self._context.clock.now_ms()),
            reason=reason,
        )

    async def final_answers(self, attempt_id: str) -> dict[str, AnswerEntry]:
        """By slot, the answers that count: those in force when the attempt was closed; for grading. Raises NoSuch."""
        return await self._desk.final(await self._store.attempts.read(attempt_id))

    async def answer_log(self, attempt_id: str) -> list[AnswerEntry]:
        """Everything that was answered, in order; for item analysis. Raises NoSuch."""
        return await self._desk.log(await self._store.attempts.read(attempt_id))

    async def receipt(self, attempt: Attempt) -> ReceiptDocument:
        """What the verify command takes: the whole log, up to the end where there is one."""
        is_over = attempt.state in OVER
        entries = await self._desk.entries(attempt.id, attempt.head if is_over else None)
        newest = entries[-1] if entries else None
        return ReceiptDocument(
            attempt_id=attempt.id,
            exam_title=attempt.exam_title,
            candidate_name=attempt.candidate_name,
            is_closed=is_over,
            number=newest.number if newest else 0,
            hash=str(newest.body["hash"]) if newest else "",
            at_ms=newest.at_ms if newest else 0,
            entries=tuple(
                ReceiptEntry(number=one.number, key=one.key, at_ms=one.at_ms, body=one.body) for one in entries
            ),
        )

    # --- making attempts

    async def _unfinished(self, invitation: Invitation, person: Person) -> Attempt | None:
        if not invitation.attempts:
            return None
        newest = invitation.attempts[-1]
        attempt = await self._store.attempts.get(newest)
        if attempt is None:  # named, and then whoever did it was killed
            delivery = await self._store.deliveries.read(invitation.delivery_id)
            number = len(invitation.attempts)
            attempt = await self._make(newest, delivery, invitation, person.account_id, person.name, number)
        attempt = await self._turns.settle(await self._turns.accommodate(attempt.id, invitation.accommodation))
        return None if attempt.state in OVER else attempt

    async def _name_attempt(self, seen: Invitation, person: Person) -> None:
        """Decide the next attempt's name, if nobody has since; whoever comes in then makes it."""
        attempt_id = new_id("att", self._context.clock)

        def decide(invitation: Invitation) -> Invitation:
            if invitation.attempts != seen.attempts or invitation.is_withdrawn:
                return invitation
            fields = {"attempts": (*invitation.attempts, attempt_id), "account_id": person.account_id}
            return invitation.model_copy(update=fields)

        await self._store.invitations.change(seen.id, self._context.clock.now_ms(), decide)

    async def _make(
        self,
        attempt_id: str,
        delivery: Delivery,
        invitation: Invitation | None,
        account_id: str,
        name: str,
        number: int,
    ) -> Attempt:
        version = await self._store.exam_versions.read(delivery.exam_version_id)
        wanted = sorted({version_id for pool in version.pools for version_id in pool.version_ids})
        form = draw_form(version, await self._store.versions_named(wanted), secrets.token_hex(16))
        now_ms = self._context.clock.now_ms()
        terms = invitation.accommodation if invitation is not None else Accommodation()
        attempt = Attempt(
            id=attempt_id,
            created_at_ms=now_ms,
            invitation_id="" if invitation is None else invitation.id,
            delivery_id=delivery.id,
            exam_version_id=version.id,
            organisation_id=delivery.organisation_id,
            account_id=account_id,
            candidate_name=name,
            exam_title=version.plan.title,
            number=number,
            is_practice=delivery.is_practice,
            is_proctored=version.plan.is_proctored,
            needs_admission=version.plan.is_proctored and version.plan.needs_admission,
            closes_at_ms=delivery.closes_at_ms,
            accommodation=terms,
            form=form,
            state=AttemptState.CREATED,
            state_since_ms=now_ms,
            clock=AttemptClock(
                budget_ms=budget_ms(version.plan.duration_seconds, terms),
                break_budget_ms=terms.break_seconds * 1000,
            ),
        )
        try:
            await self._store.attempts.add(attempt)
        except Duplicate:
            return await self._store.attempts.read(attempt_id)
        return attempt


def is_theirs(invitation: Invitation, person: Person) -> bool:
    """By the account that came first, else by the verified address that it was sent to."""
    if invitation.account_id:
        return invitation.account_id == person.account_id
    return bool(person.email_key) and invitation.email_key == person.email_key
