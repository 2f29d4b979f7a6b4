"""What the composition root joins: results of exams to the applications that wait for them, and the demo's exam."""

from collections.abc import Callable

from guildhall.assessments.lifecycle import ResultState
from guildhall.assessments.model.results import Credential, Result
from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.assessments.store import AssessmentsStore
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.settings import OpportunitySettings


def follow_results(store: AssessmentsStore, opportunities: Callable[[], OpportunitiesService]) -> None:
    """A pass moves the applications that wait for it at once; whatever is missed here, their job sees."""

    async def look(document: Credential | Result) -> None:
        if isinstance(document, Credential) or document.state is ResultState.RELEASED:
            await opportunities().assessing.look_at_agent(document.account_id)

    store.credentials.written = look
    store.results.written = look


def with_demo_exam(settings: OpportunitySettings, *, is_there: bool) -> OpportunitySettings:
    """The demo's exam is among those of the house, where the demo is."""
    if not (settings.demo and is_there):
        return settings
    return settings.model_copy(update={"house_deliveries": (*settings.house_deliveries, DEMO_DELIVERY_ID)})
