"""Typed Socket.IO: the only package that imports python-socketio, and all of its traps are fenced in here.

Read in this order: `namespace` and `events` (what a domain writes), `server` (what the composition root holds),
`connections` and `reception` (what happens to a packet), `wire` (the library).
"""

from guildhall.kit.sockets.events import Limit, on
from guildhall.kit.sockets.handshake import NEW_PAGE, Handshake, PageSaid
from guildhall.kit.sockets.messages import Message
from guildhall.kit.sockets.namespace import Namespace
from guildhall.kit.sockets.peer import Peer
from guildhall.kit.sockets.revocation import RevocationFeed, SessionsRevoked
from guildhall.kit.sockets.server import SocketServer
from guildhall.kit.sockets.settings import SocketSettings

__all__ = [
    "NEW_PAGE",
    "Handshake",
    "Limit",
    "Message",
    "Namespace",
    "PageSaid",
    "Peer",
    "RevocationFeed",
    "SessionsRevoked",
    "SocketServer",
    "SocketSettings",
    "on",
]
