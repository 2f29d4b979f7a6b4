"""What a payer owes the house after a chargeback: what was used of the money before it was charged back."""

from guildhall.kit.documents import VersionedDocument
from guildhall.payments.lifecycle import ClaimState


class Claim(VersionedDocument):
    """Of one payment, whose id it has. `minor` is what their balance did not make up for."""

    owner: str
    currency: str
    minor: int
    state: ClaimState = ClaimState.OPEN
    due_at_ms: int
    is_reminded: bool = False
    refusal: str = ""
    """Why it could not be settled when that was last tried, in words for the payer."""
    settled_by: str = ""
    unsettled: bool = False
    look_at_ms: int = 0
    """When its next timer fires; 0 for none."""
