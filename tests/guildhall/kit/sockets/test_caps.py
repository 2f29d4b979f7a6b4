import aiohttp
from hypothesis import given
from hypothesis import strategies as st

from guildhall.kit.sockets.caps import AddressCap, SubjectCap
from tests.guildhall.kit.sockets.members import Open, closed_for
from tests.guildhall.kit.sockets.room import until


def test_an_address_that_is_full_gets_no_more_and_the_others_do() -> None:
    cap = AddressCap(2)
    assert [cap.enter(name, "192.0.2.1") for name in ("a", "b", "c")] == [True, True, False]
    assert cap.enter("d", "192.0.2.2")
    cap.leave("c")  # it never had a place
    assert not cap.enter("e", "192.0.2.1")
    cap.leave("a")
    assert cap.enter("f", "192.0.2.1")


def test_all_addresses_of_an_ipv6_site_are_one() -> None:
    cap = AddressCap(1)
    assert cap.enter("a", "2001:db8:1:2::1")
    assert not cap.enter("b", "2001:db8:1:2:ffff::2")
    assert cap.enter("c", "2001:db8:1:3::1")
    assert cap.enter("d", "192.0.2.1")
    assert not cap.enter("e", "::ffff:192.0.2.1")


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.sampled_from(["192.0.2.1", "192.0.2.2", ""]))))
def test_an_address_never_has_more_places_than_it_may_and_all_come_back(
    steps: list[tuple[bool, int, str]],
) -> None:
    cap = AddressCap(2)
    inside: dict[str, str] = {}
    for enters, number, address in steps:
        name = str(number)
        if enters and name not in inside:
            if cap.enter(name, address):
                inside[name] = address
            assert max(map(list(inside.values()).count, inside.values()), default=0) <= 2
        elif not enters:
            cap.leave(name)
            inside.pop(name, None)
    for name in inside:
        cap.leave(name)
    assert not cap._open
    assert not cap._places


def test_of_too_many_peers_of_a_subject_the_oldest_has_to_go() -> None:
    cap = SubjectCap(2)
    assert [cap.enter("ada", peer) for peer in ("1", "2")] == [None, None]
    assert cap.enter("bob", "9") is None
    assert cap.enter("ada", "3") == "1"
    cap.leave("ada", "1")
    cap.leave("ada", "2")
    assert cap.enter("ada", "4") is None
    for peer in ("3", "4", "never here"):
        cap.leave("ada", peer)
    cap.leave("bob", "9")
    assert not cap._peers


async def test_a_transport_from_a_full_address_is_refused_before_it_is_opened(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_per_address=2)
    ada = await house.connect()
    url = f"{house.url}socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as http:
        bare = await http.ws_connect(url)
        headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        # Claiming to be somebody else does not help: nobody is trusted to say so.
        async with http.get(url, headers={**headers, "X-Forwarded-For": "203.0.113.7"}) as answer:
            assert answer.status == 429
            assert answer.content_type == "application/problem+json"
            assert answer.headers["Retry-After"] == "5"
            assert (await answer.json(content_type=None))["detail"] == "Too many connections come from this address."
        await bare.close()
        await until(lambda: len(house.sockets._wire.eio.sockets) == 1)
        await house.connect()
    assert ada.connected


async def test_a_subject_with_too_many_connections_keeps_the_newest(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_per_subject=2)
    first, second = await house.connect(), await house.connect()
    bob = await house.connect(house.token("ses_2"))
    third = await house.connect()
    assert await closed_for(first) == "replaced"
    assert second.connected
    assert third.connected
    assert bob.connected
    await until(lambda: house.members.parted == ["ses_1: replaced"])


async def test_a_connection_that_left_by_itself_counts_no_more(open_clubhouse: Open) -> None:
    house = await open_clubhouse(max_per_subject=1)
    for _ in range(3):
        async with house.client(house.token()) as ada:
            await ada.call("who_am_i", {})
        await until(lambda: house.sockets.peers == 0)
    await until(lambda: len(house.members.parted) == 3)
    assert not [word for word in house.members.parted if "replaced" in word]
