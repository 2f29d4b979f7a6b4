"""From polling to a websocket: nothing is lost on the way, and an upgrade that fails changes nothing."""

import asyncio
import json

import aiohttp
import pytest

from guildhall.kit.sockets import polling
from tests.guildhall.kit.sockets.poller import left_nothing, poller, quiet
from tests.guildhall.kit.sockets.room import Number, Said, Serve, until


async def test_nothing_is_lost_doubled_or_reordered_across_an_upgrade(serve: Serve) -> None:
    served = await serve(quiet())
    sent = 0
    heard: list[str] = []

    def announce(count: int) -> None:
        nonlocal sent
        for _ in range(count):
            picture = b"x" * (sent * 7 % 100) if sent % 3 == 0 else None
            served.sockets.announce("/room", "everybody", Said(text=str(sent), picture=picture))
            sent += 1

    def read(packets: list[str]) -> None:
        heard.extend(json.loads(each[each.index("[") :])[1]["text"] for each in packets if '"said"' in each)

    async with poller(served.url) as ada:
        announce(30)
        read(await ada.poll())
        waiting = asyncio.create_task(ada.poll())
        upgrade = await ada.websocket()
        await upgrade.send_str("2probe")
        announce(15)
        assert await upgrade.receive_str() == "3probe"
        read(await waiting)
        announce(10)
        assert await ada.post('42/room,1["say",{"text":"posted"}]') == 200
        for _ in range(3):  # what is not for now is a noop, and it polls on
            read(await ada.poll())
        announce(40)  # waits for whichever comes
        await upgrade.send_str("5")
        announce(20)
        await upgrade.send_str('42/room,2["say",{"text":"sent"}]')
        rest: list[str] = []
        while not rest or not rest[-1].startswith("43/room,2"):
            message = await upgrade.receive(timeout=5)
            rest += [message.data] if message.type is aiohttp.WSMsgType.TEXT else []
        read(rest)
        assert await ada.poll() == ["status 400"]
        assert await ada.post("3") == 400
        await upgrade.close()
    assert heard == [str(number) for number in range(sent)]
    await left_nothing(served)


async def test_a_message_may_begin_by_polling_and_end_on_the_websocket(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        placeholder = '{"number":1,"parts":{},"jpeg":{"_placeholder":true,"num":0}}'
        assert await ada.post(f'451-/room,7["picture",{placeholder}]') == 200
        upgrade = await ada.websocket()
        await upgrade.send_str("2probe")
        assert await upgrade.receive_str() == "3probe"
        await upgrade.send_str("5")
        await upgrade.send_bytes(b"x" * 1_000)
        assert await upgrade.receive_str() == '43/room,7[{"number":1000}]'


async def test_an_answer_to_what_was_posted_comes_over_the_websocket_when_that_is_there(serve: Serve) -> None:
    served = await serve(quiet())
    async with poller(served.url) as ada:
        assert await ada.post('42/room,7["later",{"number":1}]') == 200
        await until(lambda: 1 in served.room.gates)
        upgrade = await ada.websocket()
        await upgrade.send_str("2probe")
        assert await upgrade.receive_str() == "3probe"
        await upgrade.send_str("5")
        await until(lambda: served.sockets._connections._wire.eio.transport(ada.sid) == "websocket")
        served.room.gates[1].set_result(Number(number=1))
        assert await upgrade.receive_str() == '43/room,7[{"number":1}]'


@pytest.mark.parametrize("said", [[], ["5"], ["2probe", "2probe"], ["40"], ["2probe"]], ids=str)
async def test_an_upgrade_that_fails_leaves_the_session_polling(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    monkeypatch.setattr(polling, "UPGRADE_SECONDS", 0.3)
    served = await serve(quiet())
    async with poller(served.url) as ada:
        upgrade = await ada.websocket()
        with pytest.raises(aiohttp.WSServerHandshakeError):  # one at a time
            await ada.websocket()
        for each in said:
            await upgrade.send_str(each)
        async with asyncio.timeout(5):
            while not upgrade.closed:
                await upgrade.receive()
        assert await ada.post('42/room,7["say",{"text":"here"}]') == 200
        assert (await ada.poll_until("43/room,7"))[-1].startswith('43/room,7[{"text":"here"')
        assert served.sockets.peers == 1
