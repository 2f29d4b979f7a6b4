"""Carrying out what a result's change decided: mails, credentials, audit entries.

Each stands in the result until it is done and may be done twice without harm, so it survives a kill between any two
lines. The verb that made the change does it at once, the job does what was left behind.
"""

from guildhall.assessments.model.results import FollowUp, FollowUpKind, Result
from guildhall.assessments.rules.release import done
from guildhall.assessments.rules.telling import letter
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.credentials import Credentials
from guildhall.kit.logs import get_logger
from guildhall.kit.mail import Mail

log = get_logger(__name__)


class ResultFollowUps:
    """Used by every verb that changes a result, and by the job."""

    def __init__(self, context: Context, credentials: Credentials) -> None:
        self._context = context
        self._credentials = credentials

    async def carry_out(self, result: Result) -> Result:
        """Everything that is left, in the order it was decided; the result as it is then."""
        for one in result.follow_ups:
            await self._do(result, one)
            result = await self._context.store.results.change(
                result.id,
                self._context.clock.now_ms(),
                lambda seen, key=one.key: done(seen, key),  # type: ignore[misc]
            )
        return result

    async def _do(self, result: Result, one: FollowUp) -> None:
        key, details = f"{result.id}_{one.key}", dict(one.details)
        match one.kind:
            case FollowUpKind.TELL_CANDIDATE:
                await self._tell(result, one, key)
            case FollowUpKind.ISSUE_CREDENTIAL:
                await self._credentials.issue(result, details["credential_id"], one.at_ms)
            case FollowUpKind.REVOKE_CREDENTIAL:
                await self._credentials.revoke(details["credential_id"], details["reason"], one.at_ms)
            case FollowUpKind.AUDIT:
                actor, action = details.pop("actor"), details.pop("action")
                await self._context.audit.record(
                    actor, action, "result", result.id, "allowed", details, key=key, at_ms=one.at_ms
                )

    async def _tell(self, result: Result, one: FollowUp, key: str) -> None:
        store = self._context.store
        attempt = await store.attempts.read(result.attempt_id)
        invitation = await store.invitations.get(attempt.invitation_id)
        if invitation is None:  # deleted with the person it was for
            log.info("nobody_to_tell", result=result.id, what=one.details["what"])
            return
        kind, subject, text = letter(result, attempt.exam_title, one, self._context.public_url)
        await self._context.mails.enqueue(key, Mail(to=invitation.email, subject=subject, text=text, kind=kind))
