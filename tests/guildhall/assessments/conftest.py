"""Assessments over real SQLite and a real in-process bus, with a held clock: an exam of every kind, and its people."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.permissions import is_allowed
from guildhall.assessments.lifecycle import AttemptEvent
from guildhall.assessments.messages.sitting import AnswerGiven, AnswerRefused, AnswersGiven, Receipted
from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.model.exams import Accommodation, Delivery, ExamPlan, ExamVersion, Invitation, Pool
from guildhall.assessments.routes import PROBLEMS, routes
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.people import Person
from guildhall.assessments.settings import AssessmentsSettings
from guildhall.assessments.store import AssessmentsStore
from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.blobs import BlobSettings, open_blobs
from guildhall.kit.bus import InProcessBus
from guildhall.kit.clock import ManualClock
from guildhall.kit.http import (
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.ids import new_id
from guildhall.kit.mail import OUTBOX, MailOutbox, open_mailer
from guildhall.kit.mail.settings import MailSettings
from guildhall.kit.storage import Storage, StorageSettings, open_storage
from guildhall.kit.streams import NumberedLog
from guildhall.kit.tokens import TokenSigner
from tests.guildhall.assessments.written import CONTENTS, item_version, section

Http = TestClient[web.Request, web.Application]
KINDS = tuple(CONTENTS)
SECRET = "a secret of the test, long enough to sign with"
DURATION_SECONDS = 600


class Everybody:
    """Accounts as assessments know them: `usr_ada` has read the mail at ada@example.org; two are proctors."""

    async def find(self, account_id: str) -> Person | None:
        name = account_id.removeprefix("usr_")
        if not account_id.startswith("usr_"):
            return None
        roles = frozenset({"proctor" if name in ("grace", "hedy") else "admin" if name == "admin" else "agent"})
        return Person(account_id, name.capitalize(), f"{name}@example.org", roles)

    async def with_email(self, email_key: str) -> Person | None:
        return await self.find(f"usr_{email_key.partition('@')[0]}")


@dataclass
class ExamHall:
    """One process's assessments. `another()` is a second process on the same database and bus."""

    storage: Storage
    bus: InProcessBus
    clock: ManualClock
    folder: Path
    settings: AssessmentsSettings = field(default_factory=AssessmentsSettings)

    def __post_init__(self) -> None:
        self.store = AssessmentsStore(self.storage)
        self.audit_log = self.storage.collection(AUDIT_LOG)
        mails = MailSettings()
        context = Context(
            store=self.store,
            blobs=open_blobs(BlobSettings(folder=self.folder / "blobs"), StorageSettings()),
            bus=self.bus,
            audit=Audit(NumberedLog(self.audit_log), self.clock),
            mails=MailOutbox(
                self.storage.collection(OUTBOX), open_mailer(mails, self.storage, self.clock), self.clock, mails.outbox
            ),
            clock=self.clock,
            settings=self.settings,
            people=Everybody(),
            secret=SECRET,
            tokens=TokenSigner(SECRET, self.clock),
        )
        self.service = AssessmentsService(context)

    def another(self) -> "ExamHall":
        return ExamHall(self.storage, self.bus, self.clock, self.folder, self.settings)

    async def write_exam(self, **plan: Any) -> None:
        """An exam of one question of each kind, `q1` to `q9` in the order of `KINDS`, delivered as dlv_1."""
        items = [item_version(number, kind) for number, kind in enumerate(KINDS)]
        for item in items:
            await self.store.item_versions.add(item)
        now_ms = self.clock.now_ms()
        version = ExamVersion(
            id="exm_1@1",
            created_at_ms=now_ms,
            exam_id="exm_1",
            organisation_id="",
            plan=ExamPlan(
                title="Algebra",
                duration_seconds=DURATION_SECONDS,
                sections=(section("s1", shuffles_items=False),),
                **plan,
            ),
            pools=tuple(Pool(section_id="s1", count=1, version_ids=(item.id,)) for item in items),
            published_by="usr_author",
        )
        await self.store.exam_versions.add(version)
        await self.deliver("dlv_1")

    async def deliver(self, delivery_id: str, **changes: Any) -> Delivery:
        now_ms = self.clock.now_ms()
        delivery = Delivery.model_validate(
            {
                "_id": delivery_id,
                "created_at_ms": now_ms,
                "exam_version_id": "exm_1@1",
                "organisation_id": "",
                "title": "Algebra, autumn",
                "opens_at_ms": now_ms - 1000,
                "closes_at_ms": now_ms + 3_600_000,
                **changes,
            }
        )
        await self.store.deliveries.add(delivery)
        return delivery

    async def invite(self, name: str = "ada", delivery_id: str = "dlv_1", **accommodation: Any) -> Invitation:
        invitation = Invitation(
            id=new_id("inv", self.clock),
            created_at_ms=self.clock.now_ms(),
            delivery_id=delivery_id,
            organisation_id="",
            email=f"{name}@example.org",
            email_key=f"{name}@example.org",
            name=name,
            accommodation=Accommodation(**accommodation),
        )
        await self.store.invitations.add(invitation)
        return invitation

    async def begin(self, name: str = "ada", **accommodation: Any) -> Attempt:
        """An attempt whose clock runs from now on; the server has just said that it serves."""
        invitation = await self.invite(name, **accommodation)
        attempt = await self.service.sitting.enter(invitation.id, f"usr_{name}")
        await self.service.time_keeping.beat()
        return await self.act(attempt, AttemptEvent.BEGIN)

    async def serve(self, milliseconds: int) -> None:
        """Time passes in which some web process served all along."""
        self.clock.advance(milliseconds)
        await self.store.beat("a web process", self.clock.now_ms())

    async def act(self, attempt: Attempt, event: AttemptEvent) -> Attempt:
        return await self.service.sitting.act(attempt.id, event, attempt.account_id)

    async def read(self, attempt: Attempt) -> Attempt:
        return await self.store.attempts.read(attempt.id)

    async def answer(self, attempt: Attempt, *answers: AnswerGiven) -> list[Receipted | AnswerRefused]:
        taken = await self.service.sitting.answer(attempt.id, AnswersGiven(answers=list(answers)))
        return list(taken.outcomes)

    async def receipt(self, attempt: Attempt, given: AnswerGiven) -> Receipted:
        (outcome,) = await self.answer(attempt, given)
        assert isinstance(outcome, Receipted)
        return outcome


