"""What is posted and polled: many packets in one body, whole or not at all."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest

from guildhall.kit.sockets.intake import SPARE
from guildhall.kit.sockets.payloads import PACKETS_READ_MAX
from guildhall.kit.sockets.polling import PACKETS_SENT_MAX
from tests.guildhall.kit.sockets.poller import left_nothing, poller, quiet
from tests.guildhall.kit.sockets.room import Said, Serve, until


@pytest.mark.parametrize(
    "packets",
    [
        ["hello"],
        [""],
        ["4"],
        ["3", "", "3"],
        ["b!!!not base64"],
        ["bAAA"],
        ["bAAAA"],
        ["2probe"],
        ["5"],
        ["0{}"],
        ["d=42"],
        ["42/room,7{not json"],
        ["42/room," + "[" * 100_000],
        ["450-/room,[]", "bAAAA"],
        ['451-/room,["picture",{"jpeg":{"_placeholder":true,"num":7}}]', "bAAAA"],
        ['451-/room,["picture",{}]', "42/room,[]"],
        ['42/room,["say",{"text":"' + "x" * 1_000_000 + '"}]'],
        ["x" * 2_000_000],
        [""] * 100_000,
        ["3"] * PACKETS_READ_MAX + ["3"],
        ["3"] * (SPARE.burst + 1),
    ],
    ids=lambda packets: f"{str(packets[-1])[:20]} {len(packets)}",
)
async def test_a_payload_that_cannot_be_taken_ends_its_own_session_and_no_other(
    serve: Serve, packets: list[str]
) -> None:
    served = await serve(quiet())
    bob = await served.connect("bob")
    async with poller(served.url) as ada:
        assert await ada.post(*packets) == 400
        assert served.sockets.peers == 1
        assert await ada.post("3") == 400
        assert await ada.poll() == ["status 400"]
    assert await bob.call("say", {"text": "here"}) == {"text": "here"}


async def test_a_body_that_is_cut_short_is_not_taken_in_part(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        packet = b'42/room,["say",{"text":"half"}]\x1e'
        head = (
            f"POST /socket.io/?EIO=4&transport=polling&sid={ada.sid} HTTP/1.1\r\nHost: yard\r\nContent-Length: 900\r\n"
        )
        _, writer = await asyncio.open_connection(served.http.host, served.http.port)
        writer.write(head.encode() + b"\r\n" + packet)
        await writer.drain()
        writer.close()
        await until(lambda: served.sockets.peers == 0)
    assert not any("half" in each for each in served.room.happened)
    await left_nothing(served)


async def test_a_body_comes_whole_however_it_is_sent(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        picture = base64.b64encode(b"x" * 90_000)
        head = b'451-/room,7["picture",{"number":1,"parts":{},"jpeg":{"_placeholder":true,"num":0}}]\x1eb'

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(whole), 7_000):
                yield whole[start : start + 7_000]
                await asyncio.sleep(0)

        whole = head + picture
        async with ada.http.post(ada.session_url, data=pieces()) as answer:
            assert answer.status == 200
        assert (await ada.poll_until("43/room,7"))[-1] == '43/room,7[{"number":90000}]'


async def test_events_in_one_payload_are_heard_in_their_order_and_limited(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        assert await ada.post(*(f'42/room,{n}["seldom",{{"number":{n}}}]' for n in range(4))) == 200
        assert await ada.post(*(f'42/room,{n}["say",{{"text":"{n}"}}]' for n in range(4, 24))) == 200
        heard = await ada.poll_until("43/room,23")
    assert served.room.happened == [f"say {n}" for n in range(4, 24)]
    answers = {int(each.partition("[")[0].removeprefix("43/room,")): each for each in heard}
    assert [number for number, each in answers.items() if '"status":429' in each] == [2, 3]
    assert sorted(answers) == list(range(24))


async def test_an_answer_holds_no_more_packets_than_the_librarys_client_takes(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        for number in range(50):
            served.sockets.announce("/room", "everybody", Said(text=str(number), picture=b"x"))
        polls = [await ada.poll() for _ in range(7)]
    assert [len(each) for each in polls] == [PACKETS_SENT_MAX] * 6 + [100 - 6 * PACKETS_SENT_MAX]
