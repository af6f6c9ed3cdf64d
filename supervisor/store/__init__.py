"""What survives a restart: SQLite or PostgreSQL behind one address."""

from supervisor.store.failures import StoreBusyError, StoreError, StoreUnusableError
from supervisor.store.ledger import Ledger, LedgerUnavailableError
from supervisor.store.store import Store

__all__ = ["Ledger", "LedgerUnavailableError", "Store", "StoreBusyError", "StoreError", "StoreUnusableError"]
