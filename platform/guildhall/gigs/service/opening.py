"""Opening a contract: what opportunities call when an offer was accepted."""

from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.terms import ContractTerms
from guildhall.gigs.store import GigsStore
from guildhall.kit.clock import Clock
from guildhall.kit.ids import new_id
from guildhall.kit.storage import Duplicate


class Opening:
    def __init__(self, store: GigsStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def open_contract(self, terms: ContractTerms, from_offer: str) -> Contract:
        """The contract of this offer: opened now, or found as it was opened before."""
        if (known := await self._store.from_offer(from_offer)) is not None:
            return known
        now_ms = self._clock.now_ms()
        contract = Contract(
            id=new_id("ctr", self._clock),
            created_at_ms=now_ms,
            from_offer=from_offer,
            organisation_id=terms.organisation_id,
            agent_id=terms.agent_id,
            opened_at_ms=now_ms,
            terms=terms,
        )
        try:
            await self._store.contracts.add(contract)
        except Duplicate:  # another follower of the same acceptance was quicker
            known = await self._store.from_offer(from_offer)
            if known is None:
                raise
            return known
        return contract
