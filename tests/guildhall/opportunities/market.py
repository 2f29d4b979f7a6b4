"""A market: a client with an organisation, agents, and onboarding that says yes unless a test says no."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import Member, Organisation, OrganisationRole, PlatformRole
from guildhall.assessments.model.progress import ExamProgress
from guildhall.assessments.service.credentials import HeldCredential
from guildhall.assessments.service.passing import ExamOffered, Progress
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.gigs.model.terms import Kind, MilestoneAgreed, WorkTerms
from guildhall.kit.clock import ManualClock
from guildhall.opportunities import jobs
from guildhall.opportunities.lifecycle import PostingEvent
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.model.postings import Opportunity, Posting
from guildhall.opportunities.rules.applying import Given
from guildhall.opportunities.rules.moving import Standing
from guildhall.opportunities.service import OpportunitiesService
from guildhall.opportunities.service.context import Client
from guildhall.opportunities.service.hiring import SideOf
from guildhall.opportunities.settings import Moderation

NOW_MS = 1_800_000_000_000
DAY_MS = 86_400_000
PASSWORD = "seven lanterns over the quay"
ORGANISATION = "org_harbour"
WORK = WorkTerms(
    kind=Kind.FIXED,
    currency="EUR",
    milestones=(MilestoneAgreed(title="First draft", minor=50_000), MilestoneAgreed(title="Final", minor=70_000)),
)


def posting(**changes: Any) -> Posting:
    fields: dict[str, Any] = {
        "title": "Chart the harbour",
        "description": "Draw a chart of the harbour, with its depths and its lights.",
        "kind": "fixed",
        "currency": "EUR",
        "pay_from_minor": 100_000,
        "pay_to_minor": 150_000,
        "skills": ["Cartography", "Python"],
        "questions": ["Have you drawn charts before?"],
        "closes_at_ms": NOW_MS + 30 * DAY_MS,
    }
    return Posting.model_validate(fields | changes)


def given(**changes: Any) -> Given:
    fields: dict[str, Any] = {
        "cover": "I have drawn many.",
        "bid_minor": 120_000,
        "answers": ("Yes, twelve.",),
        "terms_version": 1,
    }
    return Given(**(fields | changes))


class FakeCapabilities:
    def __init__(self) -> None:
        self.apply: dict[str, Standing] = {}
        self.accept: dict[str, Standing] = {}

    async def may_apply(self, account_id: str) -> Standing:
        return self.apply.get(account_id, Standing())

    async def may_accept(self, account_id: str) -> Standing:
        return self.accept.get(account_id, Standing())


class FakeCredentials:
    def __init__(self) -> None:
        self.held: dict[str, list[HeldCredential]] = {}

    async def held_by(self, account_id: str) -> list[HeldCredential]:
        return self.held.get(account_id, [])


BASICS = ExamOffered("dlv_basics", "Guild basics", "Guild basics", "Foundation", NOW_MS + 400 * DAY_MS)


class FakeExams:
    """One exam, `BASICS`, of the harbour office."""

    def __init__(self) -> None:
        self.stands: dict[str, Progress] = {}
        self.invited: list[tuple[str, str]] = []

    async def progress(self, account_id: str, delivery_id: str) -> Progress:
        assert delivery_id == BASICS.delivery_id
        return self.stands.get(account_id, Progress(ExamProgress.TO_SIT, may_sit=True))

    async def invite(self, account_id: str, delivery_id: str, by: str) -> None:
        assert by == "system:opportunities"
        self.invited.append((account_id, delivery_id))

    async def offered(self, organisation_id: str, house_deliveries: tuple[str, ...]) -> list[ExamOffered]:
        assert not house_deliveries
        return [BASICS] if organisation_id == ORGANISATION else []


@dataclass
class Market:
    backbone: Backbone
    clock: ManualClock
    accounts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.capabilities, self.credentials, self.exams = FakeCapabilities(), FakeCredentials(), FakeExams()
        context = replace(
            self.backbone.opportunities.context,
            capabilities=self.capabilities,
            credentials=self.credentials,
            exams=self.exams,
            settings=self.backbone.opportunities.context.settings.model_copy(update={"house_deliveries": ()}),
        )
        self.service = OpportunitiesService(context)
        self.posting, self.applying = self.service.posting, self.service.applying
        self.hiring, self.store = self.service.hiring, context.store

    async def found(self) -> None:
        for name in ("carla", "ada", "bob"):
            await self.sign_up(name)
        carla = self.accounts["carla"]
        member = Member(name="Carla", role=OrganisationRole.OWNER, since_ms=NOW_MS)
        organisation = Organisation(
            id=ORGANISATION, created_at_ms=NOW_MS, slug="harbour", name="Harbour office", members={carla: member}
        )
        await self.backbone.accounts.store.organisations.add(organisation)

    async def sign_up(self, name: str) -> str:
        email = f"{name}@example.org"
        await seed_account(
            self.backbone.accounts, name.title(), email, PASSWORD, PlatformRole.AGENT, totp_secret="JBSWY3DPEHPK3PXP"
        )
        account = await self.backbone.accounts.store.account_with_email(email)
        assert account is not None
        self.accounts[name] = account.id
        return account.id

    @property
    def client(self) -> Client:
        return Client(self.accounts["carla"], frozenset({ORGANISATION}))

    async def publish(self, **changes: Any) -> Opportunity:
        made = await self.posting.draft(self.client, ORGANISATION, posting(**changes))
        return await self.posting.act(self.client, made.id, PostingEvent.PUBLISH)

    async def apply(self, opportunity: Opportunity, name: str = "ada", **changes: Any) -> Application:
        return await self.applying.apply(self.accounts[name], opportunity.id, given(**changes))

    async def offered(self, opportunity: Opportunity, name: str = "ada") -> Application:
        application = await self.apply(opportunity, name)
        return await self.hiring.offer(self.client, application.id, WORK, "")

    def side(self, application: Application, name: str = "ada") -> SideOf:
        if name == "carla":
            return SideOf(application.id, self.accounts["carla"], self.client)
        return SideOf(application.id, self.accounts[name])

    async def look(self) -> None:
        """A pass of the jobs."""
        await jobs.look(self.service)

    async def later(self, milliseconds: int) -> None:
        self.clock.advance(milliseconds)
        await self.look()

    async def read(self, opportunity: Opportunity) -> Opportunity:
        return await self.store.opportunities.read(opportunity.id)

    async def reread(self, application: Application) -> Application:
        return await self.store.applications.read(application.id)

    async def told(self, name: str = "ada") -> list[str]:
        """The kinds of what somebody was told, the newest first."""
        found = await self.backbone.notifications.of(self.accounts[name], None, 100)
        return [one.kind for one in found]

    async def contracts(self) -> int:
        return await self.backbone.gigs.store.contracts.count({})


def moderated(market: Market, moderation: Moderation) -> None:
    """The same market, whose house looks at what is posted."""
    context = market.service.context
    settings = context.settings.model_copy(update={"moderation": moderation})
    market.service = OpportunitiesService(replace(context, settings=settings))
    market.posting = market.service.posting


@asynccontextmanager
async def opened(backbone: Backbone) -> AsyncIterator[None]:
    """What opportunities stand on, and nothing more: a whole backbone trains its FAQ matcher."""
    await backbone.storage.start()
    await backbone.bus.start()
    for collection in (backbone.audit_log, backbone.outbox):
        await collection.ensure()
    for store in (
        backbone.accounts.store,
        backbone.assessments.context.store,
        backbone.notifications.store,
        backbone.chat.context.store,
        backbone.webhooks.context.store,
        backbone.gigs.store,
        backbone.onboarding.context.store,
        backbone.opportunities.context.store,
    ):
        await store.ensure()
    try:
        yield
    finally:
        await backbone.bus.close()
        await backbone.storage.close()


def market_config(folder: Path, mongo_url: str = "", database: str = "") -> Config:
    storage: dict[str, Any] = {"sqlite_path": folder / "guildhall.sqlite3"}
    if mongo_url:
        storage |= {"mongo_url": mongo_url, "mongo_database": database}
    return Config.model_validate(
        {
            "storage": storage,
            "security": {"token_secret_path": folder / "token-secret"},
            "blobs": {"folder": folder / "blobs"},
            "gigs": {"paid_outside": True},
            "accounts": {"hashing": {"memory_kib": 8, "passes": 1}},
        }
    )
