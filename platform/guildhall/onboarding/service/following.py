"""Carrying out what a decision wrote down: notices, audit entries, invitations, consents, blobs that nobody needs.

Each stands in the onboarding until it is done and may be done twice without harm, so it survives a kill between any two
lines. The verb that made the change does it at once, the job does what was left behind.
"""

import contextlib

from guildhall.kit.follow_ups import FollowUp
from guildhall.kit.storage import Duplicate
from guildhall.kit.storage.following import carry_out
from guildhall.notifications.service import Message
from guildhall.onboarding.model.onboardings import Consent, FollowUpKind, Onboarding
from guildhall.onboarding.service.context import Context


class Following:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def carry_out(self, onboarding: Onboarding) -> Onboarding:
        """Everything that is left, in the order it was decided; the onboarding as it is then."""
        return await carry_out(self._context.store.onboardings, onboarding, self._context.clock.now_ms(), self._do)

    async def _do(self, onboarding: Onboarding, one: FollowUp) -> None:
        key, details = f"{onboarding.id}_{one.key}", dict(one.details)
        match one.kind:
            case FollowUpKind.NOTIFY:
                await self._context.notifications.tell(onboarding.account_id, key, Message(**details), one.at_ms)
            case FollowUpKind.AUDIT:
                actor, action = details.pop("actor"), details.pop("action")
                await self._context.audit.record(
                    actor, action, "onboarding", onboarding.id, "allowed", details, key=key, at_ms=one.at_ms
                )
            case FollowUpKind.INVITE:
                await self._context.exams.invite(onboarding.account_id, details["delivery_id"])
            case FollowUpKind.KEEP_CONSENT:
                consent = Consent(
                    id=key,
                    created_at_ms=one.at_ms,
                    account_id=onboarding.account_id,
                    onboarding_id=onboarding.id,
                    at_ms=one.at_ms,
                    **details,
                )
                with contextlib.suppress(Duplicate):
                    await self._context.store.consents.add(consent)
            case FollowUpKind.DROP_BLOB:
                await self._drop(onboarding, details["sha256"])

    async def _drop(self, onboarding: Onboarding, sha256: str) -> None:
        """Unless the same file was put up again meanwhile."""
        now = await self._context.store.onboardings.get(onboarding.id)
        if now is None or all(one.sha256 != sha256 for one in now.documents):
            await self._context.blobs.delete(blob_key(onboarding.id, sha256))


def blob_key(onboarding_id: str, sha256: str) -> str:
    return f"onboarding/{onboarding_id}/{sha256}"
