"""How many may be here at once: transports of one address, peers of one subject."""

from collections import Counter, OrderedDict

from guildhall.kit.addresses import limited_as


class AddressCap:
    """REFUSE_NEWEST: an address that is full gets no further transport, whether or not its others have a peer."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()
        self._places: dict[str, str] = {}

    def enter(self, transport_id: str, address: str) -> bool:
        """Take a place; False when there is none."""
        place = limited_as(address)
        if self._open[place] >= self._most:
            return False
        self._open[place] += 1
        self._places[transport_id] = place
        return True

    def leave(self, transport_id: str) -> None:
        place = self._places.pop(transport_id, None)
        if place is None:
            return
        self._open[place] -= 1
        if not self._open[place]:
            del self._open[place]


class SubjectCap:
    """CLOSE_OLDEST: a subject that reconnects from a bad network is never locked out by its own dead connections."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._peers: dict[str, OrderedDict[str, None]] = {}

    def enter(self, subject: str, peer_id: str) -> str | None:
        """Take a place; the peer that has to go for it, if one has."""
        peers = self._peers.setdefault(subject, OrderedDict())
        peers[peer_id] = None
        return next(iter(peers)) if len(peers) > self._most else None

    def leave(self, subject: str, peer_id: str) -> None:
        peers = self._peers.get(subject, OrderedDict())
        peers.pop(peer_id, None)
        if not peers:
            self._peers.pop(subject, None)
