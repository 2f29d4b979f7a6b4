"""Open pages hear that something of theirs has moved, and nothing of what is not theirs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.accounts.model import OrganisationRole, PlatformRole
from guildhall.accounts.service import Visitor
from guildhall.backbone import Backbone
from guildhall.gigs.service.verbs import milestone_verbs
from guildhall.kit.bus.bus import OnGap, Receive, ignore_gap
from guildhall.kit.bus.in_process import InProcessBus, InProcessSubscription
from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets import SocketServer, SocketSettings
from guildhall.notifications.namespace import PATH, MovesFeed, MovesNamespace
from tests.fakes.client import SocketClient
from tests.guildhall.gigs.workshop import Workshop
from tests.guildhall.opportunities.market import NOW_MS, ORGANISATION, Market, market_config, opened


class ForgetfulBus(InProcessBus):
    """Says that messages are missing when a test wants it."""

    def __init__(self) -> None:
        super().__init__()
        self.forget: OnGap = ignore_gap

    async def subscribe(self, topic: str, receive: Receive, on_gap: OnGap = ignore_gap) -> InProcessSubscription:
        self.forget = on_gap
        return await super().subscribe(topic, receive, on_gap)


@dataclass
class Door:
    """A web process over a market whose Carla hires for the harbour office."""

    market: Market
    bus: ForgetfulBus
    http: TestServer

    async def token(self, name: str, *factors: str) -> str:
        accounts = self.market.backbone.accounts
        account = await accounts.store.accounts.read(self.market.accounts[name])
        device = accounts.sessions.device_of(Visitor(), account.id)
        return (await accounts.sessions.begin(account, ("password", *factors), device)).access_token

    def page(self, token: str) -> SocketClient:
        return SocketClient(str(self.http.make_url("/")), PATH, token)

    async def belongs(self, name: str, organisations: dict[str, OrganisationRole]) -> None:
        await self.market.backbone.accounts.store.accounts.change(
            self.market.accounts[name], NOW_MS, lambda seen: seen.model_copy(update={"organisations": organisations})
        )


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    backbone = Backbone(market_config(tmp_path), ManualClock(NOW_MS))
    bus = backbone.bus = backbone.notifications._bus = ForgetfulBus()
    async with opened(backbone):
        market = Market(backbone, ManualClock(NOW_MS))
        await market.found()
        sockets = SocketServer(SocketSettings(), backbone.clock)
        sockets.add(MovesNamespace(backbone.accounts.live))
        app = web.Application()
        sockets.attach(app)
        feed = MovesFeed(sockets, bus)
        await feed.start()
        http = TestServer(app)
        await http.start_server()
        opened_door = Door(market, bus, http)
        await opened_door.belongs("carla", {ORGANISATION: OrganisationRole.OWNER})
        yield opened_door
        await http.close()
        await feed.close()


def hears(page: SocketClient, about: str) -> Any:
    return page.hear(lambda event, message: event == "moved" and message["about"] == about)


def heard(page: SocketClient) -> set[str]:
    return {message["about"] for event, message in page.told if event == "moved"}


async def test_both_sides_hear_of_what_concerns_them_and_nobody_else_does(door: Door) -> None:
    workshop = Workshop(door.market)
    ada, carla, bob = [await door.token(name) for name in ("ada", "carla", "bob")]
    async with door.page(ada) as agent, door.page(carla) as client, door.page(bob) as stranger:
        application = await door.market.apply(await door.market.publish())
        for page in (agent, client):
            await hears(page, "applications")
        await hears(client, "opportunities")
        contract = await workshop.open()
        await workshop.working.decide(contract.id, workshop.client, milestone_verbs("fund", "m1", ""))
        for page in (agent, client):
            await hears(page, "contracts")
        await hears(agent, "notices")
        assert application.state == "submitted"
        door.bus.forget()  # the last thing said: whatever bob was told came before it
        await hears(stranger, "")
        assert heard(stranger) == {""}
        assert "opportunities" not in heard(agent)


async def test_administrators_hear_of_what_may_wait_for_one_of_them(door: Door) -> None:
    accounts = door.market.backbone.accounts.store.accounts
    roles = (PlatformRole.ADMIN,)
    await accounts.change(door.market.accounts["bob"], NOW_MS, lambda seen: seen.model_copy(update={"roles": roles}))
    device_token = await door.token("bob", "totp")
    async with door.page(device_token) as page:
        await door.market.publish()
        await hears(page, "opportunities")


async def test_a_member_who_left_hears_nothing_more_of_the_organisation_once_their_pass_is_renewed(door: Door) -> None:
    token = await door.token("carla")
    async with door.page(token) as page:
        await door.market.publish()
        await hears(page, "opportunities")
        await door.belongs("carla", {})
        renewed = await page.call("renew_token", {"token": token})
        assert "problem" not in renewed
        page.told.clear()
        await door.market.publish(title="Another chart")
        door.bus.forget()
        await hears(page, "")
        assert "opportunities" not in heard(page)


async def test_nobody_listens_without_a_pass_or_goes_on_with_somebody_elses(door: Door) -> None:
    nobody = door.page("")
    with pytest.raises(Exception, match="failed to connect"):
        async with nobody:
            await asyncio.sleep(0)
    async with door.page(await door.token("ada")) as page:
        answer = await page.call("renew_token", {"token": await door.token("bob")})
        assert answer["problem"]["type"].endswith("not-the-same")
