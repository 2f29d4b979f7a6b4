"""Grading: what was handed in becomes a result, marks are taken in, corrected keys are applied to everybody.

Each step may be done again: a result is written by compare-and-set against the very revision that was read before its
answers, keys and marks were, so an older view of them never replaces a newer one. Followers call all of this; verbs
call it too, so that nobody waits for a job.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Final

from guildhall.assessments.lifecycle import Actor, AttemptState, ResultState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.results import Mark, MarkRole, Result
from guildhall.assessments.rules.deciding import Decision
from guildhall.assessments.rules.holding import held_again, held_while_sat, reopened_at_move, sat_to_the_end
from guildhall.assessments.rules.marking import mark_id, renewed, roles_of, slots_to_mark, unmarked
from guildhall.assessments.rules.release import (
    SYSTEM,
    first_result,
    postponed,
    release,
    release_time_ms,
    take_in,
    withhold_for,
)
from guildhall.assessments.service.assessing import Dossier, Dossiers
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.follow_ups import ResultFollowUps
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.versioned import MAX_ATTEMPTS, TooBusy

GRADED: Final = frozenset({AttemptState.SUBMITTED, AttemptState.EXPIRED})
PREVIEWED_MAX: Final = 2_000
_ALIAS_DIGITS: Final = 26


async def _nobody_watches(attempt: Attempt) -> bool:  # noqa: ARG001 - of the port
    return False


class Grading:
    def __init__(self, context: Context, dossiers: Dossiers, follow_ups: ResultFollowUps) -> None:
        self._context = context
        self._store = context.store
        self._clock = context.clock
        self._dossiers = dossiers
        self._follow_ups = follow_ups
        self.is_watched: Callable[[Attempt], Awaitable[bool]] = _nobody_watches
        """Set by the composition root where there is proctoring: whether anything may have been flagged in it."""

    # --- what followers do

    async def settle_attempt(self, attempt: Attempt) -> None:
        """Grade what was handed in; withhold what was voided. Afterwards the attempt is settled as it was read."""
        if attempt.state in GRADED:
            await self._make_marks(await self._dossiers.of(attempt))
            await self._hold_again(attempt)
            await self._withhold(attempt)
            await self.assess(attempt.id, "Graded.")
            # A key that was corrected meanwhile found no result to grade again.
            await self.assess(attempt.id, "The key was corrected.")
        elif attempt.state is AttemptState.VOIDED:
            await self._withhold(attempt)
        await self._sat_to_the_end(attempt)
        settled = attempt.model_copy(update={"unsettled": False})
        if await self._store.attempts.replace(attempt, settled, self._clock.now_ms()) is None:
            # It may have been opened again before there was a result that could be held for it.
            await self.hold_while_sat(await self._store.attempts.read(attempt.id))

    async def settle_mark(self, mark: Mark) -> None:
        """Take in a mark that became final, or was opened again, and say so in the audit log."""
        await self.assess(mark.attempt_id, "Marked.")
        times = len(mark.reopenings)
        actor = mark.marker_id if mark.is_final else mark.reopenings[-1].by
        verb = "finish_mark" if mark.is_final else "reopen_mark"
        await self._context.audit.record(
            actor,
            f"assessments.{verb}",
            "mark",
            mark.id,
            "allowed",
            {"centipoints": mark.centipoints, "role": mark.role.value},
            key=f"{mark.id}_{verb}_{times}",
            at_ms=mark.updated_at_ms,
        )
        await self._store.marks.replace(mark, mark.model_copy(update={"unsettled": False}), self._clock.now_ms())

    async def assess(self, attempt_id: str, reason: str, by: str = SYSTEM) -> Result:
        """The attempt's result, made or brought up to what answers, keys and marks say now."""
        for _ in range(MAX_ATTEMPTS):
            seen = await self._store.results.get(attempt_id)
            dossier = await self._dossiers.of(await self._store.attempts.read(attempt_id))
            now_ms = self._clock.now_ms()
            grade, disputed = dossier.assess(at_ms=now_ms, reason=reason, by=by)
            await self._call_thirds(dossier, disputed)
            result = seen or first_result(
                dossier.attempt, grade, self.decision(by), is_held=await self._is_held(dossier.attempt)
            )
            new = take_in(
                result,
                grade,
                is_disputed=bool(disputed),
                plan=dossier.plan,
                delivery=dossier.delivery,
                decision=self.decision(by),
            )
            if new is seen:
                return await self._after(new, dossier)
            written = await self._write(seen, new, now_ms)
            if written is not None:
                return await self._after(written, dossier)
        raise TooBusy(attempt_id)

    async def release_due(self, result: Result) -> None:
        """The job's: the rule's time has come, unless the window was moved on since."""
        delivery = await self._store.deliveries.read(result.delivery_id)
        plan = (await self._store.exam_versions.read(result.exam_version_id)).plan

        def decide(seen: Result) -> Result:
            now_ms = self._clock.now_ms()
            if seen.state is not ResultState.MARKED or not 0 < seen.release_at_ms <= now_ms:
                return seen if seen.state is ResultState.MARKED else postponed(seen, 0)
            due_ms = release_time_ms(plan, delivery, now_ms)
            return postponed(seen, due_ms) if due_ms > now_ms else release(seen, plan, self.decision(SYSTEM))

        changed = await self._store.results.change(result.id, self._clock.now_ms(), decide)
        await self._follow_ups.carry_out(changed)

    # --- what others here share

    def decision(self, by: str, actor: Actor = Actor.SYSTEM) -> Decision:
        return Decision(by=by, at_ms=self._clock.now_ms(), actor=actor, credential_id=new_id("crd", self._clock))

    async def _write(self, seen: Result | None, new: Result, now_ms: int) -> Result | None:
        if seen is not None:
            return await self._store.results.replace(seen, new, now_ms)
        try:
            await self._store.results.add(new)
        except Duplicate:
            return None
        return new

    async def _after(self, result: Result, dossier: Dossier) -> Result:
        """What follows at once: the effects, and a release whose time is now."""
        result = await self._follow_ups.carry_out(result)
        if result.state is ResultState.MARKED and 0 < result.release_at_ms <= self._clock.now_ms():
            await self.release_due(result)
        if result.state not in {ResultState.MARKING, ResultState.RECONCILING}:
            await self._dismiss_thirds(dossier)
        return result

    async def _is_held(self, attempt: Attempt) -> bool:
        return not attempt.is_practice and await self.is_watched(attempt)

    async def _make_marks(self, dossier: Dossier) -> None:
        """One for each planned role of each answer that people mark; those of an answer that was changed begin anew."""
        attempt, now_ms = dossier.attempt, self._clock.now_ms()
        for slot in slots_to_mark(attempt.form, dossier.versions, dossier.responses):
            number = dossier.answers[slot.id].number
            for role in roles_of(dossier.plan.marking):
                name = mark_id(attempt.id, slot.id, role)
                fresh = unmarked(attempt, slot, role, self._alias(name), number, now_ms)
                await self._add_mark(fresh)
            for mark in dossier.marks_for(slot.id):
                if mark.answer_number != number:
                    await self._renew(mark, number)

    async def _renew(self, mark: Mark, number: int) -> None:
        now_ms = self._clock.now_ms()
        await self._store.marks.change(mark.id, now_ms, lambda seen: renewed(seen, number, now_ms))

    async def _call_thirds(self, dossier: Dossier, disputed: frozenset[str]) -> None:
        for slot in dossier.attempt.form.slots:
            if slot.id in disputed:
                name = mark_id(dossier.attempt.id, slot.id, MarkRole.RECONCILING)
                number = dossier.answers[slot.id].number
                now_ms = self._clock.now_ms()
                await self._add_mark(
                    unmarked(dossier.attempt, slot, MarkRole.RECONCILING, self._alias(name), number, now_ms)
                )

    async def _dismiss_thirds(self, dossier: Dossier) -> None:
        """A third look that nobody needs any more, since the first two were opened again and agree."""
        for mark in dossier.marks:
            if mark.role is MarkRole.RECONCILING and not mark.is_final:
                await self._store.marks.delete({"_id": mark.id, "is_final": False, "rev": mark.rev})

    async def _add_mark(self, mark: Mark) -> None:
        try:
            await self._store.marks.add(mark)
        except Duplicate:
            return

    async def _hold_again(self, attempt: Attempt) -> None:
        """A result that is there already, of an attempt that was opened again and has ended again before a camera."""
        if await self._store.results.get(attempt.id) is None or not await self._is_held(attempt):
            return

        def decide(seen: Result) -> Result:
            return held_again(seen, attempt, self.decision(SYSTEM))

        changed = await self._store.results.change(attempt.id, self._clock.now_ms(), decide)
        await self._follow_ups.carry_out(changed)

    async def hold_while_sat(self, attempt: Attempt) -> None:
        """For `Turns.reopening`, and harmless for every other attempt."""
        reopened_at = reopened_at_move(attempt)
        if not reopened_at or await self._store.results.get(attempt.id) is None:
            return

        def decide(seen: Result) -> Result:
            return held_while_sat(seen, reopened_at, self.decision(SYSTEM))

        changed = await self._store.results.change(attempt.id, self._clock.now_ms(), decide)
        await self._follow_ups.carry_out(changed)

    async def _sat_to_the_end(self, attempt: Attempt) -> None:
        seen = await self._store.results.get(attempt.id)
        if seen is None or not seen.is_sat_again:
            return
        dossier = await self._dossiers.of(attempt)

        def decide(result: Result) -> Result:
            return sat_to_the_end(result, attempt, dossier.plan, dossier.delivery, self.decision(SYSTEM))

        changed = await self._store.results.change(attempt.id, self._clock.now_ms(), decide)
        await self._after(changed, dossier)

    async def _withhold(self, attempt: Attempt) -> None:
        """A result that is there already: of what was declared void, or reopened and then ended by a proctor."""
        if await self._store.results.get(attempt.id) is None:
            return

        def decide(seen: Result) -> Result:
            return withhold_for(seen, attempt, self.decision(SYSTEM))

        changed = await self._store.results.change(attempt.id, self._clock.now_ms(), decide)
        await self._follow_ups.carry_out(changed)

    def _alias(self, name: str) -> str:
        """A mark's name on the wire: nobody without the house's secret can tell which attempt it is of."""
        secret = self._context.secret.encode()
        return "mrk_" + hmac.new(secret, b"mark " + name.encode(), hashlib.sha256).hexdigest()[:_ALIAS_DIGITS]
