"""The verbs of gigs."""

from guildhall.gigs.service.opening import Opening
from guildhall.gigs.store import GigsStore
from guildhall.kit.clock import Clock

__all__ = ["GigsService"]


class GigsService:
    """Made by the composition root."""

    def __init__(self, store: GigsStore, clock: Clock) -> None:
        self.store = store
        self.opening = Opening(store, clock)
