"""What every verb of opportunities stands on, and the steps all of them share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from guildhall.accounts.model import OrganisationRole
from guildhall.accounts.store import AccountsStore
from guildhall.assessments.service.credentials import HeldCredential
from guildhall.assessments.service.passing import ExamOffered, Progress
from guildhall.assessments.service.people import People
from guildhall.chat.service.talks import Talks
from guildhall.gigs.service import GigsService
from guildhall.kit.audit import Audit
from guildhall.kit.clock import Clock
from guildhall.kit.errors import NotFound
from guildhall.kit.outages import Outage
from guildhall.notifications.service import NotificationsService
from guildhall.opportunities.lifecycle import Actor
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity, Posting
from guildhall.opportunities.rules.moving import By, Pass, Standing, Terms
from guildhall.opportunities.settings import OpportunitySettings
from guildhall.opportunities.store import OpportunityStore

LEADERS_MAX = 20
"""Of an organisation, who is told; those who have led it longest."""
FREE = Standing()
Decide = Callable[[Application, Terms, By], Application]


class Capabilities(Protocol):
    """What opportunities ask of onboarding; the composition root joins the two, and neither imports the other."""

    async def may_apply(self, account_id: str) -> Standing: ...

    async def may_accept(self, account_id: str) -> Standing: ...


class HeldCredentials(Protocol):
    """`assessments.credentials` is one."""

    async def held_by(self, account_id: str) -> list[HeldCredential]: ...


class Exams(Protocol):
    """`assessments.passing` is one: the exams by which passes are earned."""

    async def progress(self, account_id: str, delivery_id: str) -> Progress: ...

    async def invite(self, account_id: str, delivery_id: str, by: str) -> None: ...

    async def offered(self, organisation_id: str, house_deliveries: tuple[str, ...]) -> list[ExamOffered]: ...


class Clients(Protocol):
    """What opportunities ask of organisations."""

    async def name(self, organisation_id: str) -> str: ...

    async def leaders(self, organisation_id: str) -> list[str]:
        """Accounts that act for it."""
        ...


class AccountClients:
    def __init__(self, accounts: AccountsStore) -> None:
        self._accounts = accounts

    async def name(self, organisation_id: str) -> str:
        found = await self._accounts.organisations.get(organisation_id)
        return found.name if found is not None else ""

    async def leaders(self, organisation_id: str) -> list[str]:
        return await self._with_role(organisation_id, {OrganisationRole.OWNER, OrganisationRole.MANAGER})

    async def keepers(self, owner: str) -> list[str]:
        """Accounts that keep an owner's money: an organisation's owners and finance, or the account itself."""
        if await self._accounts.accounts.get(owner) is not None:
            return [owner]
        return await self._with_role(owner, {OrganisationRole.OWNER, OrganisationRole.FINANCE})

    async def _with_role(self, organisation_id: str, roles: set[OrganisationRole]) -> list[str]:
        """The longest in it first."""
        found = await self._accounts.organisations.get(organisation_id)
        if found is None or found.closed_at_ms is not None:
            return []
        members = sorted(found.members.items(), key=lambda one: (one[1].since_ms, one[0]))
        return [account_id for account_id, member in members if member.role in roles][:LEADERS_MAX]


@dataclass(frozen=True, slots=True)
class Client:
    """Who acts for clients: an account, and the organisations in which it may."""

    account_id: str
    organisations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Context:
    """Made once by the composition root."""

    store: OpportunityStore
    gigs: GigsService
    audit: Audit
    notifications: NotificationsService
    people: People
    talks: Talks
    clients: Clients
    capabilities: Capabilities
    credentials: HeldCredentials
    exams: Exams
    clock: Clock
    settings: OpportunitySettings
    secret: str
    administrators: Callable[[], Awaitable[list[str]]]
    """The accounts of those who look at what is posted."""
    is_gone: Callable[[str], Awaitable[bool]]
    """Whether an account was erased, or never was."""
    outages_since: Callable[[int], Awaitable[list[Outage]]]
    """Those of this house that ended after a moment."""

    def by(self, account_id: str, actor: Actor) -> By:
        return By(account_id, actor, self.clock.now_ms())

    async def outages_of(self, application: Application) -> list[Outage]:
        """Those that may not have been given back to it yet."""
        return await self.outages_since(max(application.given_back_ms, application.created_at_ms))

    async def posted(self, opportunity_id: str, client: Client) -> Opportunity:
        """One of the client's own. Raises NotFound."""
        found = await self.store.opportunities.read(opportunity_id)
        if found.organisation_id not in client.organisations:
            raise NotFound(f"There is no opportunity {opportunity_id}.")
        return found

    async def applicant(self, application_id: str, client: Client) -> Application:
        """Who applied for one of the client's own. Raises NotFound."""
        found = await self.store.applications.read(application_id)
        if found.organisation_id not in client.organisations:
            raise NotFound(f"There is no application {application_id}.")
        return found

    async def own(self, application_id: str, agent_id: str) -> Application:
        """Raises NotFound."""
        found = await self.store.applications.read(application_id)
        if found.agent_id != agent_id:
            raise NotFound(f"There is no application {application_id}.")
        return found

    async def terms_for_agent(self, opportunity: Opportunity, agent_id: str) -> Terms:
        may_apply = await self.capabilities.may_apply(agent_id)
        may_accept = await self.capabilities.may_accept(agent_id)
        return Terms(opportunity, self.settings, may_apply, may_accept)

    async def held_by(self, agent_id: str, posting: Posting) -> tuple[Pass, ...]:
        """What the agent holds; not asked where nothing is asked for."""
        if not posting.credentials:
            return ()
        return tuple((one.title, one.level) for one in await self.credentials.held_by(agent_id))

    async def terms_for_client(self, opportunity: Opportunity, application: Application) -> Terms:
        """What the agent may is asked only where the client has a counter-offer to accept."""
        offer = application.open_offer
        is_asked = offer is not None and offer.by is Actor.AGENT
        may_accept = await self.capabilities.may_accept(application.agent_id) if is_asked else FREE
        return Terms(opportunity, self.settings, may_accept=may_accept)

    async def change_application(self, application_id: str, by: By, terms: Terms, decide: Decide) -> Application:
        """One compare-and-set by a pure decision. Raises what `decide` raises."""
        return await self.store.applications.change(application_id, by.at_ms, lambda seen: decide(seen, terms, by))
