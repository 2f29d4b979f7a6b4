"""A contract: opened by an accepted offer, once."""

from enum import StrEnum

from guildhall.gigs.model.terms import ContractTerms
from guildhall.kit.documents import VersionedDocument


class ContractState(StrEnum):
    PENDING_FUNDING = "pending_funding"  # agreed on; work begins when the first pay is held


class Contract(VersionedDocument):
    from_offer: str
    """The offer that was accepted; no second contract comes of it."""
    organisation_id: str
    agent_id: str
    state: ContractState = ContractState.PENDING_FUNDING
    opened_at_ms: int
    terms: ContractTerms
