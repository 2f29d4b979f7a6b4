"""A namespace whose peers are signed in with real tokens, as those of the platform are."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, Protocol

from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.kit.clock import ManualClock
from guildhall.kit.errors import NotFound, Unauthenticated
from guildhall.kit.sockets import Handshake, Limit, Message, Namespace, Peer, SocketServer, SocketSettings, on
from guildhall.kit.tokens import Claims, TokenSigner
from tests.fakes.client import SocketClient

AUDIENCE = "guildhall/members"
LIFETIME_SECONDS = 600
AMPLE = Limit(per_second=1000, burst=1000)


class MemberClaims(Claims):
    account_id: str
    session_id: str
    role: str = "agent"


class Known(Message):
    account_id: str
    role: str
    expires_at_ms: int
    headers: dict[str, str]


class Members(Namespace[MemberClaims]):
    path = "/members"

    def __init__(self, tokens: TokenSigner) -> None:
        self.tokens = tokens
        self.ended: set[str] = set()
        self.expelled: set[str] = set()
        self.door: asyncio.Event | None = None
        self.admitting = 0
        self.parted: list[str] = []
        self.busy = asyncio.Event()

    async def admit(self, handshake: Handshake) -> MemberClaims:
        claims = self.tokens.verify(handshake.token, AUDIENCE, MemberClaims)
        if claims.session_id in self.ended:
            raise Unauthenticated("This sign-in has ended.")
        self.admitting += 1
        if self.door is not None:
            await self.door.wait()
        return claims

    async def expect(self, peer: Peer[MemberClaims]) -> None:
        if peer.claims.account_id in self.expelled:
            raise NotFound("No longer a member.")

    async def part(self, peer: Peer[MemberClaims], reason: str) -> None:
        self.parted.append(f"{peer.claims.session_id}: {reason}")

    @on("wait", Message, Limit(per_second=1e5, burst=100_000))
    async def wait(self, _peer: Peer[MemberClaims], _message: Message) -> None:
        await self.busy.wait()

    @on("who_am_i", Message, AMPLE)
    async def who_am_i(self, peer: Peer[MemberClaims], _message: Message) -> Known:
        claims = peer.claims
        headers = {"x-test": peer.handshake.headers.get("x-test", ""), "token": peer.handshake.token}
        return Known(
            account_id=claims.account_id, role=claims.role, expires_at_ms=claims.expires_at_ms, headers=headers
        )


class Clubhouse:
    """A server with one such namespace, and the clients that came."""

    def __init__(self, settings: SocketSettings) -> None:
        self.clock = ManualClock()
        self.tokens = TokenSigner("a secret of the test, long enough to sign with", self.clock)
        self.members = Members(self.tokens)
        self.sockets = SocketServer(settings, self.clock)
        self.sockets.add(self.members)
        app = web.Application()
        self.sockets.attach(app)
        self.http = TestServer(app)
        self._clients = AsyncExitStack()

    @property
    def url(self) -> str:
        return str(self.http.make_url("/"))

    def token(self, session_id: str = "ses_1", *, seconds: int = LIFETIME_SECONDS, **claims: Any) -> str:
        said = MemberClaims(session_id=session_id, **{"account_id": "acc_1", **claims})
        return self.tokens.sign(said, AUDIENCE, seconds)

    def client(self, token: str) -> SocketClient:
        return SocketClient(self.url, "/members", token)

    async def connect(self, token: str | None = None) -> SocketClient:
        client = await self._clients.enter_async_context(self.client(token or self.token()))
        await client.call("who_am_i", {})
        return client

    async def close(self) -> None:
        await self._clients.aclose()
        await self.http.close()


async def closed_for(client: SocketClient) -> str:
    """Why the server ended the connection."""
    told = await client.hear(lambda event, _: event == "session_closed")
    async with asyncio.timeout(5):
        while client.connected:
            await asyncio.sleep(0.005)
    return str(told["reason"])


class Open(Protocol):
    async def __call__(self, **settings: Any) -> Clubhouse: ...
