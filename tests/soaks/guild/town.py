"""A town that random people live in: agents, two clients, reviewers, staff, with a real database and a held clock.

Everything is the backbone's own but two things: the exam of the house is one that a walk passes for its agents, and
onboarding's word about what somebody may do goes through that.
"""

import itertools
import shutil
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import Member, Organisation, OrganisationRole, PlatformRole
from guildhall.backbone import Backbone, OnboardedCapabilities
from guildhall.gigs import jobs as gigs_jobs
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.service.context import Caller
from guildhall.kit.clock import ManualClock
from guildhall.onboarding import jobs as onboarding_jobs
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.service import OnboardingService
from guildhall.opportunities import jobs as opportunities_jobs
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.context import Client
from guildhall.payments import jobs as payments_jobs
from guildhall.payments.model.chart import AccountKind, account_id
from tests.guildhall.onboarding.guild import CREDENTIAL, PASSWORD, FakeExams, Guild
from tests.guildhall.opportunities.market import market_config
from tests.guildhall.payments.purse import draft, moved

MONDAY_MS = 1_800_000_000_000 + 3 * 86_400_000  # Monday, 18 January 2027, 08:00 UTC
AGENTS = ("ada", "bob", "cleo")
CLIENTS = {"carla": "org_harbour", "max": "org_mill"}
REVIEWERS = ("kate", "dora", "mary")
STAFF = ("sam", "sue", "tom")
ALL_MAX = 500


class Town:
    """Made over a folder; `founded` copies one that was founded before, which takes a tenth of the time."""

    def __init__(self, folder: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock(MONDAY_MS)
        config = market_config(folder)
        gigs = config.gigs.model_copy(update={"paid_outside": False})
        self.backbone = Backbone(config.model_copy(update={"gigs": gigs}), self.clock)
        self.exams, self.accounts = FakeExams(), dict[str, str]()
        context = replace(self.backbone.onboarding.context, exams=self.exams, _flows={})
        self.onboarding = OnboardingService(context)
        self.opportunities = OpportunitiesService(
            replace(self.backbone.opportunities.context, capabilities=OnboardedCapabilities(self.onboarding))
        )
        self.gigs, self.payments = self.backbone.gigs, self.backbone.payments
        self._stack = AsyncExitStack()
        self._keys = itertools.count(1)

    # --- from nothing to a town

    async def open(self) -> None:
        backbone, stack = self.backbone, self._stack
        await backbone.storage.start()
        stack.push_async_callback(backbone.storage.close)
        await backbone.blobs.start()
        stack.push_async_callback(backbone.blobs.close)
        await backbone.bus.start()
        stack.push_async_callback(backbone.bus.close)

    async def close(self) -> None:
        await self._stack.aclose()

    async def found(self) -> None:
        backbone = self.backbone
        for collection in (backbone.audit_log, backbone.outbox, backbone.payments):
            await collection.ensure()
        for store in (
            backbone.accounts.store,
            backbone.assessments.context.store,
            backbone.chat.context.store,
            backbone.notifications.store,
            backbone.webhooks.context.store,
            backbone.onboarding.context.store,
            backbone.gigs.store,
            backbone.opportunities.context.store,
        ):
            await store.ensure()
        for name in (*AGENTS, *CLIENTS, *REVIEWERS, *STAFF):
            role = PlatformRole.ADMIN if name in REVIEWERS + STAFF else PlatformRole.AGENT
            email = f"{name}@example.org"
            await seed_account(backbone.accounts, name.title(), email, PASSWORD, role, totp_secret="JBSWY3DPEHPK3PXP")
        for name, organisation in CLIENTS.items():
            account = await backbone.accounts.store.account_with_email(f"{name}@example.org")
            assert account is not None
            member = Member(name=name.title(), role=OrganisationRole.OWNER, since_ms=MONDAY_MS)
            await backbone.accounts.store.organisations.add(
                Organisation(
                    id=organisation,
                    created_at_ms=MONDAY_MS,
                    slug=organisation.replace("_", "-"),
                    name=organisation,
                    members={account.id: member},
                )
            )
        await self.onboarding.seed_flow(CREDENTIAL)

    async def settle_in(self) -> None:
        """Who lives here, and one agent who is onboarded already, so that walks get far."""
        for name in (*AGENTS, *CLIENTS, *REVIEWERS, *STAFF):
            account = await self.backbone.accounts.store.account_with_email(f"{name}@example.org")
            assert account is not None
            self.accounts[name] = account.id
        self.guild = Guild(self.backbone, self.clock, self.exams, self.accounts)
        self.guild.service = self.onboarding
        self.guild.walking, self.guild.desk = self.onboarding.walking, self.onboarding.desk
        self.guild.store = self.onboarding.context.store

    # --- who somebody is

    def client(self, name: str) -> Client:
        return Client(self.accounts[name], frozenset({CLIENTS[name]}))

    def caller(self, name: str) -> Caller:
        if name in CLIENTS:
            own = frozenset({CLIENTS[name]})
            return Caller(self.accounts[name], own, own)
        return Caller(self.accounts[name], is_staff=name in STAFF)

    def name_of(self, account_id: str) -> str:
        return next(name for name, known in self.accounts.items() if known == account_id)

    def client_of(self, organisation_id: str) -> str:
        return next(name for name, known in CLIENTS.items() if known == organisation_id)

    # --- what there is

    async def onboardings(self) -> list[Onboarding]:
        return await self.onboarding.context.store.onboardings.find({}, limit=ALL_MAX)

    async def posted(self) -> list[Opportunity]:
        return await self.opportunities.context.store.opportunities.find({}, limit=ALL_MAX)

    async def applications(self) -> list[Application]:
        return await self.opportunities.context.store.applications.find({}, limit=ALL_MAX)

    async def contracts(self) -> list[Contract]:
        return await self.gigs.store.contracts.find({}, limit=ALL_MAX)

    async def weeks(self) -> list[Week]:
        return await self.gigs.store.weeks.find({}, limit=ALL_MAX)

    # --- what the house does by itself

    async def look(self) -> None:
        """A pass of every worker's jobs, in the order in which they are started."""
        await onboarding_jobs.look(self.onboarding)
        await opportunities_jobs.look(self.opportunities)
        await gigs_jobs.look(self.gigs)
        await payments_jobs.look(self.payments)

    async def pay_in(self, name: str, minor: int) -> None:
        there = account_id(AccountKind.CLIENT_BALANCE, CLIENTS[name], "EUR")
        await self.payments.ledger.post(draft(f"in-{next(self._keys)}", moved(minor, "cash:sandbox:EUR", there)))


async def founded(folder: Path, founded_before: Path) -> Town:
    """An open town like the one that was founded in the other folder."""
    shutil.copytree(founded_before, folder, dirs_exist_ok=True)
    town = Town(folder)
    await town.open()
    await town.settle_in()
    return town


async def found_in(folder: Path) -> None:
    town = Town(folder)
    await town.open()
    await town.found()
    await town.close()
