import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import pytest
import socketio
from structlog.testing import capture_logs

from guildhall.kit.bus import InProcessBus
from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets import RevocationFeed, SessionsRevoked
from guildhall.kit.sockets.revocation import RecentlyRevoked
from guildhall.kit.storage import StorageUnavailable
from tests.guildhall.kit.sockets.members import Clubhouse, Open, closed_for
from tests.guildhall.kit.sockets.room import until

TOPIC = "tests.revoked"


class Stored:
    """Which sessions have ended, as a store would say it."""

    def __init__(self) -> None:
        self.ended: set[str] = set()
        self.asked: list[str] = []
        self.fails = 0

    async def find_ended(self, session_ids: Collection[str]) -> Collection[str]:
        self.asked.extend(session_ids)
        if self.fails:
            self.fails -= 1
            raise StorageUnavailable("The database is away.")
        return self.ended & set(session_ids)


@asynccontextmanager
async def feeding(
    house: Clubhouse, bus: InProcessBus, stored: Stored, recheck_seconds: float = 60
) -> AsyncIterator[RevocationFeed]:
    feed = RevocationFeed(house.sockets, bus, TOPIC, stored.find_ended, recheck_seconds=recheck_seconds)
    await feed.start()
    yield feed
    await feed.close()


async def test_the_peers_of_a_revoked_session_are_told_and_closed_and_no_others(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    tabs = [await house.connect(), await house.connect()]
    bob = await house.connect(house.token("ses_2"))
    assert house.sockets.session_ids() == {"ses_1", "ses_2"}
    assert await house.sockets.revoke({"ses_1", "ses_9", ""}) == 2
    for tab in tabs:
        assert await closed_for(tab) == "revoked"
    assert bob.connected
    assert house.sockets.session_ids() == {"ses_2"}
    await until(lambda: house.members.parted == ["ses_1: revoked"] * 2)


async def test_whoever_is_being_admitted_while_its_session_is_revoked_does_not_slip_in(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    house.members.door = asyncio.Event()
    client = house.client(house.token())
    coming = asyncio.create_task(client.__aenter__())
    await until(lambda: house.members.admitting == 1)
    assert await house.sockets.revoke(["ses_1"]) == 0
    house.members.door.set()
    with pytest.raises(socketio.exceptions.ConnectionError):
        await coming
    assert client.refusal is not None
    assert client.refusal["data"]["problem"]["status"] == 401
    assert house.sockets.peers == 0


async def test_a_revoked_session_does_not_renew_its_way_past_it(open_clubhouse: Open) -> None:
    house = await open_clubhouse()
    ada = await house.connect()
    house.members.door = asyncio.Event()
    renewing = asyncio.create_task(ada.emit("renew_token", {"token": house.token()}))
    await until(lambda: house.members.admitting == 2)
    await house.sockets.revoke(["ses_1"])
    house.members.door.set()
    await renewing
    assert await closed_for(ada) == "revoked"
    await until(lambda: house.sockets.peers == 0)


async def test_a_peer_that_cannot_be_parted_with_is_cut_off_and_keeps_no_other_from_being_closed(
    open_clubhouse: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await open_clubhouse()
    ada, bob = await house.connect(), await house.connect(house.token("ses_2"))
    part_with, tried = house.sockets._wire.part_with, []

    async def fail_once(peer_id: str, path: str) -> None:
        tried.append(peer_id)
        if len(tried) == 1:
            raise KeyError(peer_id)
        await part_with(peer_id, path)

    monkeypatch.setattr(house.sockets._wire, "part_with", fail_once)
    assert await house.sockets.revoke(["ses_1", "ses_2"]) == 2
    assert await closed_for(bob) == "revoked"
    await until(lambda: house.sockets.peers == 0 and not ada.connected)


def test_what_was_revoked_is_forgotten_when_nobody_can_still_be_on_the_way_in() -> None:
    clock = ManualClock()
    revoked = RecentlyRevoked(clock, 10)
    revoked.add(["ses_1"])
    clock.advance(10_000)
    revoked.add(["ses_2"])
    assert "ses_1" in revoked
    clock.advance(1)
    revoked.add([])
    assert "ses_1" not in revoked
    assert "ses_2" in revoked


async def test_a_message_on_the_bus_closes_the_sockets_of_every_process_within_two_seconds(
    open_clubhouse: Open,
) -> None:
    bus = InProcessBus()
    here, there = await open_clubhouse(), await open_clubhouse()
    ada, also_ada = await here.connect(), await there.connect()
    async with feeding(here, bus, Stored()), feeding(there, bus, Stored()):
        before = time.monotonic()
        await bus.publish(TOPIC, SessionsRevoked(session_ids=("ses_1",)).as_body())
        assert await closed_for(ada) == await closed_for(also_ada) == "revoked"
        assert time.monotonic() - before < 2


async def test_after_a_gap_what_is_stored_is_asked(open_clubhouse: Open) -> None:
    house, bus, stored = await open_clubhouse(), InProcessBus(), Stored()
    ada, bob = await house.connect(), await house.connect(house.token("ses_2"))
    async with feeding(house, bus, stored):
        stored.ended = {"ses_1"}
        bus._subscribers.tell_of_gap()
        assert await closed_for(ada) == "revoked"
        await until(lambda: sorted(stored.asked) == ["ses_1", "ses_2"])
    assert bob.connected


async def test_a_revocation_that_nobody_was_told_of_is_found_by_asking_now_and_then(open_clubhouse: Open) -> None:
    house, stored = await open_clubhouse(), Stored()
    ada = await house.connect()
    async with feeding(house, InProcessBus(), stored, recheck_seconds=0.05):
        stored.ended = {"ses_1"}
        assert await closed_for(ada) == "revoked"


async def test_asking_is_tried_again_when_the_store_is_away(
    open_clubhouse: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.kit.sockets.revocation._RETRY_SECONDS", 0.01)
    house, bus, stored = await open_clubhouse(), InProcessBus(), Stored()
    ada = await house.connect()
    stored.fails, stored.ended = 2, {"ses_1"}
    with capture_logs() as told:
        async with feeding(house, bus, stored):
            bus._subscribers.tell_of_gap()
            assert await closed_for(ada) == "revoked"
    postponed = [line for line in told if line["event"] == "revocation_postponed"]
    assert [line.get("exc_info") for line in postponed] == [None, None], "an outage is told in a line"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b'{"session_ids": 5}', b"\xff"])
async def test_a_message_that_is_not_understood_makes_the_store_be_asked(open_clubhouse: Open, body: bytes) -> None:
    house, bus, stored = await open_clubhouse(), InProcessBus(), Stored()
    ada = await house.connect()
    stored.ended = {"ses_1"}
    async with feeding(house, bus, stored):
        await bus.publish(TOPIC, body)
        assert await closed_for(ada) == "revoked"


async def test_a_closed_feed_closes_nothing_and_leaves_no_task(open_clubhouse: Open) -> None:
    house, bus = await open_clubhouse(), InProcessBus()
    ada = await house.connect()
    before = asyncio.all_tasks()
    async with feeding(house, bus, Stored()):
        pass
    assert asyncio.all_tasks() <= before
    assert await bus.publish(TOPIC, SessionsRevoked(session_ids=("ses_1",)).as_body()) == 0
    assert ada.connected
