"""HTTP of onboarding: every operation beside its handler, by who calls it."""

from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route
from guildhall.onboarding.routes.agents import agent_routes
from guildhall.onboarding.routes.flows import flow_routes
from guildhall.onboarding.routes.reviews import review_routes
from guildhall.onboarding.rules.documents import DocumentNotTaken
from guildhall.onboarding.rules.stepping import StepIncomplete, StepLocked
from guildhall.onboarding.service import OnboardingService

__all__ = ["PROBLEMS", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (DocumentNotTaken, StepIncomplete, StepLocked)
"""For `mount_root`: the types of problem that only onboarding answers with."""


def routes(service: OnboardingService) -> tuple[Route, ...]:
    """Everything below `/v1` that is about onboarding."""
    return (*agent_routes(service), *review_routes(service), *flow_routes(service))
