"""The collections of gigs; the only file here that queries."""

from guildhall.gigs.model.contracts import Contract
from guildhall.kit.errors import NotFound
from guildhall.kit.storage import Schema, Storage
from guildhall.kit.storage.versioned import Documents

CONTRACTS = Schema(
    "gigs_contracts",
    unique=(("from_offer",),),
    index=(("agent_id", "opened_at_ms"), ("organisation_id", "opened_at_ms")),
)


class GigsStore:
    def __init__(self, storage: Storage) -> None:
        self.contracts = Documents(
            storage.collection(CONTRACTS),
            Contract,
            lambda contract_id: NotFound(f"There is no contract {contract_id}."),
        )

    async def ensure(self) -> None:
        await self.contracts.ensure()

    async def from_offer(self, offer_id: str) -> Contract | None:
        found = await self.contracts.find({"from_offer": offer_id}, limit=1)
        return found[0] if found else None
