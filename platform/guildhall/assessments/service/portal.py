"""What a candidate finds before and after an exam: their invitations, and the attempts that came of them."""

from dataclasses import dataclass

from guildhall.assessments.lifecycle import OVER
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Delivery, Invitation
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.sitting import Sitting, is_theirs


@dataclass(frozen=True, slots=True)
class Invited:
    invitation: Invitation
    delivery: Delivery
    attempts: tuple[Attempt, ...]
    reason: str
    """Why they may not begin or go on now; empty: they may."""


class Portal:
    def __init__(self, context: Context, sitting: Sitting) -> None:
        self._store = context.store
        self._people = context.people
        self._sitting = sitting

    async def exams_of(self, account_id: str) -> tuple[list[Invited], list[Attempt]]:
        """Their invitations, and attempts that belong to none of them; the newest first."""
        person = await self._people.find(account_id)
        if person is None:
            return [], []
        invitations = await self._store.invitations_of(account_id, person.email_key)
        attempts = await self._store.attempts_of(account_id)
        invited = [
            await self._invited(invitation, attempts) for invitation in invitations if is_theirs(invitation, person)
        ]
        named = {attempt.id for one in invited for attempt in one.attempts}
        others = [attempt for attempt in reversed(attempts) if attempt.id not in named]
        return sorted(invited, key=lambda one: -one.delivery.opens_at_ms), others

    async def _invited(self, invitation: Invitation, attempts: list[Attempt]) -> Invited:
        delivery = await self._store.deliveries.read(invitation.delivery_id)
        theirs = tuple(attempt for attempt in attempts if attempt.id in invitation.attempts)
        goes_on = any(attempt.state not in OVER for attempt in theirs)
        reason = "" if goes_on else self._sitting.why_not(invitation, delivery)
        return Invited(invitation, delivery, theirs, reason)
