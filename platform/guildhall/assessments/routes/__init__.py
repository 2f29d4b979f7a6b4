"""HTTP of assessments: every operation beside its handler, by subject."""

from guildhall.assessments.exchange.reading import Unreadable
from guildhall.assessments.routes import assigning, attempts, supervision
from guildhall.assessments.routes.asking import asking_routes
from guildhall.assessments.routes.banks import bank_routes
from guildhall.assessments.routes.corrections import correction_routes
from guildhall.assessments.routes.credentials import credential_routes
from guildhall.assessments.routes.deliveries import delivery_routes
from guildhall.assessments.routes.exams import exam_routes
from guildhall.assessments.routes.exchange import exchange_routes
from guildhall.assessments.routes.histories import history_routes
from guildhall.assessments.routes.items import item_routes
from guildhall.assessments.routes.marking import marking_routes, queue_routes
from guildhall.assessments.routes.results import own_result_routes, result_routes
from guildhall.assessments.routes.sitting import sitting_routes
from guildhall.assessments.rules.answers import AttemptOver
from guildhall.assessments.rules.fitting import DoesNotFit
from guildhall.assessments.rules.marking import MarkIsFinal, NotYours
from guildhall.assessments.rules.pictures import NoPicture
from guildhall.assessments.rules.sections import CannotMoveOn, SectionLeft, SectionNotOpen
from guildhall.assessments.rules.turning import BeingClosed, NoTimeLeft, TooManyTurns
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.items import Flawed
from guildhall.assessments.service.open_logs import NotBegun
from guildhall.assessments.service.sitting import NotOpen
from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route
from guildhall.kit.lifecycle import MoveRefused

__all__ = ["PROBLEMS", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (
    AttemptOver,
    BeingClosed,
    CannotMoveOn,
    DoesNotFit,
    Flawed,
    MarkIsFinal,
    MoveRefused,
    NoPicture,
    NoTimeLeft,
    NotBegun,
    NotOpen,
    NotYours,
    SectionLeft,
    SectionNotOpen,
    TooManyTurns,
    Unreadable,
)
"""For `mount_root`: the types of problem that only assessments answers with."""


def routes(service: AssessmentsService) -> tuple[Route, ...]:
    """Everything below `/v1` that is about exams. One's own come first: `/exams/mine` is no exam called `mine`."""
    return (
        *attempts.routes(service),
        *sitting_routes(service),
        *asking_routes(service),
        *supervision.routes(service),
        *assigning.routes(service),
        *bank_routes(service),
        *item_routes(service),
        *exchange_routes(service),
        *exam_routes(service),
        *delivery_routes(service),
        *history_routes(service),
        *queue_routes(service),
        *marking_routes(service),
        *own_result_routes(service),
        *result_routes(service),
        *correction_routes(service),
        *credential_routes(service),
    )
