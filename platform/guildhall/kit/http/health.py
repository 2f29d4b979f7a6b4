"""What load balancers and supervisors ask, outside `/v1` and its limits."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from guildhall.kit.logs import get_logger

log = get_logger(__name__)

Check = Callable[[], Awaitable[str | None]]
"""What is wrong, in a few words; None when all is well."""
_CHECK_SECONDS = 1.0
_FRESH_SECONDS = 0.5  # however many ask: what may hang is asked by one of them at a time, and not again at once
_RETRY_AFTER_SECONDS = "1"


class Drain:
    """Whether this server is about to stop. The entry point begins it; `Guards.is_draining` asks it."""

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self) -> None:
        self.has_begun = True


def add_health(router: web.UrlDispatcher, checks: Mapping[str, Check], drain: Drain) -> None:
    """`/healthz`: the process answers, also while it drains. `/readyz`: it should be sent requests.

    `/healthz` asks nothing of anybody else. A supervisor restarts what fails it, and no restart here would bring back
    a database: it would only end every live session as well.
    """
    shared = [_SharedCheck(name, check) for name, check in checks.items()]

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_: web.Request) -> web.Response:
        # All at once: together they may take no longer than one.
        found = await asyncio.gather(*(check.ask() for check in shared))
        wrong = {name: words for name, words in zip(checks, found, strict=True) if words is not None}
        status = "draining" if drain.has_begun else "not ready" if wrong else "ready"
        told = {"status": status, "checks": {name: wrong.get(name, "ok") for name in checks}}
        if status == "ready":
            return web.json_response(told)
        return web.json_response(told, status=503, headers={"Retry-After": _RETRY_AFTER_SECONDS})

    router.add_get("/healthz", healthz)
    router.add_get("/readyz", readyz)


class _SharedCheck:
    def __init__(self, name: str, check: Check) -> None:
        self._name = name
        self._check = check
        self._asking = asyncio.Lock()
        self._answer: str | None = None
        self._fresh_until = 0.0

    async def ask(self) -> str | None:
        async with self._asking:
            if time.monotonic() >= self._fresh_until:
                self._answer = await _ask(self._name, self._check)
                self._fresh_until = time.monotonic() + _FRESH_SECONDS
            return self._answer


async def _ask(name: str, check: Check) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"did not answer within {_CHECK_SECONDS:g} s"
    except Exception:  # whatever a check raises means the same: not ready; the log has the rest
        log.exception("readiness_check_failed", check=name)
        return "failed"
