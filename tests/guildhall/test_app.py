import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession, web

from guildhall.app import ask_bus, ask_engine, ask_storage, build_app
from guildhall.config import Config
from guildhall.kit.bus.in_process import InProcessBus
from guildhall.kit.bus.redis import RedisBus
from guildhall.kit.storage import Schema, open_storage
from guildhall.pages.built_pages import PagesNotBuiltError
from guildhall.pages.routes import NOT_FOUND, SHELLS
from guildhall.proctoring.lifecycle import Standing
from proctor_engine.contract import EngineHealth
from tests.fakes.client import SocketClient
from tests.fakes.engine import FakeEngine
from tests.fakes.pictures import a_jpeg

SHELL_NAMES = [*(name for _, name, *_ in SHELLS), NOT_FOUND]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The whole product with its data in a temporary folder, an engine that obeys, and pages of one word."""
    built = tmp_path / "built"
    built.mkdir()
    for shell in SHELL_NAMES:
        (built / shell).write_text(shell)
    (built / "loader-0.js").write_text("// the chat's button")
    (built / "manifest.json").write_text(json.dumps({"shells": SHELL_NAMES, "static": ["loader-0.js"]}))
    return Config.model_validate(
        {
            "security": {"token_secret_path": tmp_path / "token-secret"},
            "storage": {"sqlite_path": tmp_path / "guildhall.sqlite3"},
            "engine": {"detector": "scripted", "children": 1, "niceness": 0},
            "pages": {"built_folder": built},
        }
    )


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    return runner, f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def wait_until_ready(http: ClientSession, url: str) -> None:
    async with asyncio.timeout(60):
        while True:
            async with http.get(f"{url}/readyz") as response:
                if response.status == 200:
                    return
            await asyncio.sleep(0.05)


async def sign_in(http: ClientSession, url: str, role: str) -> dict[str, str]:
    async with http.post(f"{url}/v1/demo/sign-ins", json={"as": role}) as response:
        assert response.status == 200
        return {"Authorization": f"Bearer {(await response.json())['access_token']}"}


async def take_seat(http: ClientSession, url: str) -> dict[str, str]:
    bearer = await sign_in(http, url, "candidate")
    async with http.post(f"{url}/v1/proctoring/demo-seats", json={"name": "Ada"}, headers=bearer) as response:
        door: dict[str, str] = await response.json()
        return door


async def test_ending_a_sign_in_closes_the_sockets_it_opened(config: Config, http: ClientSession) -> None:
    runner, url = await serve(build_app(config, with_jobs=False))
    bearer = await sign_in(http, url, "candidate")
    async with http.post(f"{url}/v1/proctoring/demo-seats", json={"name": "Ada"}, headers=bearer) as response:
        door = await response.json()
    async with SocketClient(url, "/exam-room", door["token"]) as ada:
        await ada.hear(lambda event, _: event == "session")
        async with http.delete(f"{url}/v1/auth/sessions", headers=bearer | {"X-CSRF": "1", "Origin": url}) as response:
            assert response.status == 204
        await ada.hear(lambda event, _: event == "session_closed")
        async with asyncio.timeout(5):
            while ada.connected:
                await asyncio.sleep(0.02)
    await runner.cleanup()


async def test_the_product_starts_judges_a_frame_and_stops_without_a_trace(config: Config, http: ClientSession) -> None:
    before = asyncio.all_tasks()
    children_before = {child.pid for child in psutil.Process(os.getpid()).children()}
    runner, url = await serve(build_app(config, with_jobs=True))
    await wait_until_ready(http, url)
    assert {child.pid for child in psutil.Process(os.getpid()).children()} - children_before
    async with http.get(f"{url}/healthz") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})
    async with http.get(f"{url}/v1/openapi.json") as response:
        assert (response.status, "/demo/sign-ins" in (await response.json())["paths"]) == (200, True)
    async with http.get(f"{url}/docs") as response:
        assert (response.status, "/v1/demo/sign-ins" in await response.text()) == (200, True)
    door = await take_seat(http, url)
    async with SocketClient(url, "/exam-room", door["token"]) as ada:
        assert (await ada.hear(lambda event, _: event == "session"))["state"] == Standing.LIVE
        await ada.agree()
        verdict = await ada.call("frame", {"number": 1, "captured_at_ms": 1, "jpeg": a_jpeg(320, 240)}, seconds=30)
        assert (verdict["verdict"], verdict["faces"]) == ("judged", 0)
        async with http.get(f"{url}/metrics") as response:
            told = await response.text()
        assert 'proctoring_frame_stage_seconds_count{stage="detect"} 1.0' in told
        assert "engine_children_ready 1.0" in told
        await runner.cleanup()
    await http.close()
    async with asyncio.timeout(10):
        while left := asyncio.all_tasks() - before:
            await asyncio.wait(left, timeout=0.1)
    assert not {child.pid for child in psutil.Process(os.getpid()).children()} - children_before


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 404)])
async def test_the_demos_doors_are_there_only_when_they_are_asked_for(
    config: Config, http: ClientSession, demo: bool, status: int
) -> None:
    proctoring = config.proctoring.model_copy(update={"demo": demo})
    app = build_app(config.model_copy(update={"proctoring": proctoring}), with_jobs=False)
    runner, url = await serve(app)
    async with http.post(f"{url}/v1/demo/sign-ins", json={"as": "proctor"}) as response:
        assert response.status == status
    await runner.cleanup()


async def test_the_demo_signs_a_browser_in_as_the_person_who_was_chosen(config: Config, http: ClientSession) -> None:
    runner, url = await serve(build_app(config, with_jobs=False))
    wanted = {"as": "admin", "email": "dorothy@guildhall.example", "transport": "cookie"}
    async with http.post(f"{url}/v1/demo/sign-ins", json=wanted) as response:
        opened = await response.json()
        assert (response.status, opened["name"], opened["refresh_token"]) == (200, "Dorothy Vaughan", None)
        assert "HttpOnly" in " ".join(response.headers.getall("Set-Cookie"))
    async with http.post(f"{url}/v1/demo/sign-ins", json=wanted | {"as": "candidate"}) as response:
        assert response.status == 404  # an address of another part
        assert "nobody of that address" in (await response.json())["detail"]
    await runner.cleanup()


async def test_a_process_without_a_child_that_can_look_is_not_ready() -> None:
    engine = FakeEngine()
    assert await ask_engine(engine) is None
    engine.health = lambda: EngineHealth(children=1, ready=0, restarts=3, waiting=0, in_flight=0)  # type: ignore[method-assign]
    assert await ask_engine(engine) == "no engine child is ready yet"


async def test_a_process_whose_database_is_closed_or_whose_redis_is_away_is_not_ready(config: Config) -> None:
    storage = open_storage(config.storage)
    things = storage.collection(Schema("things"))
    await storage.start()
    await things.ensure()
    assert await ask_storage(things) is None
    await storage.close()
    assert await ask_storage(things) == "the database does not answer"

    assert await ask_bus(InProcessBus()) is None
    nowhere = RedisBus("redis://127.0.0.1:1/0")
    await nowhere.start()
    assert await ask_bus(nowhere) == "the connection to Redis is lost"
    await nowhere.close()


def test_without_built_pages_nothing_starts(config: Config, tmp_path: Path) -> None:
    pages = config.pages.model_copy(update={"built_folder": tmp_path / "nowhere"})
    with pytest.raises(PagesNotBuiltError):
        build_app(config.model_copy(update={"pages": pages}), with_jobs=False)
