"""One's own applications, for whoever takes their data along."""

from typing import Any

from guildhall.kit.http.cursors import Place
from guildhall.opportunities.lifecycle import Actor
from guildhall.opportunities.rules.moving import Terms
from guildhall.opportunities.service.context import Context
from guildhall.opportunities.service.showing import show_application
from guildhall.opportunities.store import PAGE


class Exporting:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def of_account(self, account_id: str) -> list[dict[str, Any]]:
        """All of them as their agent sees them, the newest first, without what may be done now."""
        store, by = self._context.store, self._context.by(account_id, Actor.AGENT)
        shown, place = list[dict[str, Any]](), None
        while page := await store.applications_of(account_id, place, PAGE):
            posted = {one.id: one for one in await store.with_ids([one.opportunity_id for one in page])}
            for one in page:
                terms = Terms(posted[one.opportunity_id], self._context.settings)
                told = show_application(one, terms.opportunity, terms, by)
                shown.append(told.model_dump(mode="json", exclude={"next", "allowed_actions"}))
            place = Place(page[-1].applied_at_ms, page[-1].id)
        return shown
