"""The wire format, pure: Socket.IO 5 packets over Engine.IO 4, as finished websocket frames out and as text in.

After the protocol documents of socket.io (engine.io-protocol and socket.io-protocol, both at `socketio/socket.io`) and
RFC 6455 section 5.2. Only the websocket transport is spoken, so every packet is a message of its own.
"""

import json
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

ATTACHMENTS_MAX = 16
_TEXT, _BINARY = 0x81, 0x82  # first byte of a final frame
_MESSAGE = "4"
# Kind, count of attachments (kinds 5 and 6 alone have one), namespace, number of the acknowledgement. ASCII digits
# only: Python's `isdigit` takes the full-width ones as well. Every part is anchored, so this reads a megabyte once.
_HEAD = re.compile(r"4(?:([0-4])|([56])([0-9]{1,10})-)(?:(/[^,]*)(?:,|\Z))?([0-9]{1,16})?")
_HALF_A_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


class Kind(IntEnum):
    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4


_WITH_ATTACHMENTS = 3  # added to a kind that carries some


class Malformed(ValueError):
    """Not a packet that a client may send; its connection is closed."""


@dataclass(slots=True)
class Packet:
    """What a client sent; complete when `missing` is 0."""

    kind: Kind
    path: str
    id: int | None
    data: Any
    missing: int = 0
    """Attachments that are still to come."""


def frame(payload: bytes, first_byte: int = _BINARY) -> bytes:
    """A final, unmasked websocket frame."""
    size_bytes = len(payload)
    if size_bytes < 126:  # noqa: PLR2004  the three lengths of RFC 6455
        return bytes((first_byte, size_bytes)) + payload
    if size_bytes < 1 << 16:
        return b"%c\x7e%b%b" % (first_byte, size_bytes.to_bytes(2, "big"), payload)
    return b"%c\x7f%b%b" % (first_byte, size_bytes.to_bytes(8, "big"), payload)


def text_frame(text: str) -> bytes:
    return frame(text.encode(), _TEXT)


def encode(kind: Kind, arguments: list[Any], path: str, packet_id: int | None = None) -> bytes:
    """A packet and its attachments as the bytes that go on the wire; bytes anywhere in `arguments` are attachments.

    One string of bytes, so that nothing can come between a packet and its attachments. Raises TypeError for what JSON
    cannot hold.
    """
    attachments: list[bytes] = []

    def attach(value: object) -> dict[str, object]:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError(f"{type(value).__name__} cannot be sent")
        attachments.append(bytes(value))
        return {"_placeholder": True, "num": len(attachments) - 1}

    body = orjson.dumps(arguments, default=attach, option=orjson.OPT_NON_STR_KEYS)
    head = f"4{kind + _WITH_ATTACHMENTS}{len(attachments)}-" if attachments else f"4{int(kind)}"
    if path != "/":
        head += path + ","
    if packet_id is not None:
        head += str(packet_id)
    text = frame(head.encode() + body, _TEXT)
    return b"".join((text, *map(frame, attachments))) if attachments else text


def parse(text: str) -> Packet:
    """The packet in one text message; raises Malformed."""
    head = _HEAD.match(text)
    if head is None:
        raise Malformed("no Socket.IO packet")
    plain, with_attachments, count, path, packet_id = head.groups()
    missing = int(count) if count else 0
    if count and not 1 <= missing <= ATTACHMENTS_MAX:
        raise Malformed(f"{missing} attachments")
    kind = Kind(int(plain) if plain else int(with_attachments) - _WITH_ATTACHMENTS)
    rest = text[head.end() :]
    data = _read_json(rest) if rest else None
    return Packet(kind, (path or "/").partition("?")[0], int(packet_id) if packet_id else None, data, missing)


def attach(packet: Packet, attachments: list[bytes]) -> None:
    """Put the attachments where the packet has placeholders for them; raises Malformed."""
    try:
        packet.data = _restore(packet.data, attachments)
    except (IndexError, TypeError, KeyError, RecursionError) as error:
        raise Malformed(f"placeholders: {type(error).__name__}") from None
    packet.missing = 0


def _read_json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        # Half an emoji, as a page has that cuts a text at n characters: JSON may escape it, and it is refused as a text
        # where it is read. orjson would end the connection for it.
        if not _HALF_A_PAIR.search(text):
            raise Malformed(f"no JSON: {error.msg}") from None
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"no JSON: {type(error).__name__}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _restore(node: Any, attachments: list[bytes]) -> Any:
    if type(node) is list:
        return [_restore(item, attachments) for item in node]
    if type(node) is dict:
        if node.get("_placeholder") is True:
            return attachments[node["num"]]
        return {key: _restore(value, attachments) for key, value in node.items()}
    return node
