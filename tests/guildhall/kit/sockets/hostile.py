"""What nobody should send to a socket server, made from a seed: the sessions of `make fuzz-sockets`.

A session is what one TCP connection sends, in pieces; the pieces come from the grammars of HTTP, RFC 6455, Engine.IO 4
and Socket.IO 5, broken on purpose at one of these layers, or at several.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

Ending: TypeAlias = Literal["close", "reset", "hold"]
TEXT, BINARY, CLOSE, PING, PONG, CONTINUATION = 1, 2, 8, 9, 10, 0
SIZES = (0, 1, 2, 124, 125, 126, 127, 128, 1_000, 16_000, 65_535, 65_536, 200_001)
NUMBERS = (0, 1, -1, 2, 15, 16, 17, 255, 2**31 - 1, 2**31, 2**53, 2**63, 10**15, 10**16, 10**40)
PATHS = ("", "/exam,", "/nowhere,", "/exam?x=1,", "/exam", "/,", "//,", "/" + "x" * 3_000 + ",", "/\u00e9\U0001f600,")
EVENTS = ("frame", "later", "never", "echo", "fail", "bye", "renew_token", "connect", "disconnect", "__init__", "", "x")


@dataclass(frozen=True, slots=True)
class Session:
    family: str
    pieces: tuple[bytes, ...]
    """Each is sent by itself, a moment after the one before."""
    ending: Ending


def handshake(query: str = "EIO=4&transport=websocket", **changed: str | None) -> bytes:
    headers: dict[str, str | None] = {
        "Host": "yard",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"GET /socket.io/?{query} HTTP/1.1", *lines, "", ""]).encode()


def ws_frame(
    payload: bytes,
    opcode: int = TEXT,
    *,
    final: bool = True,
    masked: bool = True,
    length: int | None = None,
    rsv: int = 0,
) -> bytes:
    """A frame of a client; `length` is what it claims."""
    size = len(payload) if length is None else length
    mask_bit = 0x80 if masked else 0
    head = bytes([(0x80 if final else 0) | rsv << 4 | opcode])
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 1 << 16:
        head += bytes([mask_bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    mask = b"\x17\x2a\x00\xff"
    key = int.from_bytes((mask * (len(payload) // 4 + 1))[: len(payload)], "big")
    return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(len(payload), "big")


SID = b"SID-OF-A-SESSION"
"""Stands for the id of a session that polls, which whoever plays this opens first."""
OPEN = (handshake(), ws_frame(b'40{"token":"mallory"}'))


def _json(chance: Random, depth: int = 4) -> object:
    kind = chance.randrange(9 if depth else 6)
    if kind == 0:
        return chance.choice(NUMBERS)
    if kind == 1:
        return chance.choice(("", "x" * chance.choice(SIZES[:9]), "\ud83d", "\x00", "\u202e", "é"))
    if kind == 2:
        return chance.choice((None, True, False, 1.5e308, -0.0))
    if kind == 3:
        return {"_placeholder": True, "num": chance.choice((*NUMBERS, "0", None, True, 0.0, [], {}))}
    if kind in (4, 5):
        return {
            "number": chance.choice(NUMBERS),
            "jpeg": {"_placeholder": True, "num": chance.choice((0, 0, 1, 7, -1))},
        }
    if kind == 6:
        return [_json(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {str(chance.choice(NUMBERS)): _json(chance, depth - 1) for _ in range(chance.randrange(4))}


def _event(chance: Random) -> list[bytes]:
    """An event and what attachments it says, or others."""
    arguments = [chance.choice(EVENTS), *(_json(chance) for _ in range(chance.choice((1, 1, 1, 0, 2))))]
    body = json.dumps(arguments, ensure_ascii=chance.random() < 0.9).encode(errors="surrogatepass")
    path, number = chance.choice(PATHS[:2] * 4 + PATHS), chance.choice(("", "1", "7", str(chance.choice(NUMBERS))))
    attached = chance.choice((0, 0, 1, 1, 1, 2, 16, 17))
    head = f"45{attached}-" if attached else "42"
    sent = chance.choice((attached, attached, attached, 0, attached + 1))
    frames = [ws_frame(head.encode() + path.encode() + number.encode() + body)]
    return frames + [ws_frame(chance.randbytes(chance.choice(SIZES[:10])), BINARY) for _ in range(min(sent, 17))]


def _deep(chance: Random) -> bytes:
    depth = chance.choice((500, 1_000, 1_100, 5_000, 100_000))
    inside = b'{"_placeholder":true,"num":0}'
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    head = chance.choice((b'42["echo",', b'451-["echo",', b'42/exam,1["echo",'))
    return head + opening * depth + inside + closing * chance.choice((depth, depth, 0)) + b"]"


def _random_bytes(chance: Random) -> tuple[bytes, ...]:
    lead = chance.choice(((), OPEN[:1], OPEN, (b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n",)))
    return (*lead, *(chance.randbytes(chance.choice(SIZES)) for _ in range(chance.randrange(1, 6))))


def _bad_handshake(chance: Random) -> tuple[bytes, ...]:
    sent = chance.choice(
        (
            handshake(Sec_WebSocket_Key=None),
            handshake(Sec_WebSocket_Key="short"),
            handshake(Sec_WebSocket_Version="99"),
            handshake(Upgrade="h2c"),
            handshake(Connection="close"),
            handshake(Origin="http://elsewhere.example"),
            handshake(Origin="\x7f\u00ff"),
            handshake(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits=99, x;" * 20),
            handshake(Sec_WebSocket_Protocol="a, b, " * 200),
            handshake(X_Filler="x" * 20_000),
            handshake(Transfer_Encoding="chunked"),
            handshake(Content_Length="1000000"),
            handshake(X_Forwarded_For="not, an, address, " * 50),
            handshake("EIO=3&transport=websocket"),
            handshake("EIO=4"),
            handshake("EIO=4&transport=websocket&sid=nobody"),
            handshake("EIO=4&transport=websocket&sid=" + "x" * 5_000),
            handshake("EIO=4&transport=%00&sid=%ff%fe"),
            handshake("EIO=4&transport=polling", Upgrade=None, Connection=None),
            handshake("EIO=4&transport=websocket&j=0"),
        )
    )
    return (sent, *OPEN[1:], *_event(chance))


def _polling(chance: Random) -> tuple[bytes, ...]:
    body = b"\x1e".join(chance.choice((b"2probe", b"5", b"40", b'42["echo",{}]', b"bAAAA", b"x")) for _ in range(2_000))
    sid = chance.choice(("", "&sid=nobody", "&sid="))
    head = (
        f"POST /socket.io/?EIO=4&transport=polling{sid} HTTP/1.1\r\nHost: yard\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head.encode(), body, b"OPTIONS /socket.io/ HTTP/1.1\r\nHost: yard\r\n\r\n", handshake())


def _request(method: str, body: bytes = b"", *, length: int | None = None, sid: bytes = SID) -> bytes:
    size = len(body) if length is None else length
    head = b"%b /socket.io/?EIO=4&transport=polling&sid=%b HTTP/1.1\r\nHost: yard\r\nContent-Length: %d\r\n\r\n"
    return head % (method.encode(), sid, size) + body


def _payload(chance: Random) -> bytes:
    """What is posted: events as they are polled, and what no payload holds."""
    odd = (
        b"", b"0{}", b"1", b"2probe", b"3", b"5", b"6", b"b", b"b!", b"bAAA", b"bAAAA", b"x", b"41", b"40/nowhere,",
        b'40/exam,{"token":"bad"}', b'42["echo",{"data":1}]', b'421["never",{}]', b"\xff\xfe", b"d=42", b"43[1]",
        b'451-1["frame",{"number":1,"jpeg":{"_placeholder":true,"num":0}}]', b"b" + b"A" * 40_000, _deep(chance),
    )  # fmt: skip
    count = chance.choice((1, 2, 5, 20, 300, 2_000, 100_000))
    packets = [chance.choice(odd)] * count if count > 300 else [chance.choice(odd) for _ in range(count)]
    return b"\x1e".join(packets)[: 3 * 10**6]


def _posts(chance: Random) -> tuple[bytes, ...]:
    """A session that polls, joined as it should be, and then whatever; over one connection, one after another."""
    pieces = [_request("POST", b'40{"token":"mallory"}')]
    for _ in range(chance.randrange(1, 8)):
        body = _payload(chance)
        pieces.append(
            chance.choice(
                (
                    _request("POST", body),
                    _request("POST", body),
                    _request("POST", body, length=chance.choice((0, 1, len(body) + 10, 2**31, 2**63))),
                    _request("GET"),
                    _request("GET", body),
                    _request("OPTIONS"),
                    _request("DELETE"),
                    _request("POST", b'421["echo",{"data":1}]' + b'\x1e421["echo",{"data":1}]' * 900),
                    handshake("EIO=4&transport=polling&sid=" + SID.decode()),
                )
            )
        )
    return tuple(pieces)


def _polled_upgrades(chance: Random) -> tuple[bytes, ...]:
    """An upgrade that stops anywhere, goes back, or says what it should not."""
    said = [ws_frame(b"2probe"), ws_frame(b"5"), ws_frame(b'421["echo",{"data":1}]')]
    if chance.random() < 0.7:
        said.insert(
            chance.randrange(4),
            chance.choice((ws_frame(b"5"), ws_frame(b"2probe"), ws_frame(b"x", BINARY), ws_frame(b"", CLOSE), b"\xff")),
        )
    begun = chance.choice(((_request("POST", b'40{"token":"mallory"}'),), ()))
    return (*begun, handshake("EIO=4&transport=websocket&sid=" + SID.decode()), *said[: chance.randrange(5)])


def _slow(chance: Random) -> tuple[bytes, ...]:
    """A slowloris: a few bytes at a time, never all."""
    whole = chance.choice((handshake(), OPEN[0] + OPEN[1] + ws_frame(b"x" * 100_000)))
    until = chance.randrange(1, len(handshake()) - 1)
    return tuple(whole[at : at + 7] for at in range(0, until, 7))


def _broken_frames(chance: Random) -> tuple[bytes, ...]:
    pieces: list[bytes] = []
    for _ in range(chance.randrange(1, 6)):
        payload = chance.choice(
            (b"3", b"2probe", b'42["echo",{"data":1}]', chance.randbytes(chance.choice(SIZES[:10])))
        )
        pieces.append(
            chance.choice(
                (
                    ws_frame(payload, chance.randrange(16)),
                    ws_frame(payload, rsv=chance.randrange(1, 8)),
                    ws_frame(payload, masked=False),
                    ws_frame(payload, CONTINUATION, final=chance.random() < 0.5),
                    ws_frame(payload, chance.choice((TEXT, BINARY)), final=False),
                    ws_frame(payload, PING),
                    ws_frame(payload, PONG, final=False),
                    ws_frame(
                        struct.pack("!H", chance.choice((0, 999, 1000, 1005, 1006, 1015, 2999, 4999, 65535))), CLOSE
                    ),
                    ws_frame(b"\x03\xe8\xff\xfe", CLOSE),
                    ws_frame(b"x", CLOSE),
                    ws_frame(b"\xff\xfe\xc0\x80", TEXT),
                    ws_frame(payload, length=chance.choice((2**16, 2**20, 2**31, 2**32, 2**63 - 1, 2**64 - 1))),
                    ws_frame(payload)[: chance.randrange(1, 6)],
                )
            )
        )
    return (*OPEN, *pieces)


def _fragments(chance: Random) -> tuple[bytes, ...]:
    """A message in many frames, whole or not, with control frames and other messages between them."""
    payload = chance.choice((b'421["echo",{"data":"' + b"x" * 3_000 + b'"}]', b"x" * 300_000, b""))
    step = chance.choice((1, 7, 100, 5_000)) if len(payload) < 10_000 else 5_000
    parts = [payload[at : at + step] for at in range(0, len(payload), step)] or [b""]
    frames = [ws_frame(part, TEXT if at == 0 else CONTINUATION, final=False) for at, part in enumerate(parts)]
    frames += [ws_frame(b"", CONTINUATION, final=False)] * chance.choice((0, 5_000))
    frames.insert(chance.randrange(1, len(frames) + 1), chance.choice((ws_frame(b"", PING), ws_frame(b"3"), b"")))
    return (*OPEN, b"".join(frames), *chance.choice(((), (ws_frame(b"", CONTINUATION),))))


def _packets(chance: Random) -> tuple[bytes, ...]:
    """Events that are well formed and wrong."""
    frames = [frame for _ in range(chance.randrange(1, 40)) for frame in _event(chance)]
    return (*OPEN, b"".join(frames)) if chance.random() < 0.5 else (*OPEN, *frames[:20])


def _odd_packets(chance: Random) -> tuple[bytes, ...]:
    odd = (
        b"", b"0", b"1", b"2", b"2probe", b"3", b"3" * 500, b"4", b"5", b"6", b"9", b"b", b"40", b"41", b"41/exam,",
        b"40/exam,{}", b'40/exam,{"token":"bad"}', b"40/nowhere,", b"40{", b"43[]", b"431[1]", b"44",
        b'44{"message":1}', b"45-[]", b"450-[]", b'4599999999999-["frame",{}]', b'461-1["x"]', b"47", b'42["echo",',
        b"42" + b"9" * 16, b"42" + b"9" * 5_000 + b'["echo"]', '4\N{FULLWIDTH DIGIT TWO}["echo"]'.encode(),
        b'42["echo",1e999]',
        b'42["echo",{"data":NaN}]', b'42["echo",{"data":"\\ud83d"}]',
        b'42["echo",{"data":"' + b"\xff\xfe" + b'"}]', b"42/\xff\xfe,[]",
        b"42[" + b'"x",' * 60_000 + b"1]", b'42["echo",{' + b",".join(b'"%d":0' % n for n in range(30_000)) + b"}]",
        b'42["echo",{"data":' + b"9" * 50_000 + b"}]", _deep(chance), _deep(chance),
    )  # fmt: skip
    return (*OPEN, *(ws_frame(chance.choice(odd), chance.choice((TEXT, TEXT, TEXT, BINARY))) for _ in range(12)))


def _floods(chance: Random) -> tuple[bytes, ...]:
    frame = chance.choice(
        (
            ws_frame(b'421["never",{}]'),
            ws_frame(b'42["never",{}]'),
            ws_frame(b'42["echo",{"data":1}]'),
            ws_frame(b'42["fail",{}]'),
            ws_frame(b'42["nothing",{}]'),
            ws_frame(b'421["echo"]'),
            ws_frame(b"3"),
            ws_frame(b"6"),
            ws_frame(b"", PING),
            ws_frame(b"x" * 125, PING),
            ws_frame(b"43[1]"),
            ws_frame(b'40/exam,{"token":"x"}') + ws_frame(b"41/exam,"),
            ws_frame(b'40/exam,{"token":"bad"}'),
            ws_frame(b"40/nowhere,"),
            ws_frame(b"41"),
            ws_frame(b'42/nowhere,["echo",{}]'),
            ws_frame(b'451-1["frame",{"number":1,"jpeg":{"_placeholder":true,"num":0}}]')
            + ws_frame(b"x" * 500, BINARY),
            ws_frame(b'451-1["later",{"number":1,"jpeg":{"_placeholder":true,"num":0}}]') + ws_frame(b"x", BINARY),
        )
    )
    return (*OPEN, *[frame * 500] * chance.choice((1, 4, 10)))


def _unfinished(chance: Random) -> tuple[bytes, ...]:
    """Attachments that never come, and a close in the middle of a frame."""
    head = ws_frame(b'4516-1["frame",{"number":1,"jpeg":{"_placeholder":true,"num":0}}]')
    large = ws_frame(chance.randbytes(150_000), BINARY)
    return (*OPEN, head, *[large] * chance.choice((0, 1, 6, 15)), large[: chance.randrange(1, 150_000)])


def _upgrades(chance: Random) -> tuple[bytes, ...]:
    """What a client says that began by polling; and HTTP where websockets speak."""
    probes = [ws_frame(b"2probe"), ws_frame(b"2probe"), ws_frame(b"5"), ws_frame(b"6"), handshake(), ws_frame(b"40")]
    chance.shuffle(probes)
    return (OPEN[0], *probes)


def _mutated(chance: Random) -> tuple[bytes, ...]:
    """Something that was right, with bytes changed, taken away, doubled and cut where no boundary is."""
    whole = bytearray(b"".join((*OPEN[1:], *_event(chance), *_event(chance))))
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(whole))
        match chance.randrange(4):
            case 0:
                whole[at] = chance.randrange(256)
            case 1:
                del whole[at : at + chance.randrange(1, 20)]
            case 2:
                whole[at:at] = whole[at : at + chance.randrange(1, 50)]
            case _:
                whole[at] ^= 1 << chance.randrange(8)
        if not whole:
            break
    cuts = sorted(chance.randrange(len(whole) + 1) for _ in range(6))
    return (OPEN[0], *(bytes(whole[a:b]) for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)))


FAMILIES: dict[str, Callable[[Random], tuple[bytes, ...]]] = {
    "random bytes": _random_bytes,
    "bad handshake": _bad_handshake,
    "polling": _polling,
    "posts": _posts,
    "polled upgrades": _polled_upgrades,
    "slow": _slow,
    "broken frames": _broken_frames,
    "fragments": _fragments,
    "packets": _packets,
    "odd packets": _odd_packets,
    "floods": _floods,
    "unfinished": _unfinished,
    "upgrades": _upgrades,
    "mutated": _mutated,
}


def session(chance: Random, family: str | None = None) -> Session:
    chosen = family or chance.choice(list(FAMILIES))
    ending: Ending = chance.choice(("close", "close", "reset", "reset", "hold"))
    return Session(chosen, tuple(piece for piece in FAMILIES[chosen](chance) if piece), ending)
