"""The reviewers' verbs: the queue, one case, and every decision about it."""

from guildhall.assessments.model.progress import ExamProgress
from guildhall.kit.blobs.port import Blob
from guildhall.kit.http.cursors import Place
from guildhall.onboarding.lifecycle import WITH_REVIEWERS, Actor, OnboardingState
from guildhall.onboarding.model.onboardings import DocumentFile, Onboarding, ReasonCode
from guildhall.onboarding.rules import reviewing
from guildhall.onboarding.rules.moving import By, Terms, promised
from guildhall.onboarding.service.context import Context, Decide
from guildhall.onboarding.service.following import Following
from guildhall.onboarding.service.walking import Seen, Walking

QUEUED = WITH_REVIEWERS | {OnboardingState.COMPLETED}
"""Of those let in already, whose document waits or whose revocation is proposed: they have a promise, too."""


class Desk:
    def __init__(self, context: Context, following: Following, walking: Walking) -> None:
        self._context = context
        self._following = following
        self._walking = walking

    async def queue(self, place: Place | None, limit: int) -> list[Onboarding]:
        """Whoever was promised an answer first, first."""
        return await self._context.store.queue(QUEUED, place, limit)

    async def read(self, onboarding_id: str) -> Seen:
        """Raises NotFound."""
        onboarding = await self._context.store.onboardings.read(onboarding_id)
        newest = await self._context.newest_flow()
        return Seen(onboarding, await self._context.terms_of(onboarding), newest, ExamProgress.TO_SIT)

    async def claim(self, reviewer_id: str, onboarding_id: str) -> Seen:
        return await self._change(reviewer_id, onboarding_id, reviewing.claim)

    async def release(self, reviewer_id: str, onboarding_id: str) -> Seen:
        return await self._change(reviewer_id, onboarding_id, reviewing.release)

    async def accept_step(self, reviewer_id: str, onboarding_id: str, step: str) -> Seen:
        return await self._change(
            reviewer_id, onboarding_id, lambda seen, terms, by: reviewing.accept_step(seen, step, terms, by)
        )

    async def return_step(self, reviewer_id: str, onboarding_id: str, step: str, code: ReasonCode, reason: str) -> Seen:
        return await self._change(
            reviewer_id,
            onboarding_id,
            lambda seen, terms, by: reviewing.return_step(seen, step, code, reason, terms, by),
        )

    async def waive_step(self, reviewer_id: str, onboarding_id: str, step: str, reason: str) -> Seen:
        return await self._change(
            reviewer_id, onboarding_id, lambda seen, terms, by: reviewing.waive_step(seen, step, reason, terms, by)
        )

    async def approve(self, reviewer_id: str, onboarding_id: str) -> Seen:
        return await self._change(reviewer_id, onboarding_id, reviewing.approve)

    async def request_changes(self, reviewer_id: str, onboarding_id: str, note: str) -> Seen:
        return await self._change(
            reviewer_id, onboarding_id, lambda seen, terms, by: reviewing.request_changes(seen, note, terms, by)
        )

    async def propose_rejection(self, reviewer_id: str, onboarding_id: str, code: ReasonCode, reason: str) -> Seen:
        return await self._change(
            reviewer_id,
            onboarding_id,
            lambda seen, terms, by: reviewing.propose_rejection(seen, code, reason, terms, by),
        )

    async def confirm_rejection(self, reviewer_id: str, onboarding_id: str) -> Seen:
        return await self._change(reviewer_id, onboarding_id, reviewing.confirm_rejection)

    async def overrule(self, reviewer_id: str, onboarding_id: str, reason: str) -> Seen:
        return await self._change(
            reviewer_id, onboarding_id, lambda seen, terms, by: reviewing.overrule(seen, reason, terms, by)
        )

    async def propose_revocation(self, reviewer_id: str, onboarding_id: str, code: ReasonCode, reason: str) -> Seen:
        return await self._change(
            reviewer_id,
            onboarding_id,
            lambda seen, terms, by: reviewing.propose_revocation(seen, code, reason, terms, by),
        )

    async def drop_revocation(self, reviewer_id: str, onboarding_id: str, reason: str) -> Seen:
        return await self._change(
            reviewer_id, onboarding_id, lambda seen, terms, by: reviewing.drop_revocation(seen, reason, terms, by)
        )

    async def revoke(self, reviewer_id: str, onboarding_id: str) -> Seen:
        return await self._change(reviewer_id, onboarding_id, reviewing.revoke)

    async def document(self, reviewer_id: str, onboarding_id: str, document_id: str) -> tuple[DocumentFile, Blob]:
        """Every look at somebody's document is recorded before it is given. Raises NotFound."""
        onboarding = await self._context.store.onboardings.read(onboarding_id)
        file, blob = await self._walking.document(onboarding, document_id)
        await self._context.audit.record(
            reviewer_id,
            "onboarding.read_document",
            "onboarding",
            onboarding_id,
            "allowed",
            {"document": document_id, "sha256": file.sha256},
        )
        return file, blob

    async def name_of(self, account_id: str) -> str:
        person = await self._context.people.find(account_id)
        return person.name if person else "Somebody whose account is gone"

    async def _change(self, reviewer_id: str, onboarding_id: str, decide: Decide) -> Seen:
        """Raises NotFound, MoveRefused and what the decision raises."""

        def settled(seen: Onboarding, terms: Terms, by: By) -> Onboarding:
            return promised(decide(seen, terms, by), terms, by.at_ms)

        by = self._context.by(reviewer_id, Actor.REVIEWER)
        changed = await self._context.change(onboarding_id, by, settled)
        await self._following.carry_out(changed)
        return await self.read(onboarding_id)
