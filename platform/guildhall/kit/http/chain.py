"""O1 to O8: what stands around one handler, put together once when it is mounted.

O4 (unit of work) and O5 (may this principal see this object) are the domain's own, inside its handler: see DESIGN
section 3 for the first; the second answers 404 for what the caller may not know of.
"""

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from guildhall.kit.http.answers import make_render
from guildhall.kit.http.authorisation import make_authorise
from guildhall.kit.http.context import CONTEXT, RequestContext
from guildhall.kit.http.guards import Guards
from guildhall.kit.http.idempotency import Stored, fingerprint_of
from guildhall.kit.http.openapi import problem_types
from guildhall.kit.http.operation import Call, Route
from guildhall.kit.http.settings import PipelineSettings
from guildhall.kit.http.validation import make_validate

REPLAYED = "Idempotency-Replayed"
_KEPT_HEADERS = ("Content-Type", "Cache-Control", "Location", "ETag", "Link")


def make_endpoint(route: Route, template: str, guards: Guards, settings: PipelineSettings) -> Handler:
    """The aiohttp handler of a route; `template` is its whole path, which keys are scoped by."""
    operation, handle = route.operation, route.handler
    authorise = make_authorise(operation, guards, settings)
    validate = make_validate(operation)
    render = make_render(operation)
    store = guards.idempotency
    name, declared = operation.name, problem_types(operation)

    async def endpoint(request: web.Request) -> web.StreamResponse:
        context = request[CONTEXT]
        context.operation, context.declared = name, declared
        authorise(request, context)  # O1
        call = await validate(request, context)  # O2
        if call.idempotency_key is None:
            return render(request, await handle(call))  # O7, O8
        return await once(call, context, call.idempotency_key)  # O3

    async def once(call: Call[Any, Any], context: RequestContext, key: str) -> web.Response:
        request = call.request
        scope = f"{call.principal.id or context.address} {operation.method} {template}"
        fingerprint = fingerprint_of(call.path, request.rel_url.raw_query_string, context.raw_body)
        begun = await store.begin(scope, key, fingerprint, operation.deadline_seconds)
        if begun.stored is not None:
            kept = begun.stored
            return web.Response(body=kept.body, status=kept.status, headers={**kept.headers, REPLAYED: "true"})
        try:
            response = render(request, await handle(call))
        except Exception:
            # Not when cancelled by the deadline: whether it was done is not known, so the lease decides.
            await store.release(begun)
            raise
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        body = response.body if isinstance(response.body, bytes) else b""
        await store.finish(begun, Stored(response.status, headers, body))
        return response

    return endpoint
