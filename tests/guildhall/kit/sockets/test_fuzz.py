"""The short form of `make fuzz-sockets`: every family of hostile sessions, and what hypothesis makes of their parts."""

import asyncio
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guildhall.kit.sockets.packets import Kind, Malformed, Packet, attach, encode, parse
from tests.fakes.client import SocketClient
from tests.guildhall.kit.sockets.hostile import BINARY, FAMILIES, OPEN, TEXT, Session, session, ws_frame
from tests.guildhall.kit.sockets.socket_fuzz import SETTINGS, Report, besieged, play_batch
from tests.guildhall.kit.sockets.yard import YardProcess, yard

CHANCE = st.integers(0, 1 << 30).map(random.Random)
PIECES = st.one_of(
    st.binary(max_size=200),
    st.builds(ws_frame, st.binary(max_size=200), st.integers(0, 15), final=st.booleans(), rsv=st.integers(0, 7)),
    st.builds(ws_frame, st.text(max_size=100).map(lambda text: f"4{text}".encode()), st.sampled_from((TEXT, BINARY))),
    st.builds(ws_frame, st.binary(max_size=20), length=st.integers(0, (1 << 64) - 1)),
)
SESSIONS = st.builds(
    Session,
    st.just("of hypothesis"),
    st.lists(PIECES, max_size=12).map(lambda pieces: (*OPEN, *(piece for piece in pieces if piece))),
    st.sampled_from(("close", "reset", "hold")),
)


async def test_no_family_of_hostile_sessions_is_noticed_by_anybody_else(tmp_path: Path) -> None:
    chance = random.Random(20_261_127)
    async with besieged(tmp_path) as (server, client):
        await play_batch(server, client, [session(chance, family) for family in FAMILIES for _ in range(2)], Report())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[YardProcess]:
    with yard(tmp_path_factory.mktemp("yard"), **SETTINGS) as server:
        yield server


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SESSIONS, min_size=1, max_size=8))
def test_no_bytes_at_all_make_the_server_fail(server: YardProcess, sessions: list[Session]) -> None:
    async def siege() -> None:
        async with SocketClient(server.url, "/", "ada") as client:
            await play_batch(server, client, sessions, Report())

    asyncio.run(siege())


@given(
    st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"42{text}".encode()),
    st.lists(st.binary(), max_size=3),
)
def test_a_packet_is_read_or_malformed_and_nothing_else(text: bytes, attachments: list[bytes]) -> None:
    try:
        packet = parse(text)
        attach(packet, attachments)
    except Malformed:
        return
    assert packet.missing == 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20) | st.binary(max_size=200),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=16,
)


def _unframed(frames: bytes) -> Iterator[bytes]:
    while frames:
        size, at = frames[1], 2
        if size == 126:
            size, at = int.from_bytes(frames[2:4], "big"), 4
        elif size == 127:
            size, at = int.from_bytes(frames[2:10], "big"), 10
        yield frames[at : at + size]
        frames = frames[at + size :]


@given(st.lists(VALUES, max_size=4), st.sampled_from(("/", "/exam")), st.sampled_from((b"", b"0", b"42")))
def test_what_is_encoded_is_read_again(arguments: list[object], path: str, packet_id: bytes) -> None:
    text, *attachments = _unframed(encode(Kind.EVENT, arguments, path, packet_id))
    if len(attachments) > 16:
        return
    packet = parse(text)
    assert packet.missing == len(attachments)
    attach(packet, attachments)
    assert packet == Packet(Kind.EVENT, path, packet_id or None, arguments)


def test_what_a_server_logs_as_an_error_is_found(tmp_path: Path) -> None:
    log_path = tmp_path / "yard.log"
    log_path.write_text('{"level": "info"}\n{"level": "error", "event": "crashed"}\nException ignored in: ...\n')
    with subprocess.Popen(["true"], text=True) as process:
        errors = YardProcess(process, 0, log_path).errors()
    assert errors == ['{"level": "error", "event": "crashed"}', "Exception ignored in: ..."]
