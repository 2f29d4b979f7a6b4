"""The composition root: the only place that knows everything. Start order is list order; stopping is its reverse."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web

from guildhall.accounts import routes as account_routes
from guildhall.accounts.demo import seed_demo_accounts
from guildhall.accounts.demo_routes import demo_routes as account_demo_routes
from guildhall.accounts.jobs import tidy_for_ever
from guildhall.accounts.permissions import is_allowed
from guildhall.accounts.service import REVOKED_TOPIC, AccountsService
from guildhall.accounts.store import AccountsStore
from guildhall.assessments import jobs as assessment_jobs
from guildhall.assessments import routes as assessment_routes
from guildhall.assessments.demo import seed_demo_exam
from guildhall.assessments.namespace import ExamNamespace
from guildhall.assessments.routes.exam_pass import accept_exam_tokens
from guildhall.assessments.service import AssessmentsService
from guildhall.assessments.service.context import Context as AssessmentsContext
from guildhall.assessments.service.people import AccountPeople
from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.assessments.store import AssessmentsStore
from guildhall.chat import jobs as chat_jobs
from guildhall.chat import routes as chat_routes
from guildhall.chat.namespace import ChatNamespace
from guildhall.chat.service import ChatService
from guildhall.chat.service.context import AccountPeople as ChatPeople
from guildhall.chat.service.context import Context as ChatContext
from guildhall.chat.store import ChatStore
from guildhall.config import Config
from guildhall.kit.audit import AUDIT_LOG, Audit
from guildhall.kit.blobs import open_blobs
from guildhall.kit.bus import Bus, open_bus
from guildhall.kit.clock import Clock, SystemClock
from guildhall.kit.http import (
    Check,
    Drain,
    Guards,
    IdempotencyStore,
    Route,
    Telemetry,
    add_health,
    mount_root,
    mount_v1,
    open_access_log,
    open_limiter,
)
from guildhall.kit.logs import get_logger
from guildhall.kit.mail import MAILBOX, OUTBOX, MailOutbox, open_mailer
from guildhall.kit.secrets import read_or_make_secret
from guildhall.kit.sockets import RevocationFeed, SocketServer
from guildhall.kit.storage import Collection, Storage, StorageUnavailable, open_storage
from guildhall.kit.streams import NumberedLog
from guildhall.kit.tasks import TaskOwner
from guildhall.kit.tokens import TokenSigner
from guildhall.pages.routes import add_pages
from guildhall.proctoring.jobs import follow_cases, follow_the_dead
from guildhall.proctoring.namespace import ExamRoomNamespace, ProctorWallNamespace
from guildhall.proctoring.routes import SeatsForAttempts, demo_routes, policy_routes
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.acting import Acting
from guildhall.proctoring.store import ProctoringStore
from proctor_engine.client import EngineClient, open_engine

IS_REACHED: web.AppKey[asyncio.Event] = web.AppKey("is_reached", asyncio.Event)
"""Set by whoever serves the application once its port is open; aiohttp tells the application nothing of that."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")
log = get_logger(__name__)


