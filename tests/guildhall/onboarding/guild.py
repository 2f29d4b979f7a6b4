"""A guild that takes agents in: over a real database, with a held clock and an exam that a test passes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from guildhall.accounts.demo import seed_account
from guildhall.accounts.model import PlatformRole
from guildhall.assessments.model.progress import ExamProgress
from guildhall.backbone import Backbone
from guildhall.config import Config
from guildhall.kit.clock import ManualClock
from guildhall.onboarding import jobs
from guildhall.onboarding.lifecycle import OnboardingState
from guildhall.onboarding.model.flows import CredentialAsked
from guildhall.onboarding.model.onboardings import Onboarding, ReasonCode
from guildhall.onboarding.service import OnboardingService
from guildhall.onboarding.service.context import Held
from guildhall.onboarding.service.walking import Seen

MONDAY_MS = 1_800_000_000_000 + 3 * 86_400_000  # Monday, 18 January 2027, 08:00 UTC
DAY_MS = 86_400_000
PASSWORD = "seven lanterns over the quay"
CREDENTIAL = CredentialAsked(title="Guild basics", level="Foundation", delivery_id="dlv_1")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def passport(days: int) -> bytes:
    """Another file for another number."""
    return PDF.replace(b"1 0 obj", b"%d 0 obj" % days)


CONTENTS: Mapping[str, dict[str, Any]] = {
    "profile": {
        "name": "Ada Lovelace",
        "headline": "Analyst of engines",
        "country": "GB",
        "time_zone": "Europe/London",
        "languages": ["English"],
    },
    "consents": {"given": {"terms": True, "privacy": True, "recording": False}},
    "skills": {"skills": [{"name": "Analysis", "level": "expert", "years": 12}]},
    "identity": {},
    "device": {
        "camera": True,
        "width_px": 640,
        "height_px": 480,
        "microphone": True,
        "frames_per_second": 30.0,
        "upload_kbit_s": 4_000.0,
    },
    "agreement": {"given": {"code": True}, "signature": "ada lovelace"},
    "payout": {"holder": "Ada Lovelace", "account_number": "DE89 3704 0044 0532 0130 00"},
}


class FakeExams:
    """The exam of the house, as far as a test has come with it."""

    def __init__(self) -> None:
        self.passes: dict[str, Held] = {}
        self.stands: dict[str, ExamProgress] = {}
        self.invited: list[str] = []

    async def held(self, account_id: str, asked: CredentialAsked) -> Held | None:
        assert asked == CREDENTIAL
        return self.passes.get(account_id)

    async def progress(self, account_id: str, asked: CredentialAsked) -> ExamProgress:
        assert asked == CREDENTIAL
        known = ExamProgress.TO_SIT if account_id in self.invited else ExamProgress.NOT_INVITED
        return self.stands.get(account_id, known)

    async def invite(self, account_id: str, delivery_id: str) -> None:
        assert delivery_id == CREDENTIAL.delivery_id
        if account_id not in self.invited:
            self.invited.append(account_id)

    async def give(self, account_id: str, held: Held) -> None:
        self.passes[account_id] = held


@dataclass
class Guild:
    backbone: Backbone
    clock: ManualClock
    exams: FakeExams
    accounts: dict[str, str]

    def __post_init__(self) -> None:
        context = self.backbone.onboarding.context
        self.service = OnboardingService(replace(context, exams=self.exams, _flows={}))
        self.walking, self.desk, self.store = self.service.walking, self.service.desk, context.store

    async def found(self) -> None:
        await self.service.seed_flow(CREDENTIAL)
        for name in ("ada", "bob", "kate", "dora", "mary"):
            await self.sign_up(name, PlatformRole.AGENT if name in ("ada", "bob") else PlatformRole.ADMIN)

    async def sign_up(self, name: str, role: PlatformRole) -> None:
        email = f"{name}@example.org"
        await seed_account(self.backbone.accounts, name.title(), email, PASSWORD, role, totp_secret="JBSWY3DPEHPK3PXP")
        account = await self.backbone.accounts.store.account_with_email(email)
        assert account is not None
        self.accounts[name] = account.id

    async def look(self) -> None:
        """A pass of the jobs."""
        await jobs.look(self.service)

    async def later(self, milliseconds: int) -> None:
        self.clock.advance(milliseconds)
        await self.look()

    async def read(self, name: str = "ada") -> Onboarding:
        found = await self.store.of_account(self.accounts[name], "agent")
        assert found is not None
        return found

    async def put_passport(self, name: str = "ada", days: int = 400) -> Seen:
        until_ms = self.clock.now_ms() + days * DAY_MS
        return await self.walking.put_document(
            self.accounts[name], "identity", "identity_document", "passport.pdf", passport(days), until_ms
        )

    async def hand_in_steps(self, name: str = "ada", *, but: tuple[str, ...] = ("payout",)) -> Seen:
        """Everything that is asked now, and the exam passed."""
        account_id = self.accounts[name]
        seen = await self.walking.start(account_id)
        for step, content in CONTENTS.items():
            if step in but:
                continue
            if step == "identity":
                await self.put_passport(name)
            seen = await self.walking.submit_step(account_id, step, content)
        if "assessment" not in but:
            await self.exams.give(account_id, Held(f"crd_{name}", self.clock.now_ms() + 700 * DAY_MS))
            seen = await self.walking.read(account_id)
        return seen

    async def submit(self, name: str = "ada") -> Onboarding:
        await self.hand_in_steps(name)
        return (await self.walking.submit(self.accounts[name])).onboarding

    async def complete(self, name: str = "ada", reviewer: str = "kate") -> Onboarding:
        await self.submit(name)
        return await self.complete_submitted(name, reviewer)

    async def complete_submitted(self, name: str = "ada", reviewer: str = "kate") -> Onboarding:
        onboarding, by = await self.read(name), self.accounts[reviewer]
        await self.desk.claim(by, onboarding.id)
        await self.desk.accept_step(by, onboarding.id, "identity")
        return (await self.desk.approve(by, onboarding.id)).onboarding

    async def reject(self, name: str = "ada") -> Onboarding:
        onboarding = await self.submit(name)
        await self.desk.claim(self.accounts["kate"], onboarding.id)
        await self.desk.propose_rejection(
            self.accounts["kate"], onboarding.id, ReasonCode.FORGED, "The stamp is drawn."
        )
        rejected = (await self.desk.confirm_rejection(self.accounts["dora"], onboarding.id)).onboarding
        assert rejected.state is OnboardingState.REJECTED
        return rejected

    async def told(self, name: str = "ada") -> list[str]:
        """The kinds of what somebody was told, the newest first."""
        found = await self.backbone.notifications.of(self.accounts[name], None, 100)
        return [one.kind for one in found]

    async def mails(self) -> dict[str, int]:
        return await self.backbone.outbox.counts()


@asynccontextmanager
async def opened(backbone: Backbone) -> AsyncIterator[None]:
    """What onboarding stands on, and nothing more: a whole backbone trains its FAQ matcher."""
    await backbone.storage.start()
    await backbone.blobs.start()
    await backbone.bus.start()
    for collection in (backbone.audit_log, backbone.outbox):
        await collection.ensure()
    for store in (
        backbone.accounts.store,
        backbone.assessments.context.store,
        backbone.notifications.store,
        backbone.webhooks.context.store,
        backbone.onboarding.context.store,
    ):
        await store.ensure()
    try:
        yield
    finally:
        await backbone.bus.close()
        await backbone.blobs.close()
        await backbone.storage.close()


def guild_config(folder: Path) -> Config:
    return Config.model_validate(
        {
            "storage": {"sqlite_path": folder / "guildhall.sqlite3"},
            "security": {"token_secret_path": folder / "token-secret"},
            "blobs": {"folder": folder / "blobs"},
            "accounts": {"hashing": {"memory_kib": 8, "passes": 1}},
        }
    )
