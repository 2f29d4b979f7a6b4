"""The verbs of assessments, for its namespace, routes and jobs."""

from guildhall.assessments.service.context import Context

__all__ = ["AssessmentsService"]


class AssessmentsService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context = context
