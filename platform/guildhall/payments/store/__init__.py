"""The collections of money; the only files here that query: `ledger`, `flows` (what is held, comes in, goes out)."""

from guildhall.payments.store.flows import FlowStore
from guildhall.payments.store.ledger import LedgerStore

__all__ = ["FlowStore", "LedgerStore"]
