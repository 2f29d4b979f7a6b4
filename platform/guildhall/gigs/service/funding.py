"""The port by which pay is held and moved; another domain fills it. Every verb is idempotent by the caller's key."""

from dataclasses import dataclass
from typing import Protocol

from guildhall.kit.money import Money


@dataclass(frozen=True, slots=True)
class Payees:
    """Whose money it is: an organisation's until it is the agent's."""

    contract_id: str
    organisation_id: str
    agent_id: str


class Funding(Protocol):
    is_outside: bool
    """Nothing is held here: the two sides pay each other, and are told so."""

    async def hold(self, key: str, payees: Payees, amount: Money, /) -> str:
        """Hold it for the work; empty when it is held, else why it cannot be, in words for the client."""
        ...

    async def freeze(self, key: str, payees: Payees, amount: Money, /) -> None:
        """A dispute stands over what is held under this key: no provider's clock may give it back."""
        ...

    async def pay_out(self, key: str, payees: Payees, to_agent: Money, to_client: Money, /) -> None:
        """All that is held under this key, so divided."""
        ...


class PaidOutside:
    """Until a house moves money: every hold succeeds at once, and nothing is moved."""

    is_outside = True

    async def hold(self, _key: str, _payees: Payees, _amount: Money) -> str:
        return ""

    async def freeze(self, _key: str, _payees: Payees, _amount: Money) -> None:
        return None

    async def pay_out(self, _key: str, _payees: Payees, _to_agent: Money, _to_client: Money) -> None:
        return None
