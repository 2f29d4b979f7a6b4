"""A market whose sides have webhooks."""

from tests.guildhall.opportunities.conftest import any_market, market, mongo_servers

__all__ = ["any_market", "market", "mongo_servers"]
