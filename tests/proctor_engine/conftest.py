import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from proctor_engine.contract import Frame
from proctor_engine.detectors.scripted import Act, Script, paint
from proctor_engine.pool import Pool
from tests.proctor_engine.harness import scripted_settings, until
from tests.proctor_engine.recordings import encode

OpenPool = Callable[..., Awaitable[Pool]]
MakeFrame = Callable[..., Frame]


@pytest.fixture
def make_frame() -> MakeFrame:
    numbers = itertools.count(1)

    def make(session_id: str = "ses_a", act: Act = Act.LOOK, *, jpeg: bytes | None = None, faces: int = 1) -> Frame:
        painted = jpeg if jpeg is not None else encode(paint(Script(faces=faces, act=act)))
        return Frame(session_id, next(numbers), 0, 0, painted)

    return make


@pytest.fixture
async def open_pool() -> AsyncIterator[OpenPool]:
    """Opens pools of scripted children, waits until all are ready, and closes them after the test."""
    opened: list[Pool] = []

    async def open_one(**changes: object) -> Pool:
        pool = Pool(scripted_settings(**changes))
        opened.append(pool)
        await pool.start()
        await until(lambda: pool.health().ready == pool.health().children)
        return pool

    yield open_one
    for pool in opened:
        await pool.close()
