"""Guildhall in its scaled mode on one machine: web processes, engine processes, a worker, Redis and a database.

The database is a mongo-java-server that keeps what it acknowledged, so that it too can be killed; where there is no
Java or Maven it is the wire-protocol test server, which forgets everything and must be left alone.
"""

import asyncio
import json
import shutil
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from redis.asyncio import Redis
from redis.exceptions import RedisError

from proctor_engine import streams
from proctor_engine.redis_link import read_hash, redis_time_ms
from proctor_engine.settings import EngineSettings
from tests.fakes.kept import MARK, Kept, answers, left_behind
from tests.fakes.server import free_port
from tests.servers.build import CannotBuild
from tests.servers.mongo import WIRE, lasting_command

READY_SECONDS = 300.0  # a machine that others load may take a minute for what takes 4 s
RESTART_SECONDS = 1.0


class House:
    """Enter it to start everything, leave it to end everything."""

    def __init__(
        self,
        folder: Path,
        *,
        webs: int = 2,
        engines: int = 2,
        workers: int = 1,
        children: int = 1,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        redis_server = shutil.which("redis-server")
        if redis_server is None:
            raise CannotBuild("redis-server is not installed (Debian: apt install redis-server)")
        self.mark = uuid.uuid4().hex
        self.folder = folder
        self.web_ports = [free_port() for _ in range(webs)]
        self._redis_port, self._database_port = free_port(), free_port()
        self.redis_url = f"redis://127.0.0.1:{self._redis_port}/0"
        self.mongo_url = f"mongodb://127.0.0.1:{self._database_port}/"
        self._children = children * engines
        generous = {"anonymous": "99999/minute", "principal": "99999/minute"}
        self._environ = {
            MARK: self.mark,
            "MONGO_URL": self.mongo_url,
            "REDIS_URL": self.redis_url,
            "TOKEN_SECRET": "the secret that all processes of this house share",
            "GUILDHALL_ENGINE__CHILDREN": str(children),
            "GUILDHALL_ENGINE__REMOTE": "true",
            "GUILDHALL_HTTP__RATES": json.dumps(dict.fromkeys(("read", "write", "auth"), generous)),
            "GUILDHALL_LOGS__LEVEL": "INFO",
            "GUILDHALL_LOGS__FORMAT": "json",
            **(environ or {}),
        }
        redis_command = (redis_server, "--bind", "127.0.0.1", "--port", str(self._redis_port), "--save", "")
        self.database_lasts = True
        try:
            database = [*lasting_command(folder / "database"), str(self._database_port)]
        except CannotBuild:
            self.database_lasts = False
            database = [sys.executable, str(WIRE), str(self._database_port)]
        self.redis = self._kept("redis", redis_command, lambda: answers(self._redis_port))
        self.database = self._kept("database", database, lambda: answers(self._database_port))
        self.webs = [
            self._kept(
                f"web_{number}",
                (sys.executable, "-m", "guildhall", "web"),
                lambda port=port: self._web_is_ready(port),
                {"PORT": str(port)},
            )
            for number, port in enumerate(self.web_ports, 1)
        ]
        self.engines = [
            self._kept(f"engine_{number}", (sys.executable, "-m", "proctor_engine"), self._engines_are_ready)
            for number in range(1, engines + 1)
        ]
        self.workers = [
            self._kept(f"worker_{number}", (sys.executable, "-m", "workers"), self._always)
            for number in range(1, workers + 1)
        ]
        self._http: aiohttp.ClientSession | None = None
        self._bearers: dict[str, str] = {}

    @property
    def all(self) -> list[Kept]:
        return [self.redis, self.database, *self.engines, *self.webs, *self.workers]

    @property
    def base_urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.web_ports]

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        try:
            for group in ([self.redis, self.database], [*self.engines, *self.webs, *self.workers]):
                await asyncio.gather(*(one.start() for one in group))
                await asyncio.gather(*(one.until_ready(READY_SECONDS) for one in group))
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The outer ones first, as an orderly stop would."""
        await self.stop()
        for process in left_behind(self.mark):
            process.kill()

    async def stop(self) -> dict[str, int]:
        """Ends everything that is told to end; exit codes by name."""
        codes: dict[str, int] = {}
        for group in ([*self.webs, *self.engines, *self.workers], [self.redis, self.database]):
            ended = await asyncio.gather(*(one.stop() for one in group))
            codes |= {one.name: code for one, code in zip(group, ended, strict=True)}
        if self._http is not None:
            await self._http.close()
        return codes

    async def candidate(self, name: str) -> dict[str, Any]:
        """A seat in the demo exam: session_id, token and url."""
        return await self._post("/v1/proctoring/demo-seats", {"name": name}, await self._bearer("candidate"))

    async def proctor(self) -> dict[str, Any]:
        return await self._post("/v1/proctoring/demo-walls", {}, await self._bearer("proctor"))

    async def _bearer(self, role: str) -> str:
        if role not in self._bearers:
            self._bearers[role] = str((await self._post("/v1/demo/sign-ins", {"as": role}))["access_token"])
        return self._bearers[role]

    async def _post(self, path: str, body: Mapping[str, Any], bearer: str | None = None) -> dict[str, Any]:
        assert self._http is not None
        headers = {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
        async with self._http.post(self.base_urls[0] + path, json=body, headers=headers) as answer:
            told: dict[str, Any] = await answer.json(content_type=None)
            if not answer.ok:
                raise RuntimeError(f"{path}: {told}")
            return told

    def _kept(
        self,
        name: str,
        command: tuple[str, ...] | list[str],
        is_ready: Any,
        environ: Mapping[str, str] | None = None,
    ) -> Kept:
        merged = {**self._environ, **(environ or {})}
        return Kept(name, command, merged, self.folder / f"{name}.log", is_ready, RESTART_SECONDS)

    async def _web_is_ready(self, port: int) -> bool:
        assert self._http is not None
        try:
            async with self._http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def _engines_are_ready(self) -> bool:
        """Every child of every engine process, as they say themselves; one killed a moment ago still counts."""
        key = streams.health_key(EngineSettings().stream_prefix)
        client = Redis.from_url(self.redis_url, protocol=2, socket_connect_timeout=1, socket_timeout=1)
        try:
            now_ms = await redis_time_ms(client)
            lines = await read_hash(client, key)
            return streams.sum_health(lines, now_ms).ready >= self._children
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()

    async def _always(self) -> bool:
        return True
