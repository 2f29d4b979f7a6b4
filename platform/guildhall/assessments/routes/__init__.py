"""HTTP of assessments: every operation beside its handler, by subject."""

from guildhall.assessments.routes import attempts, supervision
from guildhall.assessments.rules.answers import AttemptOver
from guildhall.assessments.rules.fitting import DoesNotFit
from guildhall.assessments.rules.turning import BeingClosed, TooManyTurns
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.answering import NotBegun
from guildhall.assessments.service.sitting import NotOpen
from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route

__all__ = ["PROBLEMS", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (AttemptOver, BeingClosed, DoesNotFit, NotBegun, NotOpen, TooManyTurns)
"""For `mount_root`: the types of problem that only assessments answers with."""


def routes(service: AssessmentsService) -> tuple[Route, ...]:
    """Everything below `/v1` that is about exams."""
    return attempts.routes(service) + supervision.routes(service)
