"""What a proof of the whole ledger came to, on one day."""

from pydantic import ConfigDict, Field

from guildhall.kit.documents import Stored


class Reconciliation(Stored):
    id: str = Field(alias="_id")
    at_ms: int
    blocks: int
    entries: int
    in_flight: int
    head: str
    """The chain's newest number and hash: kept elsewhere, it shows when all was written anew."""
    totals: dict[str, dict[str, int]]
    faults: tuple[str, ...]
    fault_count: int

    model_config = ConfigDict(populate_by_name=True)
