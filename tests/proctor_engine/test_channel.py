import asyncio
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.channel import (
    HEADER,
    BlockingChannel,
    ChannelBroken,
    Kind,
    Message,
    MessageDecoder,
    open_channel,
    pack_message,
)
from tests.proctor_engine.harness import until

LIMIT = 1_000
messages = st.lists(
    st.builds(Message, st.sampled_from(Kind), st.integers(0, 0xFFFF_FFFF), st.binary(max_size=LIMIT)), max_size=6
)


@given(messages, st.integers(1, 700))
def test_messages_arrive_whole_however_they_were_split(sent: list[Message], step: int) -> None:
    stream = b"".join(map(pack_message, sent))
    decoder = MessageDecoder(LIMIT)
    arrived = [
        message for start in range(0, len(stream), step) for message in decoder.feed(stream[start : start + step])
    ]
    assert arrived == sent


def test_a_message_longer_than_the_limit_breaks_the_channel_before_it_is_gathered() -> None:
    with pytest.raises(ChannelBroken, match="1001 bytes"):
        list(MessageDecoder(LIMIT).feed(HEADER.pack(Kind.FRAME, 1, LIMIT + 1)))


def test_an_unknown_kind_breaks_the_channel() -> None:
    with pytest.raises(ChannelBroken, match="kind 77"):
        list(MessageDecoder(LIMIT).feed(HEADER.pack(77, 1, 0)))


def test_the_header_is_nine_bytes_on_every_machine() -> None:
    assert struct.calcsize(HEADER.format) == 9


async def test_the_two_ends_understand_each_other() -> None:
    own_end, child_end = socket.socketpair()
    arrived: list[Message] = []
    lost = asyncio.Event()
    channel = await open_channel(own_end, LIMIT, arrived.append, lost.set)
    with child_end:
        child = BlockingChannel(child_end, LIMIT)
        channel.send(Message(Kind.FRAME, 7, b"picture"))
        assert await asyncio.to_thread(child.receive) == Message(Kind.FRAME, 7, b"picture")
        child.send(Message(Kind.OBSERVED, 7, b"seen"))
        await until(lambda: bool(arrived))
    await lost.wait()
    assert arrived == [Message(Kind.OBSERVED, 7, b"seen")]
    assert channel.lost
    channel.send(Message(Kind.PING))  # to nobody: no error


async def test_the_childs_end_hears_that_the_pool_hung_up() -> None:
    own_end, child_end = socket.socketpair()
    lost = asyncio.Event()
    channel = await open_channel(own_end, LIMIT, print, lost.set)
    with child_end:
        channel.close()
        assert await asyncio.to_thread(BlockingChannel(child_end, LIMIT).receive) is None
    await lost.wait()


async def test_a_child_that_talks_nonsense_is_hung_up_on() -> None:
    own_end, child_end = socket.socketpair()
    lost = asyncio.Event()
    await open_channel(own_end, LIMIT, print, lost.set)
    with child_end:
        child_end.sendall(b"\xff" * HEADER.size)
        async with asyncio.timeout(10):
            await lost.wait()
