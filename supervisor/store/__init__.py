"""What survives a restart: SQLite or PostgreSQL behind one address."""

from supervisor.store.failures import StoreBusyError, StoreError, StoreUnusableError
from supervisor.store.store import Store

__all__ = ["Store", "StoreBusyError", "StoreError", "StoreUnusableError"]
