"""An accounts service over a real database, a real outbox and a real audit log, with a held clock and cheap hashes."""

import json
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient

from guildhall.accounts.model import Account, PlatformRole
from guildhall.accounts.permissions import is_allowed
from guildhall.accounts.routes import PROBLEMS, make_authenticate, routes
from guildhall.accounts.service import REVOKED_TOPIC, AccountsService, CodeRequired, SignedIn, Visitor
from guildhall.accounts.settings import AccountsSettings, HashSettings
from guildhall.accounts.store import AccountsStore
from guildhall.kit.audit import AUDIT_LOG, Audit
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
from guildhall.kit.mail import MAILBOX, OUTBOX, DevelopmentMailbox, Mail, MailOutbox
from guildhall.kit.storage import Storage, StorageSettings, open_storage
from guildhall.kit.storage.mongo import connect, settle
from guildhall.kit.streams import NumberedLog
from guildhall.kit.tokens import TokenSigner
from tests.servers.mongo import MongoServers, run_mongo_servers

SECRET = "a secret of the tests that is long enough"
PASSWORD = "seven lanterns over the quay"
CHEAP = HashSettings(memory_kib=8, passes=1)
HOME = Visitor("203.0.113.5", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")


Http = TestClient[web.Request, web.Application]
MANY = "100000/minute"
RATES = {
    name: {"anonymous": MANY, "principal": MANY} for name in ("read", "write", "auth", "sign_in", "signup", "mail")
}


@dataclass
class House:
    """One process's accounts. `another()` is a second process on the same database and bus."""

    storage: Storage
    bus: InProcessBus
    clock: ManualClock
    settings: AccountsSettings = field(default_factory=lambda: AccountsSettings(hashing=CHEAP))
    revoked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        log_lines = self.storage.collection(AUDIT_LOG)
        self.mailbox = DevelopmentMailbox(self.storage.collection(MAILBOX), self.clock)
        self.outbox = MailOutbox(self.storage.collection(OUTBOX), self.mailbox, self.clock)
        self.audit = Audit(NumberedLog(log_lines), self.clock)
        self.store = AccountsStore(self.storage)
        tokens = TokenSigner(SECRET, self.clock)
        self.service = AccountsService(
            self.store, SECRET, tokens, self.outbox, self.audit, self.bus, self.clock, self.settings
        )

    async def start(self) -> None:
        for schema in (AUDIT_LOG, MAILBOX, OUTBOX):
            await self.storage.collection(schema).ensure()
        await self.store.ensure()
        await self.bus.subscribe(REVOKED_TOPIC, lambda body: self.revoked.extend(json.loads(body)["session_ids"]))
        await self.service.live.start()

    def another(self) -> "House":
        return House(self.storage, self.bus, self.clock, self.settings)

    async def close(self) -> None:
        await self.service.wishes.close()
        await self.service.live.close()
        self.service.hasher.close()

    async def app(self, settings: PipelineSettings | None = None) -> web.Application:
        """The routes of accounts behind the real pipeline, by default with limits that no test meets."""
        idempotency = IdempotencyStore(self.storage, self.clock)
        await idempotency.ensure()
        guards = Guards(
            authenticate=make_authenticate(self.service),
            is_allowed=is_allowed,
            limiter=MemoryLimiter(self.clock),
            idempotency=idempotency,
            clock=self.clock,
        )
        settings = settings or PipelineSettings.model_validate({"rates": RATES, "address_rate": MANY})
        app = web.Application()
        mount_root(app, settings, problems=PROBLEMS)
        mount_v1(app, routes(self.service), guards, settings)
        return app

    # --- mails

    async def mails(self, email: str) -> list[Mail]:
        """Everything sent to an address, newest first."""
        assert await self.service.wishes.drain()
        await self.outbox.deliver_due()
        return [kept.mail for kept in await self.mailbox.newest(email, 50)]

    async def link(self, email: str, kind: str) -> str:
        """The token in the newest mail of a kind."""
        mail = next(mail for mail in await self.mails(email) if mail.kind == kind)
        found = re.search(r"#token=(\S+)", mail.text)
        assert found is not None
        return found[1]

    # --- people

    async def sign_up(self, email: str = "ada@example.org", name: str = "Ada", password: str = PASSWORD) -> Account:
        """Signed up, and the address confirmed."""
        await self.service.wishes.sign_up(email, password, name)
        return (await self.service.credentials.verify_email(await self.link(email, "verify_email"))).account

    async def sign_in(
        self, email: str = "ada@example.org", password: str = PASSWORD, visitor: Visitor = HOME
    ) -> SignedIn:
        signed_in = await self.service.signing_in.sign_in(email, password, visitor)
        assert isinstance(signed_in, SignedIn)
        return signed_in

    async def protect(self, signed_in: SignedIn) -> tuple[pyotp.TOTP, tuple[str, ...]]:
        """Set up a second factor: its generator, and the recovery codes. The clock moves on by a step."""
        account_id, session_id = signed_in.account.id, signed_in.session.id
        enrolment = await self.service.second_factors.enrol(account_id)
        generator = pyotp.TOTP(enrolment.secret)
        codes = await self.service.second_factors.confirm(account_id, session_id, self.code(generator))
        self.clock.advance(30_000)
        return generator, codes

    def code(self, generator: pyotp.TOTP) -> str:
        return generator.at(self.clock.now_ms() // 1000)

    async def ask_for_code(self, email: str = "ada@example.org", visitor: Visitor = HOME) -> CodeRequired:
        asked = await self.service.signing_in.sign_in(email, PASSWORD, visitor)
        assert isinstance(asked, CodeRequired)
        return asked

    async def staff(self, email: str, role: PlatformRole) -> SignedIn:
        """Somebody with a staff role, signed in with a second factor."""
        account = await self.sign_up(email, role.value)
        generator, _ = await self.protect(await self.sign_in(email))
        await self.service.administration.set_roles("usr_root", account.id, frozenset({role}))
        asked = await self.ask_for_code(email)
        signed_in = await self.service.signing_in.prove(asked.flow_token, self.code(generator), HOME)
        self.clock.advance(30_000)
        return signed_in

    async def account(self, account_id: str) -> Account:
        found = await self.store.accounts.get(account_id)
        assert found is not None
        return found

    async def principal(self, signed_in: SignedIn, *, is_read: bool = False) -> Principal:
        return await self.service.live.authenticate(signed_in.access_token, is_read=is_read)

    async def actions(self) -> list[str]:
        return [entry.action for entry in await self.audit.read(0, 500)]


async def open_house(settings: StorageSettings) -> AsyncIterator[House]:
    storage = open_storage(settings)
    await storage.start()
    bus = InProcessBus()
    await bus.start()
    house = House(storage, bus, ManualClock())
    await house.start()
    yield house
    await house.close()
    await bus.close()
    await storage.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async for opened in open_house(StorageSettings(sqlite_path=tmp_path / "house.sqlite3")):
        yield opened


@pytest.fixture
async def http(house: House, aiohttp_client: AiohttpClient) -> Http:
    return await aiohttp_client(await house.app())


@pytest.fixture(scope="session")
def mongo_servers() -> Iterator[MongoServers]:
    yield from run_mongo_servers()


@pytest.fixture(params=["sqlite", pytest.param("wire", marks=pytest.mark.servers)])
async def any_house(
    request: pytest.FixtureRequest, mongo_servers: MongoServers, tmp_path: Path
) -> AsyncIterator[House]:
    """The same house on SQLite, and on MongoDB's protocol by motor."""
    if request.param == "sqlite":
        async for opened in open_house(StorageSettings(sqlite_path=tmp_path / "house.sqlite3")):
            yield opened
        return
    url, database = mongo_servers.url("wire"), f"accounts_test_{uuid.uuid4().hex[:12]}"
    async for opened in open_house(StorageSettings(mongo_url=url, mongo_database=database)):
        yield opened
    client = connect(url, "motor")
    await client.drop_database(database)
    await settle(client.close())
