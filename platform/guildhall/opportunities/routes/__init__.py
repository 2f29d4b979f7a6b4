"""HTTP of opportunities: every operation beside its handler, by who calls it."""

from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route
from guildhall.opportunities.routes.agents import agent_routes
from guildhall.opportunities.routes.applicants import applicant_routes
from guildhall.opportunities.routes.exams import exam_routes
from guildhall.opportunities.routes.moderating import moderation_routes
from guildhall.opportunities.routes.postings import posting_routes
from guildhall.opportunities.routes.talking import talk_routes
from guildhall.opportunities.rules.applying import CapabilityMissing, CredentialsMissing, NotOpen
from guildhall.opportunities.rules.moving import NoPlaceFree
from guildhall.opportunities.rules.offering import OfferChanged
from guildhall.opportunities.service import OpportunitiesService

__all__ = ["PROBLEMS", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (CapabilityMissing, CredentialsMissing, NoPlaceFree, NotOpen, OfferChanged)
"""For `mount_root`: the types of problem that only opportunities answer with."""


def routes(service: OpportunitiesService) -> tuple[Route, ...]:
    """Everything below `/v1` that is about opportunities."""
    return (
        *agent_routes(service),
        *exam_routes(service),
        *posting_routes(service),
        *moderation_routes(service),
        *applicant_routes(service),
        *talk_routes(service),
    )
