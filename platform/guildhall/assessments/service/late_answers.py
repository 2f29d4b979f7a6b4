"""Answers that came after the end: kept apart for a person to decide about, and for no longer than the rule says.

Deleting them is written into the attempt first, then into the audit log with the hash of the last of them, and then
carried out: whoever is killed on the way is finished by the job, and the log names each deletion once.
"""

from typing import Final

from guildhall.assessments.model.attempts import LATE_DELETIONS_MAX, Attempt, LateDeletion
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.receipting import late_stream
from guildhall.assessments.store import NoSuch

RETENTION: Final = "system:retention"
_DAY_MS: Final = 86_400_000


async def keep_until(context: Context, attempt_id: str) -> None:
    """Say in the attempt that it has late answers, and until when; called after one was stored."""
    until_ms = context.clock.now_ms() + context.settings.late_answers_days * _DAY_MS

    def noted(seen: Attempt) -> Attempt:
        return seen if seen.late_due_at_ms else seen.model_copy(update={"late_due_at_ms": until_ms})

    await context.store.attempts.change(attempt_id, context.clock.now_ms(), noted)


class LateAnswers:
    """Used by `service.supervision` and the job."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    async def delete(self, attempt_id: str, by: str, reason: str) -> Attempt:
        """Delete all that there are; again, it changes nothing. Raises NoSuch where there never were any."""
        seen = await self._store.attempts.read(attempt_id)
        if not seen.late_due_at_ms and not await self._store.answers.head(late_stream(attempt_id)):
            if seen.late_deletions:
                return seen
            raise NoSuch("No answers came after the end of this attempt.")
        return await self._carry_out(await self._begin(attempt_id, by, reason))

    async def delete_due(self) -> int:
        """The job's pass: finish what was begun, and begin what has been kept long enough."""
        due = await self._store.attempts_with_late_answers_due(self._context.clock.now_ms())
        reason = f"Kept for {self._context.settings.late_answers_days} days, as the rule says."
        for attempt in due:
            await self._carry_out(await self._begin(attempt.id, RETENTION, reason))
        return len(due)

    async def _begin(self, attempt_id: str, by: str, reason: str) -> Attempt:
        """Written down, unless another deletion is under way: that one is finished then."""
        now_ms = self._context.clock.now_ms()
        count = await self._store.answers.head(late_stream(attempt_id))

        def begun(seen: Attempt) -> Attempt:
            if _pending(seen) is not None:
                return seen
            deletions = (*seen.late_deletions, LateDeletion(at_ms=now_ms, by=by, reason=reason, count=count))
            fields = {"late_deletions": deletions[-LATE_DELETIONS_MAX:], "late_due_at_ms": now_ms}
            return seen.model_copy(update=fields)

        return await self._store.attempts.change(attempt_id, now_ms, begun)

    async def _carry_out(self, attempt: Attempt) -> Attempt:
        pending = _pending(attempt)
        if pending is None:
            return attempt
        stream, now_ms = late_stream(attempt.id), self._context.clock.now_ms()
        newest = await self._store.answers.newest(stream)
        if newest is not None:
            last = str(newest.body["hash"])
            details = {"reason": pending.reason, "count": newest.number, "last_hash": last}
            await self._context.audit.record(
                pending.by,
                "assessments.delete_late",
                "attempt",
                attempt.id,
                "allowed",
                details,
                key=f"{attempt.id}/late/{last}",
            )
            await self._store.answers.forget(stream, newest.number)

        def done(seen: Attempt) -> Attempt:
            if _pending(seen) != pending:
                return seen
            count = pending.count if newest is None else newest.number  # None: whoever deleted them was killed then
            finished = pending.model_copy(update={"count": count, "is_done": True})
            return seen.model_copy(
                update={"late_deletions": (*seen.late_deletions[:-1], finished), "late_due_at_ms": 0}
            )

        told = await self._store.attempts.change(attempt.id, now_ms, done)
        if await self._store.answers.head(stream):  # one that came meanwhile has its own time
            await keep_until(self._context, attempt.id)
        return told


def _pending(attempt: Attempt) -> LateDeletion | None:
    newest = attempt.late_deletions[-1] if attempt.late_deletions else None
    return newest if newest is not None and not newest.is_done else None
