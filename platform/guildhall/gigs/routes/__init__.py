"""HTTP of gigs: every operation beside its handler, by subject."""

from guildhall.gigs.routes.contracts import contract_routes
from guildhall.gigs.routes.hours import hour_routes
from guildhall.gigs.routes.items import item_routes
from guildhall.gigs.routes.talking import talk_routes
from guildhall.gigs.routes.terms import term_routes
from guildhall.gigs.rules.disputing import DivisionWrong
from guildhall.gigs.rules.hours import HoursRefused
from guildhall.gigs.rules.working import NothingToHandIn
from guildhall.gigs.service import GigsService
from guildhall.gigs.service.working import FileNotTaken
from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route

__all__ = ["PROBLEMS", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (DivisionWrong, FileNotTaken, HoursRefused, NothingToHandIn)
"""For `mount_root`: the types of problem that only gigs answer with."""


def routes(service: GigsService, secret: str) -> tuple[Route, ...]:
    """Everything below `/v1` that is about contracts."""
    return (
        *contract_routes(service, secret),
        *hour_routes(service),
        *item_routes(service),
        *term_routes(service),
        *talk_routes(service),
    )
