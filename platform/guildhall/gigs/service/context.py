"""What every verb of gigs stands on, and the steps all of them share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from guildhall.accounts.lifecycle import AccountState
from guildhall.accounts.model import FORMER_MEMBER
from guildhall.accounts.store import AccountsStore
from guildhall.chat.service.talks import Talks
from guildhall.gigs.lifecycle import Actor
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules import contracting
from guildhall.gigs.rules.moving import By, check_decides
from guildhall.gigs.rules.timing import next_due
from guildhall.gigs.service.funding import Funding, PaidOutside
from guildhall.gigs.settings import GigsSettings
from guildhall.gigs.store import GigsStore
from guildhall.kit.audit import Audit
from guildhall.kit.blobs import BlobStore
from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound, Refused
from guildhall.kit.outages import Outage
from guildhall.notifications.service import NotificationsService

Decide = Callable[[Contract, GigsSettings, By], Contract]
_OUTSIDE: Final = PaidOutside()
DecideWeek = Callable[[Week, Contract, GigsSettings, By], Week]


class Clients(Protocol):
    """What gigs ask of organisations."""

    async def name(self, organisation_id: str) -> str: ...

    async def leaders(self, organisation_id: str) -> list[str]:
        """Accounts that act for it."""
        ...


class Agents(Protocol):
    async def name(self, account_id: str) -> str: ...


class AccountNames:
    """What gigs ask of accounts."""

    def __init__(self, accounts: AccountsStore) -> None:
        self._accounts = accounts

    async def name(self, account_id: str) -> str:
        found = await self._accounts.accounts.get(account_id)
        if found is not None and found.state is AccountState.ERASED:
            return FORMER_MEMBER
        return found.name if found is not None else ""


class NotYours(Refused):
    """The other side's, or the staff's, to do."""

    def __init__(self, whose: str) -> None:
        super().__init__(f"That is for the {whose} to do.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an account, the organisations that it leads or whose money it keeps, and whether it is of the staff."""

    account_id: str
    organisations: frozenset[str] = frozenset()
    purses: frozenset[str] = frozenset()
    """The organisations whose money it may spend."""
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by the composition root."""

    store: GigsStore
    blobs: BlobStore
    audit: Audit
    notifications: NotificationsService
    clients: Clients
    agents: Agents
    talks: Talks
    funding: Funding
    outages_since: Callable[[int], Awaitable[list[Outage]]]
    clock: Clock
    settings: GigsSettings

    def funding_of(self, contract: Contract) -> Funding:
        return _OUTSIDE if contract.is_paid_outside else self.funding

    def system(self) -> By:
        return By("system:gigs", Actor.SYSTEM, self.clock.now_ms())

    async def seen(self, contract_id: str, caller: Caller) -> tuple[Contract, By]:
        """The contract, and as what the caller acts on it. Raises NotFound for whoever has nothing to do with it."""
        contract = await self.store.contracts.read(contract_id)
        by = self.by_of(contract, caller)
        if by is None:
            raise NotFound(f"There is no contract {contract_id}.")
        return contract, by

    async def only(self, contract_id: str, caller: Caller, actors: frozenset[Actor], whose: str) -> tuple[Contract, By]:
        """The same for what some of them do. Raises NotFound, NotYours, OnlyFunds."""
        contract, by = await self.seen(contract_id, caller)
        if by.actor not in actors:
            raise NotYours(whose)
        check_decides(by)
        return contract, by

    def by_of(self, contract: Contract, caller: Caller) -> By | None:
        """As what the caller acts on it; None for whoever has nothing to do with it."""
        now_ms, organisation = self.clock.now_ms(), contract.organisation_id
        if caller.account_id == contract.agent_id:
            return By(caller.account_id, Actor.AGENT, now_ms)
        is_leader, is_purse = organisation in caller.organisations, organisation in caller.purses
        if is_leader or (is_purse and not contract.is_paid_outside):
            may_fund = is_purse or contract.is_paid_outside
            return By(caller.account_id, Actor.CLIENT, now_ms, may_fund=may_fund, only_funds=not is_leader)
        return By(caller.account_id, Actor.STAFF, now_ms) if caller.is_staff else None

    async def change(self, contract_id: str, by: By, decide: Decide) -> Contract:
        """One compare-and-set by a pure decision, with what follows from it by itself and its next timer.

        Raises what `decide` raises.
        """

        def settle(found: Contract) -> Contract:
            decided = decide(found, self.settings, by)
            if decided is found:
                return found
            system = By("system:gigs", Actor.SYSTEM, by.at_ms)
            settled = contracting.settle(decided, self.settings, system)
            return settled.model_copy(update={"due_at_ms": next_due(settled, self.settings)})

        return await self.store.contracts.change(contract_id, by.at_ms, settle)

    async def change_week(self, week: str, contract: Contract, by: By, decide: DecideWeek) -> Week:
        """Raises what `decide` raises."""
        return await self.store.weeks.change(week, by.at_ms, lambda found: decide(found, contract, self.settings, by))
