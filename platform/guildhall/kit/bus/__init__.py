"""Messages between processes, or within the only one: hints that something has been stored, never the thing itself."""

from guildhall.kit.bus.bus import Bus, BusSettings, Subscription
from guildhall.kit.bus.in_process import InProcessBus
from guildhall.kit.bus.redis import RedisBus

__all__ = ["Bus", "BusSettings", "InProcessBus", "RedisBus", "Subscription", "open_bus"]


def open_bus(settings: BusSettings) -> Bus:
    """The bus that the settings name, not started yet; the composition root calls this."""
    return InProcessBus() if settings.redis_url is None else RedisBus(settings.redis_url)
