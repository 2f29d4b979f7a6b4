"""A town that random people live in: agents, two clients, reviewers, staff, with a real database and a held clock.

Everything is the backbone's own but the exams, which are the town's (`exams`): onboarding and opportunities ask those.
"""

import json
from contextlib import AsyncExitStack
from dataclasses import replace

from guildhall.accounts import jobs as accounts_jobs
from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import Account, Member, Organisation, OrganisationRole, PlatformRole
from guildhall.accounts.service import SignedIn
from guildhall.accounts.service.effects import REVOKED_TOPIC
from guildhall.backbone import Backbone, OnboardedCapabilities
from guildhall.gigs import jobs as gigs_jobs
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.service.context import Caller
from guildhall.kit.clock import ManualClock
from guildhall.kit.ids import new_id
from guildhall.onboarding import jobs as onboarding_jobs
from guildhall.onboarding.model.onboardings import Onboarding
from guildhall.onboarding.service import OnboardingService
from guildhall.opportunities import jobs as opportunities_jobs
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.context import Client
from guildhall.opportunities.settings import Moderation
from guildhall.payments import jobs as payments_jobs
from guildhall.payments.model.chart import AccountKind, account_id
from guildhall.payments.model.flows import Payout
from tests.guildhall.onboarding.guild import CREDENTIAL, PASSWORD, Guild
from tests.guildhall.payments.purse import draft, moved
from tests.soaks.guild.exams import ExamBoard, HouseExams, MarketExams
from tests.soaks.guild.places import Place, copy

MONDAY_MS = 1_800_000_000_000 + 3 * 86_400_000  # Monday, 18 January 2027, 08:00 UTC
AGENTS = ("ada", "bob", "cleo")
CLIENTS = {"carla": "org_harbour", "max": "org_mill"}
REVIEWERS = ("kate", "dora", "mary")
STAFF = ("sam", "sue", "tom")
PEOPLE = (*AGENTS, *CLIENTS, *REVIEWERS, *STAFF)
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ALL_MAX = 20_000


class Town:
    """Made over a place; `founded` copies one that was founded before, which takes a tenth of the time."""

    def __init__(self, place: Place, clock: ManualClock | None = None, moderation: Moderation = Moderation.OFF) -> None:
        self.clock = clock or ManualClock(MONDAY_MS)
        config = place.config()
        gigs = config.gigs.model_copy(update={"paid_outside": False})
        payments = config.payments.model_copy(update={"payout_minimum_minor": 100, "recover_after_seconds": 0})
        self.backbone = Backbone(config.model_copy(update={"gigs": gigs, "payments": payments}), self.clock)
        self.accounts = dict[str, str]()
        self.board = ExamBoard(self.backbone.storage, self.clock)
        self.onboarding = OnboardingService(
            replace(self.backbone.onboarding.context, exams=HouseExams(self.board), _flows={})
        )
        market, before = MarketExams(self.board), self.backbone.opportunities.context
        self.opportunities = OpportunitiesService(
            replace(
                before,
                capabilities=OnboardedCapabilities(self.onboarding),
                credentials=market,
                exams=market,
                settings=before.settings.model_copy(update={"moderation": moderation, "house_deliveries": ()}),
            )
        )
        self.gigs, self.payments = self.backbone.gigs, self.backbone.payments
        self.sign_ins: list[SignedIn] = []
        """All that were ever given to somebody by this process, and which of them have a socket open."""
        self.sockets: set[str] = set()
        self._stack = AsyncExitStack()

    # --- from nothing to a town

    async def open(self) -> None:
        backbone, stack = self.backbone, self._stack
        await backbone.storage.start()
        stack.push_async_callback(backbone.storage.close)
        await backbone.blobs.start()
        stack.push_async_callback(backbone.blobs.close)
        await backbone.bus.start()
        stack.push_async_callback(backbone.bus.close)
        await stack.enter_async_context(backbone.accounts.running())
        hearing = await backbone.bus.subscribe(REVOKED_TOPIC, self._close_sockets)
        stack.push_async_callback(hearing.close)

    def _close_sockets(self, body: bytes) -> None:
        self.sockets.difference_update(json.loads(body)["session_ids"])

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
            self.board,
        ):
            await store.ensure()
        for name in PEOPLE:
            role = PlatformRole.ADMIN if name in REVIEWERS + STAFF else PlatformRole.AGENT
            email = f"{name}@example.org"
            await seed_account(backbone.accounts, name.title(), email, PASSWORD, role, totp_secret=TOTP_SECRET)
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
        await self.settle_in()
        for name in AGENTS[:2]:  # who are onboarded already, so that walks get far
            await self.guild.complete(name)

    async def settle_in(self) -> None:
        """Who lives here."""
        for name in PEOPLE:
            account = await self.backbone.accounts.store.account_with_email(f"{name}@example.org")
            assert account is not None
            self.accounts[name] = account.id
        self.guild = Guild(self.backbone, self.clock, HouseExams(self.board), self.accounts)
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

    async def payouts(self) -> list[Payout]:
        return await self.payments.flows.payouts.find({}, limit=ALL_MAX)

    async def everybody(self) -> list[Account]:
        return await self.backbone.accounts.store.accounts.find({}, limit=ALL_MAX)

    # --- what the house does by itself

    async def look(self) -> None:
        """A pass of every worker's jobs, in the order in which they are started."""
        await accounts_jobs.tidy(self.backbone.accounts)
        await onboarding_jobs.look(self.onboarding)
        await opportunities_jobs.look(self.opportunities)
        await gigs_jobs.look(self.gigs)
        await payments_jobs.look(self.payments)

    async def pay_in(self, name: str, minor: int) -> None:
        """At once, and past every card: so that work can begin."""
        there = account_id(AccountKind.CLIENT_BALANCE, CLIENTS[name], "EUR")
        key = new_id("in", self.clock)
        await self.payments.ledger.post(draft(key, moved(minor, "cash:sandbox:EUR", there)))

    async def earn(self, name: str, minor: int) -> None:
        """Some work of long ago, so that there is something to pay out."""
        there = account_id(AccountKind.PAYABLE, self.accounts[name], "EUR")
        key = new_id("in", self.clock)
        await self.payments.ledger.post(draft(key, moved(minor, "cash:sandbox:EUR", there)))


async def founded(place: Place, founded_before: Place, moderation: Moderation = Moderation.OFF) -> Town:
    """An open town like the one that was founded in the other place."""
    copy(founded_before, place)
    town = Town(place, moderation=moderation)
    await town.open()
    await town.settle_in()
    return town


async def found_in(place: Place) -> None:
    town = Town(place)
    await town.open()
    await town.found()
    await town.close()
