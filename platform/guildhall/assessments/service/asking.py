"""A candidate's questions before and after an exam: one thread by invitation, whatever attempts came of it.

During the exam they write to their proctor in the exam room. That stays with the proctor's actions, in the case that a
review reads: what was said there was sealed with what was done, and ends with the exam. This is for everything else.
"""

from collections.abc import Sequence
from typing import Protocol

from guildhall.assessments.model.exams import Delivery
from guildhall.assessments.service.assigning import Assigning
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.sitting import Sitting, is_theirs
from guildhall.assessments.store import NoSuch
from guildhall.chat.model import Conversation, ConversationKind, Party
from guildhall.kit.errors import Unavailable

QUEUE = "exams"


class Talks(Protocol):
    """What assessments ask of chat."""

    async def open_conversation(
        self,
        kind: ConversationKind,
        subject_id: str,
        members: Sequence[Party],
        *,
        title: str = "",
        path: str = "",
        scope_id: str = "",
        queue: str = "support",
    ) -> Conversation: ...


class Asking:
    def __init__(self, context: Context, sitting: Sitting, assigning: Assigning) -> None:
        self._assigning = assigning
        self._context = context
        self._store = context.store
        self._sitting = sitting
        self.talks: Talks | None = None
        """Set by the composition root."""

    async def about_invitation(self, invitation_id: str, account_id: str) -> str:
        """The conversation's id, for the candidate who is invited. Raises NoSuch."""
        person = await self._context.people.find(account_id)
        invitation = await self._store.invitations.get(invitation_id)
        if person is None or invitation is None or not is_theirs(invitation, person):
            raise NoSuch(f"There is no invitation {invitation_id}.")
        delivery = await self._store.deliveries.read(invitation.delivery_id)
        return await self._open(invitation.id, delivery, Party(id=account_id, name=person.name))

    async def about_attempt(self, attempt_id: str, account_id: str) -> str:
        """That of its invitation; an attempt that came of none has one of its own. Raises NoSuch."""
        attempt = await self._sitting.own(attempt_id, account_id)
        if attempt.invitation_id and await self._store.invitations.get(attempt.invitation_id) is not None:
            return await self.about_invitation(attempt.invitation_id, account_id)
        delivery = await self._store.deliveries.read(attempt.delivery_id)
        person = await self._context.people.find(account_id)
        return await self._open(attempt.id, delivery, Party(id=account_id, name=person.name if person else ""))

    async def _open(self, subject_id: str, delivery: Delivery, candidate: Party) -> str:
        if self.talks is None:
            raise Unavailable("There is no chat here.")
        conversation = await self.talks.open_conversation(
            ConversationKind.EXAM,
            subject_id,
            (candidate,),
            title=delivery.title,
            path=f"/exams#{subject_id}",
            scope_id=delivery.id if await self._assigning.is_supervised(delivery.id) else "",
            queue=QUEUE,
        )
        return conversation.id
