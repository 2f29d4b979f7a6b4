"""Putting the pipeline together: the one place where the order of its stages is written.

    root   R1 client_ip  R2 request_context  R3 measure  R4 error_boundary     everything, /socket.io/ too
    /v1    A1 cors  A2 admission  A3 coarse_limit  A4 authentication  A5 principal_limit  A6 version  A7 deadline
    route  O1 authorise  O2 validate  O3 idempotency  O4-O6 the domain's  O7 handler  O8 render     (`chain`)

Why in this order: see each stage's module.
"""

from collections.abc import Iterable, Sequence

from aiohttp import web

from guildhall.kit.errors import DomainError
from guildhall.kit.http.access_log import AccessLog, write_nothing
from guildhall.kit.http.admission import make_admission
from guildhall.kit.http.authentication import make_authentication
from guildhall.kit.http.boundary import make_error_boundary
from guildhall.kit.http.chain import make_endpoint
from guildhall.kit.http.context import make_client_ip, make_request_context
from guildhall.kit.http.cors import make_cors
from guildhall.kit.http.deadlines import make_deadline
from guildhall.kit.http.guards import Guards, Mounted, Mounts
from guildhall.kit.http.headers import make_header_signal
from guildhall.kit.http.limiting import Tally, make_coarse_limit, make_principal_limit, rate_class
from guildhall.kit.http.openapi import ApiInfo, openapi_document
from guildhall.kit.http.operation import Operation, Route
from guildhall.kit.http.problems import Registry, problem_registry
from guildhall.kit.http.publishing import Publication, add_docs, make_document_handler
from guildhall.kit.http.settings import PipelineSettings
from guildhall.kit.http.telemetry import Telemetry, add_metrics, make_telemetry
from guildhall.kit.http.unreadable import answer_unreadable_requests
from guildhall.kit.http.versions import make_version, version_headers

PREFIX = "/v1"
DEFAULT_INFO = ApiInfo()
PROBLEMS = web.AppKey[Registry]("guildhall.problems")
TELEMETRY = web.AppKey("guildhall.telemetry", Telemetry)
_NOTHING_SECONDS = 5.0  # answering that there is nothing takes no time; a stage inside the deadline might
_DOCUMENT_SECONDS = 60.0  # it takes a second of CPU, of a machine that may have other things to do


def mount_root(
    app: web.Application,
    settings: PipelineSettings,
    *,
    access_log: AccessLog = write_nothing,
    telemetry: Telemetry | None = None,
    problems: Iterable[type[DomainError]] = (),
) -> None:
    """R1 to R4, the headers every answer carries, and `/metrics`. `problems` are the domains' own types."""
    app[PROBLEMS] = registry = problem_registry(problems)
    app[TELEMETRY] = meters = telemetry or Telemetry()
    app.middlewares.extend(
        (
            make_client_ip(settings),
            make_request_context(settings),
            make_telemetry(meters, access_log),
            make_error_boundary(registry),
        )
    )
    app.on_response_prepare.append(make_header_signal(settings))
    add_metrics(app.router, meters, settings)
    answer_unreadable_requests()


def mount_v1(
    app: web.Application,
    routes: Sequence[Route],
    guards: Guards,
    settings: PipelineSettings,
    info: ApiInfo = DEFAULT_INFO,
) -> None:
    """Mount every route below `/v1` of an app that `mount_root` has prepared; also /v1/openapi.json and /docs.

    Raises ValueError for a rate class, a problem type or a name that is not known or is there twice.
    """
    check_routes(routes, settings, app[PROBLEMS])
    rates = {name: rate_class(name, rate) for name, rate in settings.rates.items()}
    mounts = Mounts(
        Mounted(None, rates["read"], settings.max_body_bytes, _NOTHING_SECONDS, version_headers(None)),
    )
    tally = Tally(guards, app[TELEMETRY])
    api = web.Application(
        middlewares=[
            make_cors(settings),
            make_admission(mounts, guards, settings),
            make_coarse_limit(mounts, tally, settings),
            make_authentication(guards),
            make_principal_limit(mounts, tally),
            make_version(mounts),
            make_deadline(mounts),
        ]
    )
    for route in routes:
        operation = route.operation
        endpoint = make_endpoint(route, PREFIX + operation.path, guards, settings)
        mounts.add(
            endpoint,
            Mounted(
                operation,
                rates[operation.rate_class],
                operation.max_body_bytes or settings.max_body_bytes,
                operation.deadline_seconds,
                version_headers(operation),
            ),
        )
        if operation.method == "GET":
            api.router.add_get(operation.path, endpoint)  # and HEAD with it
        else:
            api.router.add_route(operation.method, operation.path, endpoint)
    publication = Publication(lambda: openapi_document(routes, info, app[PROBLEMS]))
    openapi = make_document_handler(publication)
    headers = version_headers(None)
    mounts.add(openapi, Mounted(None, rates["read"], settings.max_body_bytes, _DOCUMENT_SECONDS, headers))
    api.router.add_get("/openapi.json", openapi)
    app.add_subapp(PREFIX, api)
    add_docs(app.router, publication, app[PROBLEMS])


def check_routes(routes: Sequence[Route], settings: PipelineSettings, registry: Registry) -> None:
    """Refuse, before anything is served, what no test of one route would notice."""
    named: dict[str, Operation] = {}
    for operation in (route.operation for route in routes):
        if operation.name in named:
            raise ValueError(f"Two operations are called {operation.name}.")
        named[operation.name] = operation
        if operation.rate_class not in settings.rates:
            raise ValueError(f"{operation.name} is of rate class {operation.rate_class}, which has no rate.")
        if unknown := operation.problems - registry.keys():
            raise ValueError(f"{operation.name} answers problems that nobody registered: {', '.join(sorted(unknown))}.")
