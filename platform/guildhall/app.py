"""The composition root: the only place that knows everything. Start order is list order; stopping is its reverse."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from aiohttp import web

from guildhall.accounts import routes as account_routes
from guildhall.accounts.demo_routes import demo_routes as account_demo_routes
from guildhall.accounts.permissions import is_allowed
from guildhall.accounts.service import REVOKED_TOPIC
from guildhall.assessments import routes as assessment_routes
from guildhall.assessments.namespace import ExamNamespace
from guildhall.assessments.routes.exam_pass import accept_exam_tokens
from guildhall.assessments.service.sitting import DEMO_DELIVERY_ID
from guildhall.backbone import Backbone
from guildhall.chat import routes as chat_routes
from guildhall.chat.answering import routes as answering_routes
from guildhall.chat.faq import routes as faq_routes
from guildhall.chat.namespace import ChatNamespace
from guildhall.config import Config
from guildhall.gigs import routes as gigs_routes
from guildhall.jobs import run_jobs
from guildhall.kit.bus import Bus
from guildhall.kit.http import (
    Check,
    Drain,
    Guards,
    Route,
    Telemetry,
    add_health,
    mount_root,
    mount_v1,
    open_access_log,
    open_limiter,
)
from guildhall.kit.sockets import RevocationFeed, SocketServer
from guildhall.kit.storage import Collection, StorageUnavailable
from guildhall.kit.tasks import TaskOwner
from guildhall.kit.tokens import TokenSigner
from guildhall.notifications import routes as notification_routes
from guildhall.notifications.namespace import MovesFeed, MovesNamespace
from guildhall.notifications.webhooks import routes as webhook_routes
from guildhall.onboarding import routes as onboarding_routes
from guildhall.opening import open_house
from guildhall.opportunities import routes as opportunity_routes
from guildhall.pages.routes import add_pages
from guildhall.payments import routes as payment_routes
from guildhall.proctoring.namespace import ExamRoomNamespace, PracticeRoomNamespace, ProctorWallNamespace
from guildhall.proctoring.routes import SeatsForAttempts, demo_routes, wall_routes
from guildhall.proctoring.routes.evidence import evidence_routes
from guildhall.proctoring.routes.fairness import fairness_routes
from guildhall.proctoring.routes.policies import policy_routes
from guildhall.proctoring.routes.practice import practice_routes
from guildhall.proctoring.routes.reporting import report_routes
from guildhall.proctoring.routes.reviewing import review_routes
from guildhall.proctoring.routes.rights import rights_routes
from guildhall.proctoring.routes.trying import trial_routes
from guildhall.proctoring.service import ProctoringService
from guildhall.proctoring.service.fairness import Fairness
from guildhall.proctoring.service.practising import PracticeRoom
from guildhall.proctoring.service.reporting import Reporting
from guildhall.proctoring.service.reviewing import Reviewing, Traces
from guildhall.proctoring.service.rights import Rights
from guildhall.proctoring.service.trying import DeliveryTrials, RuleTrials
from proctor_engine.client import EngineClient, open_engine

IS_REACHED: web.AppKey[asyncio.Event] = web.AppKey("is_reached", asyncio.Event)
"""Set by whoever serves the application once its port is open; aiohttp tells the application nothing of that."""


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
        blobs=backbone.blobs,
        audit=backbone.audit,
    )
    tokens = backbone.tokens
    limiter = open_limiter(config.bus.redis_url, backbone.clock, config.http.limiter_timeout_seconds)
    drain = Drain()

    app = web.Application()
    mount_root(
        app,
        config.http,
        access_log=open_access_log(config.logs, sys.stderr),
        telemetry=telemetry,
        problems=(
            *account_routes.PROBLEMS,
            *assessment_routes.PROBLEMS,
            *chat_routes.PROBLEMS,
            *answering_routes.PROBLEMS,
            *onboarding_routes.PROBLEMS,
            *opportunity_routes.PROBLEMS,
            *gigs_routes.PROBLEMS,
            *payment_routes.PROBLEMS,
        ),
    )
    sockets = SocketServer(
        config.sockets.model_copy(update={"trusted_proxies": config.http.trusted_proxies}), backbone.clock
    )
    for namespace in (
        ExamRoomNamespace(service, tokens),
        ProctorWallNamespace(service, tokens),
        PracticeRoomNamespace(PracticeRoom(engine, backbone.clock, config.proctoring), tokens),
        ExamNamespace(backbone.assessments),
        ChatNamespace(backbone.chat),
        MovesNamespace(backbone.accounts.live),
    ):
        sockets.add(namespace)
    service.admissions.assessments, service.admissions.audit = backbone.assessments, backbone.audit
    service.seating.is_reopened = backbone.assessments.sitting.is_reopened
    join_domains(backbone, service, tokens)
    sockets.attach(app)
    checks: dict[str, Check] = {
        "storage": lambda: ask_storage(backbone.audit_log),
        "bus": lambda: ask_bus(backbone.bus),
        "engine": lambda: ask_engine(engine),
    }
    add_health(app.router, checks, drain)
    add_pages(app, config.pages, lambda site: embedders_of(config, site))
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
            await backbone.when_it_answers(lambda: open_house(backbone, config))
            await engine.start()
            stack.push_async_callback(engine.close)
            await stack.enter_async_context(service.running())
            stack.push_async_callback(sockets.close)
            tasks = TaskOwner("web")
            stack.push_async_callback(tasks.close)
            revocations = RevocationFeed(sockets, backbone.bus, REVOKED_TOPIC, backbone.accounts.live.ended_among)
            await revocations.start()
            stack.push_async_callback(revocations.close)
            moves = MovesFeed(sockets, backbone.bus)
            await moves.start()
            stack.push_async_callback(moves.close)
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


def embedders_of(config: Config, site: str) -> tuple[str, ...]:
    """The origins whose pages may show the chat of a site; none: any."""
    known = config.chat.sites.get(site)
    return () if known is None else known.embedders


def join_domains(backbone: Backbone, service: ProctoringService, tokens: TokenSigner) -> None:
    """What proctoring does for assessments, and assessments for proctors: neither imports the other for it."""
    seats = SeatsForAttempts(service, tokens)
    backbone.assessments.proctored_seat = seats.token
    backbone.assessments.sitting.expect_asked = seats.expect_asked
    backbone.assessments.turns.accommodated = seats.accommodated
    service.acting.exams = backbone.assessments.supervision
    service.supervisors.may = backbone.assessments.assigning.may_supervise


def all_routes(
    backbone: Backbone, service: ProctoringService, tokens: TokenSigner, config: Config
) -> tuple[Route, ...]:
    """Every route below `/v1`; also what the documents and the route tests walk through."""
    routes = (
        *account_routes.routes(backbone.accounts),
        *assessment_routes.routes(backbone.assessments),
        *chat_routes.routes(backbone.chat),
        *faq_routes.routes(backbone.faq),
        *answering_routes.routes(backbone.answering),
        *onboarding_routes.routes(backbone.onboarding),
        *opportunity_routes.routes(backbone.opportunities),
        *gigs_routes.routes(backbone.gigs, backbone.secret),
        *payment_routes.routes(backbone.payments, backbone.secret),
        *notification_routes.routes(backbone.notifications, backbone.secret),
        *webhook_routes.routes(backbone.webhooks, backbone.secret),
        *policy_routes(service, backbone.assessments),
        *wall_routes(service, tokens, backbone.assessments),
        *practice_routes(tokens),
        *evidence_routes(service, backbone.assessments, backbone.retention),
        *reviews_of(backbone, service, config),
    )
    if config.proctoring.demo:
        exams = backbone.assessments if config.assessments.demo else None
        routes += account_demo_routes(backbone.accounts, backbone.mailer)
        routes += demo_routes(service, tokens, exams, DEMO_DELIVERY_ID)
    return routes


def reviews_of(backbone: Backbone, service: ProctoringService, config: Config) -> tuple[Route, ...]:
    """What reviewers decide about what was flagged, and what candidates may know and say of it."""
    traces, people, clock = Traces(service.signals), backbone.assessments.context.people, backbone.clock
    store, follower, looks = backbone.proctoring, backbone.review_follower, backbone.looks
    reviewing = Reviewing(
        store, follower, looks, traces, service.evidence, people, clock, config.proctoring.review, service.photos
    )
    exams = backbone.assessments.context.store
    rights = Rights(
        store,
        exams,
        follower,
        looks,
        traces,
        service.evidence,
        people,
        clock,
        service.photos,
        reviewing.reliabilities,
    )
    reporting = Reporting(
        exams,
        backbone.assessments.credentials,
        rights,
        looks,
        service.signals,
        service.evidence,
        service.photos,
        clock,
        secret=backbone.secret,
    )
    fairness = Fairness(store, exams, service.signals)
    trials = DeliveryTrials(RuleTrials(store, service.signals), exams, backbone.audit, config.proctoring.rules)
    return (
        *review_routes(reviewing),
        *rights_routes(rights),
        *report_routes(reporting, rights),
        *fairness_routes(fairness),
        *trial_routes(trials),
    )


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
