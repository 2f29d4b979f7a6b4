"""The exam of a step, asked of the assessments domain: its pass, how far it is, and an invitation to it."""

from guildhall.assessments.lifecycle import OVER, ResultState
from guildhall.assessments.messages.deliveries import InvitationWanted
from guildhall.assessments.rules.scope import Scope
from guildhall.assessments.service import AssessmentsService
from guildhall.kit.errors import DomainError
from guildhall.kit.logs import get_logger
from guildhall.onboarding.model.flows import CredentialAsked
from guildhall.onboarding.rules.asking import ExamProgress
from guildhall.onboarding.service.context import Held

INVITES: str = "system:onboarding"
log = get_logger(__name__)


class AssessmentExams:
    """`Exams` over the assessments of this house."""

    def __init__(self, assessments: AssessmentsService) -> None:
        self._assessments = assessments

    async def held(self, account_id: str, asked: CredentialAsked) -> Held | None:
        """The newest that is valid now."""
        found = await self._assessments.credentials.held_by(account_id, asked.title, asked.level)
        return Held(found[0].credential_id, found[0].expires_at_ms) if found else None

    async def progress(self, account_id: str, asked: CredentialAsked) -> ExamProgress:
        if not asked.delivery_id:  # whichever exam gives it; which that is, the page of exams says
            return ExamProgress.TO_SIT
        invited, _ = await self._assessments.portal.exams_of(account_id)
        here = [one for one in invited if one.delivery.id == asked.delivery_id]
        if not here:
            return ExamProgress.NOT_INVITED
        attempts = sorted((attempt for one in here for attempt in one.attempts), key=lambda one: one.created_at_ms)
        if not attempts:
            return ExamProgress.TO_SIT
        newest = attempts[-1]
        if newest.state not in OVER:
            return ExamProgress.SITTING
        result = await self._assessments.context.store.results.get(newest.id)
        if result is None or result.state not in {ResultState.RELEASED, ResultState.WITHHELD}:
            return ExamProgress.MARKING
        return ExamProgress.WITHHELD if result.state is ResultState.WITHHELD else ExamProgress.NOT_PASSED

    async def invite(self, account_id: str, delivery_id: str) -> None:
        """The invitation's name is made of delivery and address, so there is one of them at most."""
        person = await self._assessments.context.people.find(account_id)
        if person is None or not person.email_key:
            return
        invited, _ = await self._assessments.portal.exams_of(account_id)
        if any(one.delivery.id == delivery_id for one in invited):
            return
        scope = Scope(account_id=INVITES, is_everywhere=True)
        wanted = InvitationWanted(name=person.name, email=person.email_key)
        try:
            await self._assessments.invitations.invite(scope, delivery_id, wanted)
        except DomainError as error:  # cancelled or over: its admin sees it, and nobody is held up by trying again
            log.warning("onboarding_invitation_refused", account_id=account_id, delivery=delivery_id, reason=str(error))
