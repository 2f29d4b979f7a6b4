"""HTTP of assessments: every operation beside its handler, by subject."""

from guildhall.assessments.service import AssessmentsService
from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route

__all__ = ["PROBLEMS", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = ()
"""For `mount_root`: the types of problem that only assessments answers with."""


def routes(service: AssessmentsService) -> tuple[Route, ...]:  # noqa: ARG001 - each subject takes it
    """Everything below `/v1` that is about exams."""
    return ()
