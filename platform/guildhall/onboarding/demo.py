"""The demo's onboarding: the house's flow asks for the demo exam, and its agent has begun."""

from typing import Any, Final

from guildhall.accounts.demo import DEMO_PEOPLE
from guildhall.accounts.model import PlatformRole
from guildhall.accounts.rules.addresses import email_key
from guildhall.assessments.demo import demo_plan
from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.onboarding.lifecycle import StepState
from guildhall.onboarding.model.flows import CredentialAsked
from guildhall.onboarding.rules.moving import step_of
from guildhall.onboarding.service import OnboardingService

DEMO_PROFILE: Final[dict[str, Any]] = {
    "name": "Ada Lovelace",
    "headline": "Analyst of engines, and of what they could do",
    "about": "",
    "country": "GB",
    "time_zone": "Europe/London",
    "languages": ["English", "French"],
}


def demo_credential() -> CredentialAsked:
    plan = demo_plan()
    return CredentialAsked(title=plan.credential_title, level=plan.credential_level, delivery_id=DEMO_DELIVERY_ID)


async def seed_demo_onboarding(service: OnboardingService) -> None:
    """Called by the composition root where the demo's people are; safe to repeat, and from several processes."""
    email = next(email for _, email, role in DEMO_PEOPLE if role is PlatformRole.AGENT)
    person = await service.context.people.with_email(email_key(email))
    if person is None:
        return
    seen = await service.walking.start(person.account_id)
    if step_of(seen.onboarding, "profile").state is StepState.OPEN:
        await service.walking.submit_step(person.account_id, "profile", DEMO_PROFILE)
