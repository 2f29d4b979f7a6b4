import pytest

from guildhall.kit.bus import Bus, BusSettings, InProcessBus, open_bus


@pytest.fixture
def bus() -> Bus:
    return InProcessBus()


async def test_a_message_reaches_every_subscriber_of_its_topic_and_no_other(bus: Bus) -> None:
    heard: list[tuple[str, bytes]] = []
    await bus.subscribe("a", lambda body: heard.append(("first", body)))
    await bus.subscribe("a", lambda body: heard.append(("second", body)))
    await bus.subscribe("b", lambda body: heard.append(("other", body)))
    assert await bus.publish("a", b"\x00\xff") == 2
    assert heard == [("first", b"\x00\xff"), ("second", b"\x00\xff")]


async def test_nobody_listening_is_no_error(bus: Bus) -> None:
    assert await bus.publish("a", b"1") == 0


async def test_a_closed_subscription_receives_nothing_and_closes_again_quietly(bus: Bus) -> None:
    heard: list[bytes] = []
    subscription = await bus.subscribe("a", heard.append)
    await subscription.close()
    await subscription.close()
    assert await bus.publish("a", b"1") == 0
    assert heard == []


async def test_a_subscriber_that_crashes_harms_no_other(bus: Bus) -> None:
    heard: list[bytes] = []

    def crash(body: bytes) -> None:
        raise RuntimeError(body)

    await bus.subscribe("a", crash)
    await bus.subscribe("a", heard.append)
    assert await bus.publish("a", b"1") == 2
    assert heard == [b"1"]


async def test_a_subscriber_may_close_itself_while_it_receives(bus: Bus) -> None:
    heard: list[bytes] = []
    subscription = await bus.subscribe("a", heard.append)
    await bus.subscribe("a", heard.append)

    async def publish_and_close() -> None:
        await bus.publish("a", b"1")
        await subscription.close()
        await bus.publish("a", b"2")

    await publish_and_close()
    assert heard == [b"1", b"1", b"2"]


async def test_a_closed_bus_delivers_nothing(bus: Bus) -> None:
    heard: list[bytes] = []
    await bus.start()
    await bus.subscribe("a", heard.append)
    await bus.close()
    assert await bus.publish("a", b"1") == 0


def test_without_a_redis_the_bus_is_the_process() -> None:
    assert isinstance(open_bus(BusSettings()), InProcessBus)
