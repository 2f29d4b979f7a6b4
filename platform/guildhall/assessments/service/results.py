"""Results as people see them: the candidate exactly what was released, staff everything, and what staff decides."""

from collections.abc import Callable
from dataclasses import dataclass

from guildhall.assessments.lifecycle import Actor, AttemptState, ResultState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Delivery, ExamPlan
from guildhall.assessments.model.results import Credential, Result
from guildhall.assessments.rules.deciding import Decision
from guildhall.assessments.rules.release import release, revoke_by_hand, withhold
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.assessing import Dossier, Dossiers
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.follow_ups import ResultFollowUps
from guildhall.assessments.service.grading import Grading
from guildhall.assessments.store import PAGE, NoSuch
from guildhall.kit.errors import Conflict

SHOWN: frozenset[ResultState] = frozenset({ResultState.RELEASED, ResultState.WITHHELD})
"""What a candidate is told anything about: that it is withheld was told to them by mail, with the reason."""


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A released or withheld result, and what its exam lets the candidate see of it."""

    result: Result
    dossier: Dossier


class Results:
    def __init__(self, context: Context, dossiers: Dossiers, grading: Grading, follow_ups: ResultFollowUps) -> None:
        self._context = context
        self._store = context.store
        self._clock = context.clock
        self._dossiers = dossiers
        self._grading = grading
        self._follow_ups = follow_ups

    # --- the candidate's own

    async def own(self, account_id: str, attempt_id: str) -> OwnResult:
        """Raises NoSuch, in the same words and after the same reads, for every result that is not shown.

        So neither a status nor a sentence nor the time it takes tells a result that is marked from one that is not.
        """
        attempt = await self._store.attempts.get(attempt_id)
        result = await self._store.results.get(attempt_id)
        if attempt is None or attempt.account_id != account_id or result is None or result.state not in SHOWN:
            raise NoSuch("There is no released result of this attempt.")
        return OwnResult(result, await self._dossiers.of(attempt))

    async def all_own(self, account_id: str) -> list[tuple[Attempt, Result]]:
        """Those that are shown, the newest first."""
        attempts = {attempt.id: attempt for attempt in await self._store.attempts_of(account_id)}
        found = [one for one in await self._store.results_of(account_id) if one.state in SHOWN]
        return [(attempts[one.attempt_id], one) for one in reversed(found) if one.attempt_id in attempts]

    # --- staff

    async def delivery(self, scope: Scope, delivery_id: str) -> tuple[Delivery, ExamPlan]:
        """Raises NoSuch for what the scope does not cover."""
        delivery = await self._store.deliveries.get(delivery_id)
        if delivery is None or not scope.covers(delivery.organisation_id):
            raise NoSuch(f"There is no delivery {delivery_id}.")
        return delivery, (await self._store.exam_versions.read(delivery.exam_version_id)).plan

    async def deliveries(self, scope: Scope) -> list[tuple[Delivery, dict[ResultState, int]]]:
        """Those the scope covers, the newest window first, with how many results stand where."""
        found = await self._store.deliveries_of(scope.listed())
        return [(one, await self._store.result_counts(one.id)) for one in found]

    async def in_delivery(self, delivery_id: str) -> list[Result]:
        """All of them: a delivery is one sitting of people, not a stream."""
        found: list[Result] = []
        while page := await self._store.results_in(delivery_id, found[-1].id if found else ""):
            found += page
            if len(page) < PAGE:
                break
        return found

    async def read(self, scope: Scope, result_id: str) -> tuple[Result, Dossier]:
        """One result with all that it was made of. Raises NoSuch."""
        result = await self._visible(scope, result_id)
        return result, await self._dossiers.of(await self._store.attempts.read(result.attempt_id))

    async def names(self, result: Result, dossier: Dossier) -> dict[str, str]:
        """By account, of those who marked it, graded it and decided on it, as far as they are still with us."""
        graded = (grade.by for grade in (*result.history, result.grade))
        ids = sorted({result.decided_by, *graded, *(mark.marker_id for mark in dossier.marks)})
        people = [await self._context.people.find(one) for one in ids if one and not one.startswith("system:")]
        return {person.account_id: person.name for person in people if person is not None}

    async def release(self, scope: Scope, result_id: str) -> Result:
        """By hand. Raises NoSuch, MoveRefused, and Conflict for an attempt that was declared void."""
        seen = await self._visible(scope, result_id)
        attempt = await self._store.attempts.read(seen.attempt_id)
        if attempt.state is AttemptState.VOIDED:
            raise Conflict("The attempt was declared void: its result cannot be released.")
        plan = (await self._store.exam_versions.read(seen.exam_version_id)).plan
        return await self._change(result_id, lambda one: release(one, plan, self._by(scope)))

    async def release_all(self, scope: Scope, delivery_id: str) -> int:
        """Everything of a delivery that is marked and not withheld; how many."""
        _, plan = await self.delivery(scope, delivery_id)
        count = 0
        while page := await self._store.results_in_state(delivery_id, ResultState.MARKED):
            for result in page:

                def decide(seen: Result) -> Result:
                    return release(seen, plan, self._by(scope)) if seen.state is ResultState.MARKED else seen

                await self._change(result.id, decide)
                count += 1
        return count

    async def withhold(self, scope: Scope, result_id: str, reason: str) -> Result:
        """Raises NoSuch, MoveRefused."""
        await self._visible(scope, result_id)
        return await self._change(result_id, lambda one: withhold(one, reason, self._by(scope)))

    async def revoke_credential(self, scope: Scope, credential_id: str, reason: str) -> Credential:
        """The pass stays, what certified it ends. Raises NoSuch, Conflict."""
        credential = await self._store.credentials.get(credential_id)
        if credential is None or not scope.covers(credential.organisation_id):
            raise NoSuch(f"There is no credential {credential_id}.")

        def decide(seen: Result) -> Result:
            if seen.credential_id != credential_id:
                raise Conflict("This credential is not the one in force; it was revoked already.")
            return revoke_by_hand(seen, reason, self._by(scope))

        await self._change(credential.result_id, decide)
        return await self._store.credentials.read(credential_id)

    async def _change(self, result_id: str, decide: Callable[[Result], Result]) -> Result:
        changed = await self._store.results.change(result_id, self._clock.now_ms(), decide)
        return await self._follow_ups.carry_out(changed)

    async def _visible(self, scope: Scope, result_id: str) -> Result:
        result = await self._store.results.get(result_id)
        if result is None or not scope.covers(result.organisation_id):
            raise NoSuch(f"There is no result {result_id}.")
        return result

    def _by(self, scope: Scope) -> Decision:
        return self._grading.decision(scope.account_id, Actor.AUTHOR)
