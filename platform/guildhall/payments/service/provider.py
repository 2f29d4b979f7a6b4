"""The port to whoever moves real money. A bank or card company is one class; `sandbox` is the one built in."""

from dataclasses import dataclass
from typing import Protocol

from guildhall.payments.model.flows import Payment, Payout, ProviderEvent


@dataclass(frozen=True, slots=True)
class Asked:
    """What the provider answered: its own name for it, and where the payer must go first, if anywhere."""

    reference: str
    action_url: str = ""


class Provider(Protocol):
    """Every call may be made again with the same payment, or payout and attempt, and is then the same one."""

    name: str

    async def charge(self, payment: Payment) -> Asked: ...

    async def send(self, payout: Payout) -> Asked:
        """The attempt that stands in the payout."""
        ...

    async def look(self, subject: str) -> list[ProviderEvent]:
        """All that it has to say about a payment or a payout of ours, for when a webhook was lost."""
        ...

    def verify(self, body: bytes, headers: dict[str, str]) -> ProviderEvent:
        """One webhook, as signed. Raises WebhookRefused."""
        ...
