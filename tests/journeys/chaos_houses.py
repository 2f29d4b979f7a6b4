"""What the chaos of exams is let loose on: the product in one process, or many over a database and Redis."""

import asyncio
import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from guildhall.config import Config, load_config
from tests.fakes.server import ROOT, GuildhallProcess
from tests.servers.build import ferretdb, mongo_java_server
from tests.servers.process import PrintingServer, pick_free_port
from tests.servers.redis import RedisServer

Database = Literal["ferretdb", "mongo-java-server"]
SECRET = "the secret of this chaos, shared by all its processes"


@dataclass(slots=True)
class Down:
    """Nobody could be served from `began_ms` to `ended_ms`, as the driver saw it.

    A busy driver sees late, by seconds where others load the machine: `seen_late_ms` is how much of it may be its own,
    from before to after a kill, and from the last look at which nobody answered to the one at which somebody did.
    """

    began_ms: int
    ended_ms: int
    seen_late_ms: int = 0


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def environ_of(folder: Path) -> dict[str, str]:
    return {
        "TOKEN_SECRET": SECRET,
        "GUILDHALL_ENGINE__DETECTOR": "scripted",
        "GUILDHALL_ENGINE__CHILDREN": "1",
        "GUILDHALL_BLOBS__FOLDER": str(folder / "blobs"),
    }


class OneProcess:
    """`python -m guildhall` over SQLite: kill -9 ends the server and the database with it."""

    def __init__(self, folder: Path) -> None:
        environ = environ_of(folder)
        self._server = GuildhallProcess(folder, environ)
        self.config: Config = load_config(
            environ={**environ, "GUILDHALL_STORAGE__SQLITE_PATH": str(folder / "guildhall.sqlite3")}
        )
        self.urls = [self._server.base_url]
        self.downs: list[Down] = []
        self.kills = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._server.stop()

    async def start(self) -> None:
        await asyncio.to_thread(self._server.start)

    async def stop(self) -> None:
        await asyncio.to_thread(self._server.stop)

    async def rage(self, chance: random.Random, every_seconds: float) -> None:
        while True:
            await asyncio.sleep(chance.uniform(0.6, 1.4) * every_seconds)
            began_ms = now_ms()
            self.kills += 1
            await asyncio.to_thread(self._server.kill)
            seen_late_ms = now_ms() - began_ms
            # Longer than `outage_after_seconds`: below it a gap is not an outage, by design.
            await asyncio.sleep(chance.uniform(2.0, 4.0))
            starting = asyncio.create_task(asyncio.to_thread(self._server.start))
            looked_ms = now_ms()
            while not answers(self._server.port):
                if starting.done():
                    starting.result()
                await asyncio.sleep(0.01)
                looked_ms = now_ms()
            ended_ms = now_ms()
            self.downs.append(Down(began_ms, ended_ms, seen_late_ms + ended_ms - looked_ms))
            await starting


class Relay:
    """A port that stays while the server behind it is killed and comes back at another."""

    def __init__(self) -> None:
        self.port = pick_free_port()
        self.target_port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.close()
            return
        with contextlib.suppress(asyncio.CancelledError):  # asyncio would log it as a crash of this callback
            await asyncio.gather(_pour(reader, back), _pour(there, writer))


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await source.read(65_536):
            sink.write(chunk)
            await sink.drain()
    sink.close()


class WorkerProcess:
    """`python -m workers`: every job of every domain, killed without being asked."""

    def __init__(self, environ: Mapping[str, str], log: Path) -> None:
        self._environ, self._log = environ, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is not None:
            return
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "workers"]
            environ = {**os.environ, **self._environ}
            self._process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()


class ScaledHouse:
    """Two web processes and a worker over a database and Redis; each of the five is killed.

    FerretDB has its data in a folder. mongo-java-server has it in memory, so that one is frozen instead of killed.
    """

    def __init__(self, folder: Path, database: Database = "ferretdb") -> None:
        data = folder / "ferretdb"
        data.mkdir()
        self._database = database
        self._mongo = PrintingServer([*ferretdb(), str(data)] if database == "ferretdb" else mongo_java_server())
        self._relay = Relay()
        self._redis = RedisServer()
        self._environ = {
            **environ_of(folder),
            "MONGO_URL": f"mongodb://127.0.0.1:{self._relay.port}/",
            "REDIS_URL": self._redis.url,
        }
        self._webs = [GuildhallProcess(folder, self._environ, role="web") for _ in range(2)]
        self._worker = WorkerProcess(self._environ, folder / "worker.log")
        self.config: Config = load_config(environ=self._environ)
        self.urls = [web.base_url for web in self._webs]
        self.downs: list[Down] = []
        self.kills = 0

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        await self._relay.start()
        self._redis.start()
        self._start_mongo()
        try:
            yield
        finally:
            for web in self._webs:
                web.stop()
            self._worker.kill()
            self._mongo.kill()
            self._redis.kill()
            await self._relay.close()

    async def start(self) -> None:
        await asyncio.gather(*(asyncio.to_thread(web.start) for web in self._webs))
        self._worker.start()

    async def stop(self) -> None:
        await asyncio.gather(*(asyncio.to_thread(web.stop) for web in self._webs))
        self._worker.kill()

    async def rage(self, chance: random.Random, every_seconds: float) -> None:
        mongo = self._kill_mongo if self._database == "ferretdb" else self._freeze_mongo
        deeds = [self._kill_a_web, mongo, self._kill_redis, self._kill_the_worker]
        while True:
            await asyncio.sleep(chance.uniform(0.6, 1.4) * every_seconds)
            self.kills += 1
            await chance.choice(deeds)(chance)

    async def _kill_a_web(self, chance: random.Random) -> None:
        """Nobody's outage: the other one goes on serving."""
        web = chance.choice(self._webs)
        await asyncio.to_thread(web.kill)
        await asyncio.sleep(chance.uniform(0.0, 2.0))
        await asyncio.to_thread(web.start)

    async def _kill_mongo(self, chance: random.Random) -> None:
        began_ms = now_ms()
        self._mongo.kill()
        await asyncio.sleep(chance.uniform(3.0, 5.0))
        await asyncio.to_thread(self._start_mongo)
        self.downs.append(Down(began_ms, now_ms()))

    async def _freeze_mongo(self, chance: random.Random) -> None:
        began_ms = now_ms()
        self._mongo.freeze()
        await asyncio.sleep(chance.uniform(3.0, 5.0))
        self._mongo.thaw()
        self.downs.append(Down(began_ms, now_ms()))

    async def _kill_redis(self, chance: random.Random) -> None:
        self._redis.kill()
        await asyncio.sleep(chance.uniform(0.0, 3.0))
        await asyncio.to_thread(self._redis.start)

    async def _kill_the_worker(self, chance: random.Random) -> None:
        self._worker.kill()
        await asyncio.sleep(chance.uniform(0.0, 2.0))
        self._worker.start()

    def _start_mongo(self) -> None:
        self._mongo.start()
        self._relay.target_port = int(self._mongo.url.rstrip("/").rpartition(":")[2])
