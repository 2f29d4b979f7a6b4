"""One's own contracts, for whoever takes their data along."""

from typing import Any

from guildhall.gigs.service.context import Caller, Context
from guildhall.gigs.service.showing import names_of, pay_seen, show_contract
from guildhall.gigs.store import PAGE
from guildhall.kit.http.cursors import Place


class Exporting:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def of_account(self, account_id: str) -> list[dict[str, Any]]:
        """All in which they are the agent, as they see them: with every week, and with no review that is sealed."""
        context, caller = self._context, Caller(account_id)
        shown, place = list[dict[str, Any]](), None
        while page := await context.store.of_agent(account_id, place, PAGE):
            for one in page:
                by = context.by_of(one, caller)
                if by is not None:
                    names, pay = await names_of(context, one), await pay_seen(context, one, by)
                    weeks = await context.store.all_weeks_of(one.id)
                    shown.append(show_contract(one, weeks, names, pay, context, by).model_dump(mode="json"))
            place = Place(page[-1].opened_at_ms, page[-1].id)
        return shown
