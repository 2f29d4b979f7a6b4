"""What becomes of applications when their agent's account is erased; accounts tell nobody when one of them ends."""

from guildhall.kit.logs import get_logger
from guildhall.opportunities.lifecycle import Actor
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.rules.forgetting import forget, is_forgotten
from guildhall.opportunities.rules.moving import Terms
from guildhall.opportunities.service.context import Context
from guildhall.opportunities.service.following import Following

log = get_logger(__name__)


class Forgetting:
    """Walks through all applications, a page a time, for ever."""

    def __init__(self, context: Context, following: Following) -> None:
        self._context = context
        self._following = following
        self._after_id = ""
        self._swept_at_ms = 0

    async def sweep(self) -> None:
        """A page, at most once in `forget_seconds`; from the start again after the last."""
        now_ms = self._context.clock.now_ms()
        if now_ms - self._swept_at_ms < self._context.settings.forget_seconds * 1000:
            return
        self._swept_at_ms = now_ms
        page = await self._context.store.applications_after(self._after_id)
        self._after_id = page[-1].id if page else ""
        for application in page:
            if not is_forgotten(application) and await self._context.is_gone(application.agent_id):
                await self._forget(application)

    async def _forget(self, application: Application) -> None:
        opportunity = await self._context.store.opportunities.read(application.opportunity_id)
        by = self._context.by(application.agent_id, Actor.AGENT)
        terms = Terms(opportunity, self._context.settings)
        changed = await self._context.change_application(application.id, by, terms, forget)
        await self._following.of_application(changed)
        log.info("application_forgotten", application=application.id)
