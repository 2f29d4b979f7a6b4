"""Who is invited to a delivery: one by one or by a pasted list, with what is otherwise for them."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from guildhall.accounts.rules.addresses import read_email
from guildhall.assessments.messages.deliveries import (
    InvitationEdited,
    InvitationListed,
    InvitationWanted,
    LineRefused,
    RosterTaken,
)
from guildhall.assessments.model.exams import Accommodation, Delivery, Invitation
from guildhall.assessments.rules.accommodating import policy_exceptions
from guildhall.assessments.rules.rosters import read_roster
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.banks import Check
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.turns import Turns
from guildhall.assessments.service.visibility import visible_delivery
from guildhall.assessments.store import NoSuch
from guildhall.kit.errors import Conflict
from guildhall.kit.mail import Mail
from guildhall.kit.storage import Duplicate

_AT_ONCE: Final = 20  # invitations written side by side: one commit of the database takes several
_ID_DIGITS: Final = 26
_MINUTE_MS: Final = 60_000
_SUBJECT_CHARACTERS: Final = 200


class Invitations:
    def __init__(self, context: Context, turns: Turns) -> None:
        self._context = context
        self._turns = turns
        self._store = context.store

    async def invite(self, scope: Scope, delivery_id: str, wanted: InvitationWanted) -> InvitationListed:
        """Invite one person; who is invited already stays so, and who was withdrawn is invited again."""
        delivery = await self._open(scope, delivery_id)
        email, email_key = read_email(wanted.email)
        invitation, is_new = await self._add(delivery, wanted.name, email, email_key, wanted.accommodation)
        if is_new:
            await self._context.record(scope.account_id, "invite", "invitation", invitation.id, invitation.rev)
        return list_invitation(invitation)

    async def take_roster(self, scope: Scope, delivery_id: str, text: str) -> RosterTaken:
        """Invite everybody a pasted list names; lines that name nobody are told, and keep nobody from being invited.

        The same list again invites nobody twice, and finishes what a killed process began.
        """
        delivery = await self._open(scope, delivery_id)
        roster = read_roster(text)
        taken: list[tuple[Invitation, bool]] = []
        for start in range(0, len(roster.entries), _AT_ONCE):
            taken += await asyncio.gather(
                *(
                    self._add(delivery, entry.name, entry.email, entry.email_key, Accommodation())
                    for entry in roster.entries[start : start + _AT_ONCE]
                )
            )
        now_ms = self._context.clock.now_ms()
        counts = {"invited": sum(is_new for _, is_new in taken), "refused": len(roster.refused)}
        await self._context.record(scope.account_id, "take_roster", "delivery", delivery_id, now_ms, **counts)
        return RosterTaken(
            invited=[list_invitation(invitation) for invitation, is_new in taken if is_new],
            already=[list_invitation(invitation) for invitation, is_new in taken if not is_new],
            refused=[LineRefused(line=one.line, text=one.text[:500], reason=one.reason) for one in roster.refused],
        )

    async def invited(
        self, scope: Scope, delivery_id: str, after_id: str, limit: int
    ) -> tuple[list[InvitationListed], bool]:
        """A page, by id, and whether there is more."""
        await visible_delivery(self._store, scope, delivery_id)
        found = await self._store.invitations_page(delivery_id, after_id, limit + 1)
        return [list_invitation(one) for one in found[:limit]], len(found) > limit

    async def edit_invitation(
        self, scope: Scope, invitation_id: str, edited: InvitationEdited, check: Check
    ) -> InvitationListed:
        """Its time counts for attempts that have not begun, what is not judged at once.

        The audit log tells that an exception was made, and never why.
        """

        def decide(seen: Invitation) -> Invitation:
            check(str(seen.rev))
            new = seen.model_copy(update={"name": edited.name, "accommodation": edited.accommodation})
            return seen if new == seen else new

        listed, changed = await self._change_invitation(scope, invitation_id, "edit_invitation", decide)
        for attempt_id in changed.attempts[-1:]:  # the clock of those before it has begun
            await self._turns.accommodate(attempt_id, changed.accommodation)
        return listed

    async def withdraw(self, scope: Scope, invitation_id: str) -> InvitationListed:
        """They cannot begin any more; an attempt that has begun goes on."""
        listed, _ = await self._change_invitation(
            scope,
            invitation_id,
            "withdraw_invitation",
            lambda seen: seen if seen.is_withdrawn else seen.model_copy(update={"is_withdrawn": True}),
        )
        return listed

    async def resend(self, scope: Scope, invitation_id: str) -> InvitationListed:
        """The mail once more, at most once a minute. Raises NotFound, Conflict."""
        invitation = await self._visible_invitation(scope, invitation_id)
        if invitation.is_withdrawn:
            raise Conflict("This invitation was withdrawn: invite them again first.")
        delivery = await self._open(scope, invitation.delivery_id)
        minute = self._context.clock.now_ms() // _MINUTE_MS
        await self._mail(delivery, invitation, f"again/{minute}")
        await self._context.record(scope.account_id, "resend_invitation", "invitation", invitation_id, minute)
        return list_invitation(invitation)

    async def _open(self, scope: Scope, delivery_id: str) -> Delivery:
        delivery = await visible_delivery(self._store, scope, delivery_id)
        if delivery.is_cancelled:
            raise Conflict("This delivery is cancelled: make a new one to invite people to.")
        if self._context.clock.now_ms() > delivery.closes_at_ms:
            raise Conflict("Its window has closed: move its end before you invite anybody.")
        return delivery

    async def _add(
        self, delivery: Delivery, name: str, email: str, email_key: str, accommodation: Accommodation
    ) -> tuple[Invitation, bool]:
        """The invitation of this address, and whether this call made it count.

        Its id is made of delivery and address, as its mail's name is: so whoever is killed between the two, and asks
        again, finishes both, and nobody is mailed twice.
        """
        now_ms = self._context.clock.now_ms()
        digest = hashlib.sha256(f"{delivery.id}/{email_key}".encode()).hexdigest()[:_ID_DIGITS]
        invitation = Invitation(
            id=f"inv_{digest}",
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            delivery_id=delivery.id,
            organisation_id=delivery.organisation_id,
            email=email,
            email_key=email_key,
            name=name,
            accommodation=accommodation,
        )
        is_new = True
        try:
            await self._store.invitations.add(invitation)
        except Duplicate:
            seen = await self._store.invitations.read(invitation.id)
            is_new = seen.is_withdrawn
            invitation = await self._store.invitations.change(
                invitation.id,
                now_ms,
                lambda one: one.model_copy(update={"is_withdrawn": False}) if one.is_withdrawn else one,
            )
        await self._mail(delivery, invitation, "invited")
        return invitation, is_new

    async def _mail(self, delivery: Delivery, invitation: Invitation, occasion: str) -> None:
        what = "a practice run of" if delivery.is_practice else "the exam"
        text = (
            f"Hello {invitation.name},\n\nyou are invited to {what} “{delivery.title}”.\n\n"
            f"You may begin from {_moment(delivery.opens_at_ms)} until {_moment(delivery.closes_at_ms)}.\n\n"
            f"Sign in, or sign up, with this address ({invitation.email}), and find it here:\n"
            f"{self._context.public_url.rstrip('/')}/exams\n\n"
            "If you do not know what this is about, you need not do anything.\n"
        )
        subject = " ".join(f"You are invited: {delivery.title}".split())[:_SUBJECT_CHARACTERS]
        mail = Mail(to=invitation.email, subject=subject, text=text, kind="exam_invitation")
        await self._context.mails.enqueue(f"{invitation.id}/{occasion}", mail)

    async def _visible_invitation(self, scope: Scope, invitation_id: str) -> Invitation:
        invitation = await self._store.invitations.read(invitation_id)
        if not scope.covers(invitation.organisation_id):
            raise NoSuch(f"There is no invitation {invitation_id}.")
        return invitation

    async def _change_invitation(
        self, scope: Scope, invitation_id: str, verb: str, decide: Callable[[Invitation], Invitation]
    ) -> tuple[InvitationListed, Invitation]:
        await self._visible_invitation(scope, invitation_id)
        changed = await self._store.invitations.change(invitation_id, self._context.clock.now_ms(), decide)
        await self._context.record(scope.account_id, verb, "invitation", invitation_id, changed.rev)
        return list_invitation(changed), changed


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%A, %d %B %Y, %H:%M UTC")


def list_invitation(invitation: Invitation) -> InvitationListed:
    return InvitationListed(
        invitation_id=invitation.id,
        delivery_id=invitation.delivery_id,
        name=invitation.name,
        email=invitation.email,
        has_come=bool(invitation.account_id),
        attempts=len(invitation.attempts),
        is_withdrawn=invitation.is_withdrawn,
        accommodation=invitation.accommodation,
        exceptions=policy_exceptions(invitation.accommodation),
        rev=invitation.rev,
    )
