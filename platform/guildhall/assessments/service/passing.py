"""The exams by which other domains have passes earned: how far somebody is with one, and an invitation to it."""

from dataclasses import dataclass

from guildhall.assessments.lifecycle import OVER, ResultState
from guildhall.assessments.messages.deliveries import InvitationWanted
from guildhall.assessments.model.exams import Delivery
from guildhall.assessments.model.progress import ExamProgress
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.invitations import Invitations
from guildhall.assessments.service.portal import Portal
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """`may_sit`: they can begin, go on, or try again."""

    of: ExamProgress
    may_sit: bool


@dataclass(frozen=True, slots=True)
class ExamOffered:
    """A delivery whose pass is a credential."""

    delivery_id: str
    exam: str
    credential_title: str
    credential_level: str
    closes_at_ms: int


class Passing:
    """Onboarding and opportunities ask it, each through a port of its own."""

    def __init__(self, context: Context, portal: Portal, invitations: Invitations) -> None:
        self._context = context
        self._store = context.store
        self._portal = portal
        self._invitations = invitations

    async def progress(self, account_id: str, delivery_id: str) -> Progress:
        invited, _ = await self._portal.exams_of(account_id)
        here = [one for one in invited if one.delivery.id == delivery_id]
        if not here:
            return Progress(ExamProgress.NOT_INVITED, may_sit=False)
        may_sit = any(not one.reason for one in here)
        attempts = sorted((attempt for one in here for attempt in one.attempts), key=lambda one: one.created_at_ms)
        if not attempts:
            return Progress(ExamProgress.TO_SIT, may_sit)
        newest = attempts[-1]
        if newest.state not in OVER:
            return Progress(ExamProgress.SITTING, may_sit)
        result = await self._store.results.get(newest.id)
        if result is None or result.state not in {ResultState.RELEASED, ResultState.WITHHELD}:
            return Progress(ExamProgress.MARKING, may_sit)
        if result.credential_id and await self._store.credentials.get(result.credential_id) is None:
            return Progress(ExamProgress.MARKING, may_sit)  # passed, and its credential is being made this moment
        withheld = result.state is ResultState.WITHHELD
        return Progress(ExamProgress.WITHHELD if withheld else ExamProgress.NOT_PASSED, may_sit)

    async def invite(self, account_id: str, delivery_id: str, by: str) -> None:
        """The invitation's name is made of delivery and address, so there is one of them at most.

        `by` names the domain that asks, such as `system:onboarding`.
        """
        person = await self._context.people.find(account_id)
        if person is None or not person.email_key:
            return
        invited, _ = await self._portal.exams_of(account_id)
        if any(one.delivery.id == delivery_id for one in invited):
            return
        scope = Scope(account_id=by, is_everywhere=True)
        wanted = InvitationWanted(name=person.name, email=person.email_key)
        try:
            await self._invitations.invite(scope, delivery_id, wanted)
        except DomainError as error:  # cancelled or over: its admin sees it, and nobody is held up by trying again
            log.warning("invitation_refused", by=by, account_id=account_id, delivery=delivery_id, reason=str(error))

    async def offered(self, organisation_id: str, house_deliveries: tuple[str, ...]) -> list[ExamOffered]:
        """Deliveries of this organisation, and these of the house, that are open or will be and give a credential."""
        own = await self._store.deliveries_of([organisation_id]) if organisation_id else []
        house = [one for one in await self._store.deliveries_named(house_deliveries) if not one.organisation_id]
        offered = [await self._offer(one) for one in (*own, *house)]
        return [one for one in offered if one is not None]

    async def _offer(self, delivery: Delivery) -> ExamOffered | None:
        if delivery.is_practice or delivery.is_cancelled or delivery.closes_at_ms <= self._context.clock.now_ms():
            return None
        plan = (await self._store.exam_versions.read(delivery.exam_version_id)).plan
        if not plan.credential_title:
            return None
        return ExamOffered(
            delivery.id, delivery.title, plan.credential_title, plan.credential_level, delivery.closes_at_ms
        )
