"""What staff may do with an attempt, each with its reason and its line in the audit log; and what they see of it."""

from functools import partial
from typing import Any

from guildhall.assessments.lifecycle import Actor, AttemptEvent
from guildhall.assessments.messages.attempts import (
    AttemptSupervised,
    AttemptsWatched,
    AttemptWatched,
    LateAnswer,
    LateDeleted,
    MoveShown,
)
from guildhall.assessments.model.attempts import Answer, Attempt
from guildhall.assessments.rules import clock as clocks
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.answering import AnswerDesk
from guildhall.assessments.service.assigning import Assigning
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.late_answers import LateAnswers
from guildhall.assessments.service.projection import show_actions, show_clock, show_receipt
from guildhall.assessments.service.receipting import as_shown, late_stream
from guildhall.assessments.service.turns import Turns
from guildhall.assessments.store import PAGE, NoSuch
from guildhall.kit.audit import Decision
from guildhall.kit.lifecycle import AllowedAction, MoveRefused
from guildhall.kit.streams import Entry

_STAFF = (Actor.PROCTOR, Actor.AUTHOR)


class Supervision:
    """`by` is the account of whoever acts; proctoring calls the same verbs."""

    def __init__(
        self, context: Context, desk: AnswerDesk, turns: Turns, assigning: Assigning, late_answers: LateAnswers
    ) -> None:
        self._context = context
        self._store = context.store
        self._desk = desk
        self._turns = turns
        self._assigning = assigning
        self._late_answers = late_answers

    async def find(self, attempt_id: str, scope: Scope) -> Attempt:
        """Raises NoSuch also for what is not for who is asking."""
        attempt = await self._store.attempts.get(attempt_id)
        if attempt is None:
            raise NoSuch(f"There is no attempt {attempt_id}.")
        if not scope.covers(attempt.organisation_id):
            try:
                await self._assigning.supervised_delivery(scope, attempt.delivery_id)
            except NoSuch as error:
                raise NoSuch(f"There is no attempt {attempt_id}.") from error
        return await self._turns.settle(attempt_id)

    # --- verbs

    async def turn(
        self, attempt_id: str, event: AttemptEvent, by: str, reason: str, *, extra_ms: int = 0, key: str = ""
    ) -> Attempt:
        """Admit, turn away, pause, resume or extend. Raises MoveRefused, which is audited too.

        With a `key` it is done and audited once, however often this is called.
        """
        work = partial(self._turns.turn, attempt_id, event, Actor.PROCTOR, by, reason, extra_ms=extra_ms, key=key)
        details = {"extra_ms": extra_ms} if extra_ms else {}
        return await self._audited(attempt_id, event, by, reason, work, details, key)

    async def end(self, attempt_id: str, by: str, reason: str, *, key: str = "") -> Attempt:
        """Hand in for a candidate who may not go on; their answers stay, and an author may reopen it."""
        work = partial(self._turns.close, attempt_id, AttemptEvent.END, Actor.PROCTOR, by, reason, key=key)
        return await self._audited(attempt_id, AttemptEvent.END, by, reason, work, {}, key)

    async def void(self, attempt_id: str, by: str, reason: str, *, key: str = "") -> Attempt:
        """`key`: of what decided it, so that the audit log has one line however often that is carried out."""
        work = partial(self._turns.close, attempt_id, AttemptEvent.VOID, Actor.AUTHOR, by, reason)
        return await self._audited(attempt_id, AttemptEvent.VOID, by, reason, work, {}, key)

    async def reopen(self, attempt_id: str, by: str, reason: str, extra_ms: int) -> Attempt:
        """Let the candidate go on. Raises NoTimeLeft where none is left and no extra time is given."""
        work = partial(self._turns.reopen, attempt_id, by, reason, extra_ms)
        return await self._audited(attempt_id, AttemptEvent.REOPEN, by, reason, work, {"extra_ms": extra_ms})

    async def admit_late(self, attempt_id: str, by: str, reason: str, keys: list[str]) -> Attempt:
        """Take these late answers into a log that was reopened, in the order in which they came; repeating is harmless.

        What was answered since the reopening stays. Raises NoSuch, AttemptOver.
        """
        wanted = set(keys)
        late = [entry for entry in await self._desk.entries(late_stream(attempt_id)) if entry.key in wanted]
        if missing := sorted(wanted - {entry.key for entry in late}):
            raise NoSuch(f"There is no late answer {missing[0]}.")
        for entry in late:
            answer = Answer.model_validate(entry.body["answer"])
            await self._desk.admit(attempt_id, entry.key, answer, by)
        details = {"reason": reason, "keys": [entry.key for entry in late]}
        await self._record(attempt_id, "admit_late", by, details, is_allowed=True)
        return await self._turns.settle(attempt_id)

    async def delete_late(self, attempt_id: str, by: str, reason: str) -> Attempt:
        """Delete the answers that came after the end; again, it changes nothing. Raises NoSuch where none came."""
        return await self._late_answers.delete(attempt_id, by, reason)

    async def _audited(
        self,
        attempt_id: str,
        event: AttemptEvent,
        by: str,
        reason: str,
        work: Any,
        details: dict[str, Any],
        key: str = "",
    ) -> Attempt:
        told = {"reason": reason, **details}
        try:
            attempt: Attempt = await work()
        except MoveRefused:
            await self._record(attempt_id, event.value, by, told, is_allowed=False, key=key)
            raise
        await self._record(attempt_id, event.value, by, told, is_allowed=True, key=key)
        return attempt

    async def _record(
        self, attempt_id: str, verb: str, by: str, details: dict[str, Any], *, is_allowed: bool, key: str = ""
    ) -> None:
        decision: Decision = "allowed" if is_allowed else "refused"
        once = f"{attempt_id}/{key}/{decision}" if key else None
        await self._context.audit.record(by, f"assessments.{verb}", "attempt", attempt_id, decision, details, key=once)

    # --- what is seen

    async def watch(self, delivery_id: str, scope: Scope, after_id: str) -> AttemptsWatched:
        """A page of the live list of a delivery. Raises NoSuch."""
        await self._assigning.supervised_delivery(scope, delivery_id)
        attempts = await self._store.attempts_in(delivery_id, after_id)
        watched = [await self._row(attempt, late=0) for attempt in attempts]
        return AttemptsWatched(
            server_time_ms=self._context.clock.now_ms(),
            attempts=tuple(watched),
            next_after=attempts[-1].id if len(attempts) == PAGE else None,
        )

    async def look(self, attempt: Attempt) -> AttemptSupervised:
        late = await self._desk.entries(late_stream(attempt.id))
        return AttemptSupervised(
            attempt=await self._row(attempt, late=len(late)),
            clock=show_clock(attempt.clock, self._context.clock.now_ms()),
            history=tuple(
                MoveShown(at_ms=m.at_ms, event=m.event, state=m.state, by=m.by, reason=m.reason)
                for m in attempt.history
            ),
            late_answers=tuple(_late_answer(entry) for entry in late),
            late_kept_until_ms=attempt.late_due_at_ms or None,
            late_deletions=tuple(
                LateDeleted(at_ms=one.at_ms, by=one.by, reason=one.reason, count=one.count)
                for one in attempt.late_deletions
                if one.is_done
            ),
            receipt=show_receipt(attempt),
        )

    async def _row(self, attempt: Attempt, late: int) -> AttemptWatched:
        now_ms = self._context.clock.now_ms()
        has_begun = attempt.clock.started_at_ms is not None
        answered, answer_at_ms = await self._desk.standing(attempt) if has_begun else (0, 0)
        over_at_ms = attempt.over_at_ms
        return AttemptWatched(
            id=attempt.id,
            candidate_name=attempt.candidate_name,
            number=attempt.number,
            is_practice=attempt.is_practice,
            state=attempt.state,
            state_since_ms=attempt.state_since_ms,
            left_ms=max(0, clocks.left_ms(attempt.clock, now_ms if over_at_ms is None else over_at_ms)),
            deadline_ms=clocks.deadline_ms(attempt.clock),
            answered=answered,
            questions=len(attempt.form.slots),
            late_answers=late,
            last_answer_at_ms=answer_at_ms,
            seen_at_ms=max(attempt.seen_at_ms, answer_at_ms),
            actions=show_actions(await self._actions(attempt)),
        )

    async def _actions(self, attempt: Attempt) -> tuple[AllowedAction, ...]:
        return tuple([action for actor in _STAFF for action in await self._turns.actions(attempt, actor)])


def _late_answer(entry: Entry) -> LateAnswer:
    return LateAnswer(
        key=entry.key, at_ms=entry.at_ms, client_at_ms=entry.body["answer"]["client_at_ms"], answer=as_shown(entry)
    )
