"""The wire format, pure: Socket.IO 5 packets over Engine.IO 4, as finished websocket frames out and as text in.

After the protocol documents of socket.io (engine.io-protocol and socket.io-protocol, both at `socketio/socket.io`) and
RFC 6455 section 5.2. On a websocket every packet is a message of its own; what is polled is kept as its frames too.
"""

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

ATTACHMENTS_MAX = 16
_TEXT, _BINARY = 0x81, 0x82  # first byte of a final frame
# Kind, count of attachments (kinds 5 and 6 alone have one), namespace, number of the acknowledgement. Every part is
# anchored, so this reads a megabyte once.
_HEAD = re.compile(rb"4(?:([0-4])|([56])([0-9]{1,10})-)(?:(/[^,]*)(?:,|\Z))?([0-9]{1,16})?")
_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


class Kind(IntEnum):
    CONNECT = 0
    DISCONNECT = 1
    EVENT = 2
    ACK = 3
    CONNECT_ERROR = 4


_WITH_ATTACHMENTS = 3  # added to a kind that carries some
_KINDS = {b"%d" % kind: kind for kind in Kind} | {b"5": Kind.EVENT, b"6": Kind.ACK}


class Malformed(ValueError):
    """Not a packet that a client may send; its connection is closed."""


@dataclass(slots=True)
class Packet:
    """What a client sent; complete when `missing` is 0."""

    kind: Kind
    path: str
    id: bytes | None
    """The digits that its acknowledgement has to repeat; None when it asks for none."""
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


def split_frames(frames: bytes) -> list[bytes]:
    """The single frames of what `frame` and `encode` have made."""
    found, start = [], 0
    while start < len(frames):
        size_bytes, head_bytes = frames[start + 1], 2
        if size_bytes > 125:  # noqa: PLR2004  see `frame`
            head_bytes = 4 if size_bytes == 126 else 10  # noqa: PLR2004
            size_bytes = int.from_bytes(frames[start + 2 : start + head_bytes], "big")
        end = start + head_bytes + size_bytes
        found.append(frames[start:end])
        start = end
    return found


def polled(one_frame: bytes) -> str:
    """The packet of one frame as it stands in the answer to a poll."""
    head_bytes = {126: 4, 127: 10}.get(one_frame[1], 2)
    payload = one_frame[head_bytes:]
    return payload.decode() if one_frame[0] == _TEXT else "b" + b64encode(payload).decode()


def encode(kind: Kind, arguments: list[Any], path: str, packet_id: bytes = b"") -> bytes:
    """A packet and its attachments as the bytes that go on the wire; bytes anywhere in `arguments` are attachments.

    One string of bytes, so that nothing can come between a packet and its attachments. Raises TypeError for what JSON
    cannot hold.
    """
    where = packet_id if path == "/" else path.encode() + b"," + packet_id
    try:  # most carry none
        return frame(b"4%d%b%b" % (kind, where, orjson.dumps(arguments, option=orjson.OPT_NON_STR_KEYS)), _TEXT)
    except TypeError:
        return _encode_with_attachments(kind, arguments, where)


def _encode_with_attachments(kind: Kind, arguments: list[Any], where: bytes) -> bytes:
    attachments: list[bytes] = []

    def attach(value: object) -> dict[str, object]:
        if not isinstance(value, bytes | bytearray | memoryview):
            raise TypeError(f"{type(value).__name__} cannot be sent")
        attachments.append(bytes(value))
        return {"_placeholder": True, "num": len(attachments) - 1}

    body = orjson.dumps(arguments, default=attach, option=orjson.OPT_NON_STR_KEYS)
    head = b"4%d%d-" % (kind + _WITH_ATTACHMENTS, len(attachments))
    return b"".join((frame(head + where + body, _TEXT), *map(frame, attachments)))


def parse(text: bytes) -> Packet:
    """The packet in one text message; raises Malformed."""
    head = _HEAD.match(text)
    if head is None:
        raise Malformed("no Socket.IO packet")
    plain, with_attachments, count, path, packet_id = head.groups()
    missing = 0
    if count is not None:
        missing = int(count)
        if not 1 <= missing <= ATTACHMENTS_MAX:
            raise Malformed(f"{missing} attachments")
    rest = text[head.end() :]
    data = _read_json(rest) if rest else None
    return Packet(_KINDS[plain or with_attachments], _read_path(path) if path else "/", packet_id, data, missing)


def attach(packet: Packet, attachments: list[bytes]) -> None:
    """Put the attachments where the packet has placeholders for them; raises Malformed."""
    try:
        packet.data = _restore(packet.data, attachments)
    except RecursionError:
        raise Malformed("placeholders: too deep") from None
    packet.missing = 0


def _read_path(path: bytes) -> str:
    try:
        return path.partition(b"?")[0].decode()
    except UnicodeDecodeError:
        raise Malformed("a namespace that is no text") from None


def _read_json(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        # Half an emoji, as a page has that cuts a text at n characters: JSON may escape it, and it is refused as a text
        # where it is read. orjson would end the connection for it.
        if not _HALF_A_PAIR.search(text):
            raise Malformed(f"no JSON: {error.msg}") from None
    try:
        return json.loads(text.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"no JSON: {type(error).__name__}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _restore(node: Any, attachments: list[bytes]) -> Any:
    """In place: the packet is nobody else's."""
    if type(node) is dict:
        if node.get("_placeholder") is True:
            number = node.get("num")
            if type(number) is not int or not 0 <= number < len(attachments):
                raise Malformed("placeholders: no such attachment")
            return attachments[number]
        for key, value in node.items():
            if type(value) is dict or type(value) is list:
                node[key] = _restore(value, attachments)
    elif type(node) is list:
        for index, value in enumerate(node):
            if type(value) is dict or type(value) is list:
                node[index] = _restore(value, attachments)
    return node
