"""The verbs of assessments, for its namespace, routes and jobs."""

from collections.abc import Awaitable, Callable

from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.service.analysing import Analysing
from guildhall.assessments.service.answering import AnswerDesk
from guildhall.assessments.service.asking import Asking
from guildhall.assessments.service.assessing import Dossiers
from guildhall.assessments.service.assigning import Assigning
from guildhall.assessments.service.authoring import Authoring
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.corrections import KeyCorrections
from guildhall.assessments.service.credentials import Credentials
from guildhall.assessments.service.deliveries import Deliveries
from guildhall.assessments.service.files import ExamFiles
from guildhall.assessments.service.follow_ups import ResultFollowUps
from guildhall.assessments.service.grading import Grading
from guildhall.assessments.service.histories import Histories
from guildhall.assessments.service.holding import Holding
from guildhall.assessments.service.invitations import Invitations
from guildhall.assessments.service.late_answers import LateAnswers
from guildhall.assessments.service.marking import MarkingDesk
from guildhall.assessments.service.papers import Papers
from guildhall.assessments.service.passing import Passing
from guildhall.assessments.service.portal import Portal
from guildhall.assessments.service.results import Results
from guildhall.assessments.service.seating import ExamSeating
from guildhall.assessments.service.sitting import Sitting
from guildhall.assessments.service.supervision import Supervision
from guildhall.assessments.service.time_keeping import TimeKeeping
from guildhall.assessments.service.turns import Turns

__all__ = ["AssessmentsService"]


async def _no_seat(attempt: Attempt, session_id: str) -> str:  # noqa: ARG001 - of the port
    return ""


class AssessmentsService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.papers = Papers(context.store)
        self.turns = Turns(context)
        self.desk = AnswerDesk(context, self.papers)
        self.desk.settle = self.turns.settle
        self.turns.on_changed.append(self.desk.note_due)
        self.files = ExamFiles(context, self.papers)
        self.desk.check_files = self.files.check
        self.sitting = Sitting(context, self.papers, self.desk, self.turns)
        dossiers = Dossiers(context.store, self.sitting.final_answers)
        self.credentials = Credentials(context)
        self.follow_ups = ResultFollowUps(context, self.credentials)
        self.grading = Grading(context, dossiers, self.follow_ups)
        self.turns.reopening = self.grading.hold_while_sat
        self.corrections = KeyCorrections(context, dossiers, self.grading)
        self.analysing = Analysing(context.store, self.sitting.answer_log, self.corrections)
        self.marking = MarkingDesk(context, dossiers, self.grading, self.files)
        self.results = Results(context, dossiers, self.grading, self.follow_ups)
        self.portal = Portal(context, self.sitting)
        self.seating = ExamSeating(context, self.turns, self.sitting)
        self.assigning = Assigning(context)
        self.asking = Asking(context, self.sitting, self.assigning)
        self.late_answers = LateAnswers(context)
        self.supervision = Supervision(context, self.desk, self.turns, self.assigning, self.late_answers)
        self.holding = Holding(context, self.supervision, self.grading, self.follow_ups)
        self.time_keeping = TimeKeeping(context, self.turns)
        self.proctored_seat: Callable[[Attempt, str], Awaitable[str]] = _no_seat
        """Set by the composition root where there is proctoring: the token of the attempt's seat before the camera, for
        a sign-in."""
        self.authoring = Authoring(context)
        self.deliveries = Deliveries(context)
        self.histories = Histories(context)
        self.invitations = Invitations(context, self.turns)
        self.passing = Passing(context, self.portal, self.invitations)
