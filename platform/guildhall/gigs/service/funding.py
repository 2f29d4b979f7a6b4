"""The port by which pay is held and moved; `held_funds` fills it. Every verb is idempotent by the pay's key."""

from dataclasses import dataclass
from typing import Protocol

from guildhall.kit.money import Money


@dataclass(frozen=True, slots=True)
class Pay:
    """Of one milestone or week: an organisation's money until it is the agent's."""

    key: str
    organisation_id: str
    agent_id: str
    amount: Money
    subject: str
    """What is paid, in words; the same for the same key."""


@dataclass(frozen=True, slots=True)
class PayStanding:
    """What is held now, and what a release would book; in minor units."""

    account: str
    """Of the ledger, whose explanation both sides may read; empty before anything was held."""
    held_minor: int
    frozen_minor: int
    fee_minor: int
    fee_tax_minor: int
    """Within the fee."""
    agent_minor: int


class Funding(Protocol):
    async def hold(self, pay: Pay, /) -> str:
        """Hold it for the work; empty when it is held, else why it cannot be, in words for the client."""
        ...

    async def let_go(self, pay: Pay, /) -> None:
        """Whatever is still held under this key goes back to the client; nothing where nothing is."""
        ...

    async def freeze(self, pay: Pay, dispute_id: str, minor: int, /) -> None:
        """A dispute stands over so much of what is held: nobody moves it until that is over."""
        ...

    async def thaw(self, pay: Pay, dispute_id: str, /) -> None:
        """The dispute was withdrawn: it is held as before."""
        ...

    async def pay_out(self, pay: Pay, to_agent: int, to_client: int, dispute_id: str = "", /) -> None:
        """What is held under this key, or what this dispute had frozen of it, so divided; the rest stays as it is."""
        ...

    async def standing(self, pay: Pay, released: int, /) -> PayStanding:
        """What is held, and the exact fee where so much of it is released."""
        ...

    async def paid_in(self, organisation_id: str, currency: str, /) -> int:
        """What the client can still hold, in minor units."""
        ...


class PaidOutside:
    """For contracts whose sides pay each other: every hold succeeds at once, and nothing is moved."""

    async def hold(self, _pay: Pay) -> str:
        return ""

    async def let_go(self, _pay: Pay) -> None:
        return None

    async def freeze(self, _pay: Pay, _dispute_id: str, _minor: int) -> None:
        return None

    async def thaw(self, _pay: Pay, _dispute_id: str) -> None:
        return None

    async def pay_out(self, _pay: Pay, _to_agent: int, _to_client: int, _dispute_id: str = "") -> None:
        return None

    async def standing(self, _pay: Pay, released: int) -> PayStanding:
        return PayStanding("", 0, 0, 0, 0, released)

    async def paid_in(self, _organisation_id: str, _currency: str) -> int:
        return 0