def given(
    key: str, text: str = "12", slot_id: str = "q3", based_on: int = 0, follows: str | None = None
) -> AnswerGiven:
    """An answer to the numeric question, or to another that takes text."""
    return AnswerGiven.model_validate(
        {
            "key": key,
            "slot_id": slot_id,
            "response": {"kind": "written", "text": text},
            "based_on": based_on,
            "follows": follows,
            "client_at_ms": 1,
        }
    )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ExamHall]:
    storage = open_storage(StorageSettings(sqlite_path=tmp_path / "hall.sqlite3"))
    await storage.start()
    bus = InProcessBus()
    await bus.start()
    made = ExamHall(storage, bus, ManualClock(), tmp_path)
    await made.store.ensure()
    await made.audit_log.ensure()
    await made.storage.collection(OUTBOX).ensure()
    await made.service.context.blobs.start()
    await made.write_exam()
    yield made
    await made.service.seating.close()
    await bus.close()
    await storage.close()


@pytest.fixture
async def exam_http(house: ExamHall, aiohttp_client: AiohttpClient) -> Http:
    """The routes behind the real pipeline; whoever calls is who their X-Account and X-Role headers say."""

    async def authenticate(request: web.Request) -> Principal:
        role = request.headers.get("X-Role", "agent")
        account = request.headers.get("X-Account", "usr_ada")
        return Principal(kind="user", id=account, session_id="ses_1", roles=frozenset({role}), aal=2)

    app, settings = web.Application(), PipelineSettings()
    mount_root(app, settings, problems=PROBLEMS)
    guards = Guards(
        authenticate=authenticate,
        is_allowed=is_allowed,
        limiter=MemoryLimiter(house.clock),
        idempotency=IdempotencyStore(house.storage, house.clock),
        clock=house.clock,
    )
    mount_v1(app, routes(house.service), guards, settings)
    return await aiohttp_client(app)
