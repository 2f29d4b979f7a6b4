"""Money that comes in and goes out, where it goes to, and what the provider said of it."""

from pydantic import Field

from guildhall.kit.documents import Stored, VersionedDocument
from guildhall.payments.lifecycle import PaymentState, PayoutState
from guildhall.payments.model.bank_accounts import SealedAccount
from guildhall.payments.model.entries import Draft


class Flow(VersionedDocument):
    """What a change of state books stands in the same document until the ledger has it."""

    owner: str
    key: str
    minor: int
    currency: str
    provider: str
    reference: str = ""
    """The provider's name for it."""
    bookings: tuple[Draft, ...] = Field((), max_length=6)
    unsettled: bool = False
    look_at_ms: int = 0
    """When the provider is asked what became of it; 0: never, since nothing is expected."""


class Payment(Flow):
    """In: `method` is the card's token at the provider."""

    state: PaymentState = PaymentState.CREATED
    method: str
    action_url: str = ""
    is_told: bool = False
    """Of a chargeback after which nothing is owed: its payer knows."""


class Payout(Flow):
    """Out. While HELD: why, who acts next and when that is expected, all three of them always."""

    state: PayoutState = PayoutState.REQUESTED
    bank: str = ""
    """A token of a provider's; empty where `account` says where to."""
    account: SealedAccount | None = None
    holder: str = Field("", repr=False)
    """Only from before accounts were sealed: then `bank` is an account number, and `store.bank_seal` seals both."""
    attempt: int = 0
    held_for: str = ""
    next_actor: str = ""
    expected_by_ms: int = 0
    said: str = ""
    """Why it failed, was returned or refused."""


class PayoutAccount(VersionedDocument):
    """Where an owner's money goes. One each; a change starts the cool-down again. Its id is the owner's."""

    bank: str = ""
    account: SealedAccount | None = None
    """One of the two; `holder` as in a payout."""
    holder: str = Field("", repr=False)
    label: str
    changed_at_ms: int


class ProviderEvent(Stored):
    """One thing a provider says about a payment or a payout attempt of ours."""

    id: str = Field(min_length=1, max_length=120, pattern=r"^[\x21-\x7e]+$")
    type: str = Field(max_length=60)
    subject: str = Field(min_length=1, max_length=200)
    """Our id: of the payment, or of the payout."""
    attempt: int = Field(0, ge=0)
    at_ms: int
    detail: str = Field("", max_length=500)


class ReceivedEvent(VersionedDocument):
    """The inbox: unique by provider and the provider's id."""

    provider: str
    event: ProviderEvent
    handled_at_ms: int = 0
    outcome: str = ""
