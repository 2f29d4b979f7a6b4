"""The exam of a step, asked of the assessments domain: its pass, how far it is, and an invitation to it."""

from typing import Final

from guildhall.assessments.model.progress import ExamProgress
from guildhall.assessments.service import AssessmentsService
from guildhall.onboarding.model.flows import CredentialAsked
from guildhall.onboarding.service.context import Held

INVITES: Final = "system:onboarding"


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
        return (await self._assessments.passing.progress(account_id, asked.delivery_id)).of

    async def invite(self, account_id: str, delivery_id: str) -> None:
        await self._assessments.passing.invite(account_id, delivery_id, INVITES)
