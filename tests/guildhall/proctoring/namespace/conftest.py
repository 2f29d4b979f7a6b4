"""The two namespaces on a real server and a real port, over the hall of the other tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.kit.sockets import SocketServer, SocketSettings
from guildhall.kit.tokens import TokenSigner
from guildhall.proctoring.model import (
    CANDIDATE_AUDIENCE,
    PROCTOR_AUDIENCE,
    CandidateClaims,
    ProctorClaims,
    Session,
)
from guildhall.proctoring.namespace import ExamRoomNamespace, ProctorWallNamespace
from tests.fakes.client import SocketClient
from tests.guildhall.proctoring.conftest import JPEG, Hall


class Doors:
    """Clients with the right token, or with the one that a test asks for."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.tokens = TokenSigner("a secret of the test, long enough to sign with", hall.clock)
        self.exam_room = ExamRoomNamespace(hall.service, self.tokens)
        self.wall = ProctorWallNamespace(hall.service, self.tokens)
        self.sockets = SocketServer(SocketSettings(), hall.clock)
        self.sockets.add(self.exam_room)
        self.sockets.add(self.wall)
        app = web.Application()
        self.sockets.attach(app)
        self.http = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.http.make_url("/"))

    def candidate_token(self, session_id: str) -> str:
        return self.tokens.sign(CandidateClaims(sitting_id=session_id), CANDIDATE_AUDIENCE, 3600)

    def proctor_token(self, exam_id: str = "exam-1") -> str:
        return self.tokens.sign(ProctorClaims(exam_id=exam_id, exam_title="Algebra"), PROCTOR_AUDIENCE, 3600)

    def candidate(self, session: Session, **page: Any) -> SocketClient:
        return SocketClient(self.url, "/exam-room", self.candidate_token(session.id), **page)

    def proctor(self, exam_id: str = "exam-1") -> SocketClient:
        return SocketClient(self.url, "/proctor-wall", self.proctor_token(exam_id))

    async def send_frame(self, client: SocketClient, number: int, after_ms: int = 200) -> dict[str, Any]:
        self.hall.clock.advance(after_ms)
        frame = {"number": number, "captured_at_ms": self.hall.clock.now_ms(), "jpeg": JPEG}
        return await client.call("frame", frame)


@pytest.fixture
async def doors(hall: Hall) -> AsyncIterator[Doors]:
    doors = Doors(hall)
    await doors.http.start_server()
    yield doors
    await doors.http.close()


async def until(happened: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.005)
