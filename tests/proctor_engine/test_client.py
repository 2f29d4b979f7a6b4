from proctor_engine.client import EngineClient, EngineSettings, open_engine
from proctor_engine.contract import Observed
from proctor_engine.pool import Pool
from proctor_engine.remote import RemoteEngine
from tests.proctor_engine.conftest import MakeFrame
from tests.proctor_engine.harness import until
from tests.proctor_engine.recordings import astronaut, encode


def test_the_settings_choose_the_engine() -> None:
    local: EngineClient = open_engine(EngineSettings())
    remote: EngineClient = open_engine(EngineSettings(remote=True, redis_url="redis://localhost:1"))
    assert isinstance(local, Pool)
    assert isinstance(remote, RemoteEngine)


async def test_an_engine_may_be_closed_before_it_was_started() -> None:
    await open_engine(EngineSettings()).close()
    await open_engine(EngineSettings(remote=True, redis_url="redis://localhost:1")).close()


async def test_the_default_engine_sees_the_face_in_a_photograph(make_frame: MakeFrame) -> None:
    engine = open_engine(EngineSettings(children=1))
    await engine.start()
    try:
        await until(lambda: engine.health().ready == 1, seconds=60)
        seen = await engine.offer(make_frame(jpeg=encode(astronaut())))
        assert isinstance(seen, Observed)
        assert len(seen.observation.faces) == 1
        assert (seen.observation.width_px, seen.observation.height_px) == (512, 512)
    finally:
        await engine.close()
