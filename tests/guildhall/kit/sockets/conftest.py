import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from guildhall.kit.clock import ManualClock
from guildhall.kit.logs import LogSettings, configure_logs
from guildhall.kit.sockets import SocketSettings
from tests.guildhall.kit.sockets.members import Clubhouse, Open
from tests.guildhall.kit.sockets.room import Serve, Served


@pytest.fixture(autouse=True)
def logged() -> io.StringIO:
    """What the server wrote to its log, one JSON object a line."""
    lines = io.StringIO()
    configure_logs(LogSettings(format="json"), lines)
    return lines


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    running: list[Served] = []

    async def serve(settings: SocketSettings | None = None) -> Served:
        served = Served(ManualClock(), settings or SocketSettings(sweep_seconds=0.02))
        running.append(served)
        await served.http.start_server()
        return served

    yield serve
    for served in running:
        await served.close()


@pytest.fixture
async def open_clubhouse() -> AsyncIterator[Open]:
    running: list[Clubhouse] = []

    async def open_clubhouse(**settings: Any) -> Clubhouse:
        clubhouse = Clubhouse(SocketSettings.model_validate({"sweep_seconds": 0.02, **settings}))
        running.append(clubhouse)
        await clubhouse.http.start_server()
        return clubhouse

    yield open_clubhouse
    for clubhouse in running:
        await clubhouse.close()
