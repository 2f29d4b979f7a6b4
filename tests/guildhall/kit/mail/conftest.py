from collections.abc import AsyncIterator

import pytest

from guildhall.kit.clock import ManualClock
from tests.guildhall.kit.mail.smtp_server import SmtpServer, running


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def server() -> AsyncIterator[SmtpServer]:
    async with running(SmtpServer()) as listening:
        yield listening
