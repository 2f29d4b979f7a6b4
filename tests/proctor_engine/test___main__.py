import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proctor_engine.contract import Observed
from proctor_engine.remote import RemoteEngine
from tests.proctor_engine.conftest import MakeFrame
from tests.proctor_engine.harness import scripted_settings, until
from tests.servers.redis import RedisServer, run_redis


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    yield from run_redis()


@pytest.mark.servers
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_an_engine_process_serves_and_leaves_no_child(
    ending: signal.Signals, redis_server: RedisServer, tmp_path: Path, make_frame: MakeFrame
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("engine: {detector: scripted, children: 1}\n")
    command = [sys.executable, "-m", "proctor_engine", str(config)]
    environment = os.environ | {"REDIS_URL": redis_server.url}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        engine = RemoteEngine(scripted_settings(remote=True, redis_url=redis_server.url))
        await engine.start()
        try:
            await until(lambda: engine.health().ready == 1)
            assert isinstance(await engine.offer(make_frame()), Observed)
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(ending)
            assert process.wait(timeout=30) == (0 if ending != signal.SIGKILL else -signal.SIGKILL)
            psutil.wait_procs(children, timeout=20)
            assert len(children) == 1
            assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
        finally:
            process.kill()
            await engine.close()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "An engine process needs engine.redis_url"), ("engine: {childs: 3}", "engine.childs: Extra inputs")],
)
def test_what_is_wrong_in_the_file_that_the_environment_names_ends_it_with_a_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    config = tmp_path / "named.yaml"
    config.write_text(text)
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    ended = subprocess.run(
        [sys.executable, "-m", "proctor_engine"],
        env=environment | {"GUILDHALL_CONFIG": str(config)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence)
