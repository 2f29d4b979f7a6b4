"""The verbs of assessments, for its namespace, routes and jobs."""

from guildhall.assessments.service.assessing import Dossiers, log_reader
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.corrections import KeyCorrections
from guildhall.assessments.service.credentials import Credentials
from guildhall.assessments.service.follow_ups import ResultFollowUps
from guildhall.assessments.service.grading import Grading
from guildhall.assessments.service.marking import MarkingDesk
from guildhall.assessments.service.results import Results

__all__ = ["AssessmentsService"]


class AssessmentsService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context = context
        dossiers = Dossiers(context.store, log_reader(context.store))
        self.credentials = Credentials(context)
        self.follow_ups = ResultFollowUps(context, self.credentials)
        self.grading = Grading(context, dossiers, self.follow_ups)
        self.corrections = KeyCorrections(context, dossiers, self.grading)
        self.marking = MarkingDesk(context, dossiers, self.grading)
        self.results = Results(context, dossiers, self.grading, self.follow_ups)