class Backbone:
    """What every role of Guildhall stands on, web and worker alike."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.secret = read_or_make_secret(config.security.token_secret, config.security.token_secret_path)
        self.storage: Storage = open_storage(config.storage)
        self.bus: Bus = open_bus(config.bus)
        self.audit_log = self.storage.collection(AUDIT_LOG)
        self.audit = Audit(NumberedLog(self.audit_log), self.clock)
        self.mailer = open_mailer(config.mail, self.storage, self.clock)
        self.outbox = MailOutbox(self.storage.collection(OUTBOX), self.mailer, self.clock, config.mail.outbox)
        self.accounts = AccountsService(
            AccountsStore(self.storage), self.secret, self.outbox, self.audit, self.bus, self.clock, config.accounts
        )
        self.blobs = open_blobs(config.blobs, config.storage)
        self.assessments = AssessmentsService(
            AssessmentsContext(
                store=AssessmentsStore(self.storage),
                blobs=self.blobs,
                bus=self.bus,
                audit=self.audit,
                mails=self.outbox,
                clock=self.clock,
                settings=config.assessments,
                people=AccountPeople(self.accounts.store),
                secret=self.secret,
                public_url=config.accounts.public_url,
            )
        )
        self.chat = ChatService(
            ChatContext(
                store=ChatStore(self.storage),
                bus=self.bus,
                clock=self.clock,
                tokens=TokenSigner(self.secret, self.clock),
                people=ChatPeople(self.accounts.store),
                settings=config.chat,
            )
        )
        self.idempotency = IdempotencyStore(self.storage, self.clock, config.http.idempotency_hours)
        self.proctoring = ProctoringStore(self.storage)
        self.acting = Acting(self.proctoring.cases, self.proctoring, self.bus, self.clock, config.proctoring)
        self.acting.exams = self.assessments.supervision

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Backbone"]:
        async with AsyncExitStack() as stack:
            await self.storage.start()
            stack.push_async_callback(self.storage.close)
            await self.blobs.start()
            stack.push_async_callback(self.blobs.close)
            await self.bus.start()
            stack.push_async_callback(self.bus.close)
            for collection in (self.audit_log, self.storage.collection(MAILBOX), self.outbox):
                await collection.ensure()
            await self.accounts.store.ensure()
            await self.assessments.context.store.ensure()
            await self.chat.context.store.ensure()
            await self.proctoring.ensure()
            await self.idempotency.ensure()
            await stack.enter_async_context(self.accounts.running())
            stack.push_async_callback(self.chat.close)
            yield self


async def run_jobs(backbone: Backbone, config: Config) -> None:
    """Every job of every domain, until cancelled: beside the web role in the all-in-one, alone in a worker."""
    async with asyncio.TaskGroup() as jobs:
        jobs.create_task(
            follow_the_dead(backbone.proctoring, backbone.bus, backbone.clock, config.proctoring),
            name="proctoring.follow_the_dead",
        )
        jobs.create_task(
            follow_cases(backbone.acting, backbone.proctoring, backbone.clock), name="proctoring.follow_cases"
        )
        jobs.create_task(tidy_for_ever(backbone.accounts), name="accounts.tidy")
        jobs.create_task(backbone.outbox.deliver_for_ever(), name="mail.deliver")
        jobs.create_task(assessment_jobs.run_for_ever(backbone.assessments), name="assessments")
        jobs.create_task(chat_jobs.run_for_ever(backbone.chat), name="chat")
        jobs.create_task(backbone.idempotency.forget_for_ever(), name="http.forget_idempotency")


def build_app(config: Config, *, with_jobs: bool) -> web.Application:
    """The web role as an aiohttp application; with `with_jobs` it is the whole product in one process tree."""
    backbone = Backbone(config)
    engine = open_engine(config.engine)
    telemetry = Telemetry()
    service = ProctoringService(
        backbone.proctoring,
        backbone.bus,
        engine,
        backbone.clock,
        config.proctoring,
        telemetry.registry,
        secret=backbone.secret,
    )
    tokens = TokenSigner(backbone.secret, backbone.clock)
    limiter = open_limiter(config.bus.redis_url, backbone.clock, config.http.limiter_timeout_seconds)
    drain = Drain()

    app = web.Application()
    mount_root(
        app,
        config.http,
        access_log=open_access_log(config.logs, sys.stderr),
        telemetry=telemetry,
        problems=(*account_routes.PROBLEMS, *assessment_routes.PROBLEMS, *chat_routes.PROBLEMS),
    )
    sockets = SocketServer(
        config.sockets.model_copy(update={"trusted_proxies": config.http.trusted_proxies}), backbone.clock
    )
    for namespace in (
        ExamRoomNamespace(service, tokens),
        ProctorWallNamespace(service, tokens),
        ExamNamespace(backbone.assessments),
        ChatNamespace(backbone.chat),
    ):
        sockets.add(namespace)
    service.admissions.assessments, service.admissions.audit = backbone.assessments, backbone.audit
    join_domains(backbone, service, tokens)
    sockets.attach(app)
    checks: dict[str, Check] = {
        "storage": lambda: ask_storage(backbone.audit_log),
        "bus": lambda: ask_bus(backbone.bus),
        "engine": lambda: ask_engine(engine),
    }
    add_health(app.router, checks, drain)
    add_pages(app, config.pages)
    guards = Guards(
        authenticate=chat_routes.accept_chat_tokens(
            accept_exam_tokens(
                account_routes.make_authenticate(backbone.accounts),
                backbone.assessments.sitting.read_token,
                backbone.accounts.live.ended_among,
            ),
            backbone.chat.visitors.read,
            backbone.accounts.live.ended_among,
        ),
        is_allowed=is_allowed,
        limiter=limiter,
        idempotency=backbone.idempotency,
        clock=backbone.clock,
        is_draining=lambda: drain.has_begun,
    )
    mount_v1(app, all_routes(backbone, service, tokens, config), guards, config.http)

    async def run(_: web.Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(limiter.close)
            await stack.enter_async_context(backbone.running())
            if config.proctoring.demo:
                await open_demo(backbone, config)
            if config.assessments.demo:
                await seed_demo_exam(backbone.assessments)
            await engine.start()
            stack.push_async_callback(engine.close)
            await stack.enter_async_context(service.running())
            stack.push_async_callback(sockets.close)
            tasks = TaskOwner("web")
            stack.push_async_callback(tasks.close)
            revocations = RevocationFeed(sockets, backbone.bus, REVOKED_TOPIC, backbone.accounts.live.ended_among)
            await revocations.start()
            stack.push_async_callback(revocations.close)
            if with_jobs:
                tasks.start("jobs", run_jobs(backbone, config))
            stack.push_async_callback(backbone.assessments.seating.close)
            tasks.start("exam-beats", backbone.assessments.time_keeping.beat_for_ever(app[IS_REACHED]))
            yield

    app[IS_REACHED] = asyncio.Event()

    async def begin_drain(_: web.Application) -> None:
        backbone.assessments.time_keeping.stop()  # whoever is sitting cannot be served from here on
        drain.begin()  # before the sockets are told to go elsewhere: what comes over open connections is sent away too

    app.on_shutdown.insert(0, begin_drain)
    app.cleanup_ctx.append(run)
    return app


def join_domains(backbone: Backbone, service: ProctoringService, tokens: TokenSigner) -> None:
    """What proctoring does for assessments, and assessments for proctors: neither imports the other for it."""
    seats = SeatsForAttempts(service, tokens)
    backbone.assessments.proctored_seat = seats.token
    backbone.assessments.sitting.expect_asked = seats.expect_asked
    service.acting.exams = backbone.assessments.supervision


def all_routes(
    backbone: Backbone, service: ProctoringService, tokens: TokenSigner, config: Config
) -> tuple[Route, ...]:
    """Every route below `/v1`; also what the documents and the route tests walk through."""
    routes = (
        *account_routes.routes(backbone.accounts),
        *assessment_routes.routes(backbone.assessments),
        *chat_routes.routes(backbone.chat),
        *policy_routes(service, backbone.assessments),
    )
    if config.proctoring.demo:
        exams = backbone.assessments if config.assessments.demo else None
        routes += account_demo_routes(backbone.accounts, backbone.mailer)
        routes += demo_routes(service, tokens, exams, DEMO_DELIVERY_ID)
    return routes


async def open_demo(backbone: Backbone, config: Config) -> None:
    await seed_demo_accounts(backbone.accounts)
    if config.storage.mongo_url or config.http.host not in LOOPBACK:
        log.warning("demo_is_open", advice="anybody who reaches this server may watch; see proctoring.demo")


async def ask_storage(collection: Collection) -> str | None:
    try:
        await collection.get("readiness")  # of no document: the cheapest question that a database must answer
    except StorageUnavailable:
        return "the database does not answer"
    return None


async def ask_bus(bus: Bus) -> str | None:
    return None if bus.is_connected else "the connection to Redis is lost"


async def ask_engine(engine: EngineClient) -> str | None:
    return None if engine.health().ready else "no engine child is ready yet"
