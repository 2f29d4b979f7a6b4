"""Opening a contract: what opportunities call when an offer was accepted."""

from guildhall.gigs.model.contracts import Contract, first_milestones
from guildhall.gigs.model.terms import ContractTerms
from guildhall.gigs.rules.timing import next_due
from guildhall.gigs.service.context import Context
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate


class Opening:
    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._context = context

    async def open_contract(self, terms: ContractTerms, from_offer: str) -> Contract:
        """The contract of this offer: opened now, or found as it was opened before."""
        if (known := await self._store.from_offer(from_offer)) is not None:
            return known
        now_ms = self._context.clock.now_ms()
        contract = Contract(
            id=new_id("ctr", self._context.clock),
            created_at_ms=now_ms,
            from_offer=from_offer,
            organisation_id=terms.organisation_id,
            agent_id=terms.agent_id,
            state_since_ms=now_ms,
            opened_at_ms=now_ms,
            given_back_ms=now_ms,
            terms=terms,
            is_paid_outside=self._context.settings.paid_outside,
            milestones=first_milestones(terms),
        )
        contract = contract.model_copy(update={"due_at_ms": next_due(contract, self._context.settings)})
        try:
            await self._store.contracts.add(contract)
        except Duplicate:  # another follower of the same acceptance was quicker
            known = await self._store.from_offer(from_offer)
            if known is None:
                raise
            return known
        return contract
