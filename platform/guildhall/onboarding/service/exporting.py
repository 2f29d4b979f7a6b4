"""One's own onboarding, for whoever takes their data along."""

from typing import Any

from guildhall.onboarding.lifecycle import Actor
from guildhall.onboarding.rules.house_flow import HOUSE_FLOW
from guildhall.onboarding.service.context import Context
from guildhall.onboarding.service.showing import show
from guildhall.onboarding.service.walking import Walking


class Exporting:
    def __init__(self, context: Context, walking: Walking) -> None:
        self._context = context
        self._walking = walking

    async def of_account(self, account_id: str) -> dict[str, Any] | None:
        """As its agent sees it, with what they agreed with or refused; None where it was never begun.

        What is sealed (an account number) stays so; documents are named, and read on the onboarding's page.
        """
        if await self._context.store.of_account(account_id, HOUSE_FLOW) is None:
            return None
        seen = await self._walking.read(account_id)
        shown = show(seen, self._context.by(account_id, Actor.AGENT)).model_dump(mode="json")
        consents = await self._context.store.consents_of(account_id)
        return shown | {"consents": [one.model_dump(mode="json") for one in consents]}
