"""What proctoring does to results: it holds them while what was flagged is reviewed, lifts that, and carries penalties.

Held is apart from withheld: nobody decided anything about the result yet, and its candidate is told of the review and
not of the result. Every verb has the review's id as its key and may be called any number of times.
"""

from guildhall.assessments.lifecycle import AttemptState, ResultState
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Invitation
from guildhall.assessments.model.results import HeldFor, Result
from guildhall.assessments.rules.holding import lifted, under_review
from guildhall.assessments.rules.release import SYSTEM, withhold
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.follow_ups import ResultFollowUps
from guildhall.assessments.service.grading import Grading
from guildhall.assessments.service.supervision import Supervision
from guildhall.kit.logs import get_logger
from guildhall.kit.mail import Mail

log = get_logger(__name__)


class Holding:
    """Called by the followers of proctoring's reviews."""

    def __init__(
        self, context: Context, supervision: Supervision, grading: Grading, follow_ups: ResultFollowUps
    ) -> None:
        self._context = context
        self._store = context.store
        self._supervision = supervision
        self._grading = grading
        self._follow_ups = follow_ups

    async def unlooked(self, after_id: str = "") -> list[Result]:
        """A page, by id, of the results that wait to be told whether anything was flagged."""
        return await self._store.results_held_for_flags(after_id)

    async def attempt(self, attempt_id: str) -> Attempt:
        return await self._store.attempts.read(attempt_id)

    async def hold(self, attempt_id: str, review_id: str, looked_until_ms: int) -> None:
        """Keep holding it, for this review of what was flagged until then."""
        decision = self._grading.decision(SYSTEM)
        await self._follow_ups.carry_out(
            await self._store.results.change(
                attempt_id, decision.at_ms, lambda seen: under_review(seen, review_id, looked_until_ms, decision)
            )
        )

    async def lift(self, attempt_id: str, review_id: str = "") -> None:
        """The result goes the way its exam's rule says; `review_id` "": nothing was flagged."""
        seen = await self._store.results.get(attempt_id)
        if seen is None or seen.held_for is HeldFor.NOTHING:
            return
        delivery = await self._store.deliveries.read(seen.delivery_id)
        plan = (await self._store.exam_versions.read(seen.exam_version_id)).plan
        decision = self._grading.decision(SYSTEM)
        changed = await self._store.results.change(
            attempt_id, decision.at_ms, lambda one: lifted(one, review_id, plan, delivery, decision)
        )
        changed = await self._follow_ups.carry_out(changed)
        if 0 < changed.release_at_ms <= self._context.clock.now_ms():
            await self._grading.release_due(changed)

    async def void(self, attempt_id: str, review_id: str, by: str, reason: str) -> None:
        """The attempt is void and its result withheld, before anything else could release it."""
        attempt = await self._store.attempts.read(attempt_id)
        if attempt.state is not AttemptState.VOIDED:
            await self._supervision.void(attempt_id, by, reason, key=f"{review_id}/void")
        if await self._store.results.get(attempt_id) is not None:
            decision = self._grading.decision(by)

            def decide(seen: Result) -> Result:
                return seen if seen.state is ResultState.WITHHELD else withhold(seen, reason, decision)

            await self._follow_ups.carry_out(await self._store.results.change(attempt_id, decision.at_ms, decide))
        await self.lift(attempt_id, review_id)

    async def allow_resit(self, attempt_id: str, review_id: str) -> bool:
        """One attempt more; False where there is no invitation to add it to, as in the demo."""
        attempt = await self._store.attempts.read(attempt_id)
        if await self._store.invitations.get(attempt.invitation_id) is None:
            return False

        def decide(seen: Invitation) -> Invitation:
            if review_id in seen.resits:
                return seen
            return seen.model_copy(update={"resits": (*seen.resits, review_id)})

        await self._store.invitations.change(attempt.invitation_id, self._context.clock.now_ms(), decide)
        return True

    async def tell(self, attempt_id: str, key: str, subject: str, text: str) -> None:
        """A mail to the candidate, once for each key."""
        attempt = await self._store.attempts.read(attempt_id)
        invitation = await self._store.invitations.get(attempt.invitation_id)
        if invitation is None:  # of the demo, or deleted with the person it was for
            log.info("nobody_to_tell", attempt=attempt_id, what=key)
            return
        link = f"{self._context.public_url.rstrip('/')}/rights#{attempt_id}"
        whole = f"Hello {attempt.candidate_name},\n\n{text}\n\nYou find all of it, once you are signed in, at\n{link}\n"
        title = " ".join(f"{subject}: {attempt.exam_title}".split())[:200]
        await self._context.mails.enqueue(key, Mail(to=invitation.email, subject=title, text=whole, kind="review"))
