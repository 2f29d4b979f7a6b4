"""Assessments behind the real pipeline, with people who need no password: the tests of its routes call it."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from guildhall.accounts.permissions import is_allowed
from guildhall.assessments.routes import PROBLEMS, routes
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.context import Context
from guildhall.assessments.service.people import Person
from guildhall.assessments.settings import AssessmentsSettings
from guildhall.assessments.store import AssessmentsStore
from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.blobs.folder import FolderBlobs
from guildhall.kit.bus import InProcessBus
from guildhall.kit.clock import ManualClock
from guildhall.kit.http import (
    ANONYMOUS,
    Guards,
    IdempotencyStore,
    MemoryLimiter,
    PipelineSettings,
    Principal,
    mount_root,
    mount_v1,
)
from guildhall.kit.http.settings import DEFAULT_RATES
from guildhall.kit.mail import MAILBOX, OUTBOX, DevelopmentMailbox, MailOutbox
from guildhall.kit.storage import Storage
from guildhall.kit.streams import NumberedLog
from guildhall.kit.tokens import TokenSigner

SECRET = "a secret of the tests that is long enough"
MANY = "100000/minute"
PEOPLE: Mapping[str, Principal] = {
    "katherine": Principal(kind="user", id="usr_katherine", roles=frozenset({"admin"}), aal=2),
    "ada": Principal(kind="user", id="usr_ada", roles=frozenset({"agent"})),
    "grace": Principal(kind="user", id="usr_grace", roles=frozenset({"proctor"})),
    "owner": Principal(kind="user", id="usr_owner", organisations={"org_1": "owner"}),
    "member": Principal(kind="user", id="usr_member", organisations={"org_1": "member"}),
    "rival": Principal(kind="user", id="usr_rival", organisations={"org_2": "owner"}),
}
"""By their token. Katherine writes for the platform, Ada sits exams, the others belong to organisations."""


class BoardPeople:
    """Everybody's address is their name's, and verified."""

    async def find(self, account_id: str) -> Person | None:
        name = account_id.removeprefix("usr_")
        return Person(account_id, name.title(), f"{name}@example.org", PEOPLE[name].roles) if name in PEOPLE else None

    async def with_email(self, email_key: str) -> Person | None:
        return await self.find(f"usr_{email_key.partition('@')[0]}")


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    body: Any
    etag: str
    raw: bytes
    headers: Mapping[str, str]


class ExamBoard:
    """One server of it over a database of the test's own."""

    def __init__(self, storage: Storage, folder: Path, clock: ManualClock | None = None) -> None:
        self.storage = storage
        self.clock = clock or ManualClock()
        self.mailbox = DevelopmentMailbox(storage.collection(MAILBOX), self.clock)
        self.outbox = MailOutbox(storage.collection(OUTBOX), self.mailbox, self.clock)
        self.audit = Audit(NumberedLog(storage.collection(AUDIT_LOG)), self.clock)
        self.store = AssessmentsStore(storage)
        self.blobs = FolderBlobs(folder)
        self.service = AssessmentsService(
            Context(
                store=self.store,
                blobs=self.blobs,
                bus=InProcessBus(),
                audit=self.audit,
                mails=self.outbox,
                clock=self.clock,
                settings=AssessmentsSettings(),
                secret=SECRET,
                tokens=TokenSigner(SECRET, self.clock),
                people=BoardPeople(),
            )
        )
        self.http: TestClient[web.Request, web.Application] | None = None

    async def start(self) -> None:
        for schema in (AUDIT_LOG, MAILBOX, OUTBOX):
            await self.storage.collection(schema).ensure()
        await self.store.ensure()
        await self.blobs.start()

    async def app(self) -> web.Application:
        idempotency = IdempotencyStore(self.storage, self.clock)
        await idempotency.ensure()
        guards = Guards(
            authenticate=_authenticate,
            is_allowed=is_allowed,
            limiter=MemoryLimiter(self.clock),
            idempotency=idempotency,
            clock=self.clock,
        )
        rates = {name: {"anonymous": MANY, "principal": MANY} for name in DEFAULT_RATES}
        settings = PipelineSettings.model_validate({"rates": rates, "address_rate": MANY})
        app = web.Application()
        mount_root(app, settings, problems=PROBLEMS)
        mount_v1(app, routes(self.service), guards, settings)
        return app

    async def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        """`await board.call("katherine", "POST", "/banks", {...}, if_match="1")`."""
        assert self.http is not None
        sent = {"Authorization": f"Bearer {who}"} if who else {}
        for name, value in headers.items():
            sent[name.replace("_", "-").title()] = f'"{value}"' if name == "if_match" and value != "*" else value
        given: dict[str, Any] = (
            {"data": io.BytesIO(body)} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        )
        async with self.http.request(method, f"/v1{path}", headers=sent, **given) as answer:
            raw = await answer.read()
            is_json = "json" in answer.headers.get("Content-Type", "")
            told = await answer.json(content_type=None) if is_json and raw else None
            return Answered(answer.status, told, answer.headers.get("ETag", "").strip('"'), raw, answer.headers)

    async def actions(self) -> list[str]:
        return [entry.action for entry in await self.audit.read(0, 500)]


async def _authenticate(request: web.Request) -> Principal:
    return PEOPLE.get(request.headers.get("Authorization", "").removeprefix("Bearer "), ANONYMOUS)
