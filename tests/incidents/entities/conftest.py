"""A store that nobody else uses, of each kind; and a store that counts what it is asked."""

from typing import Any

from soc.logstore.port import LogStore
from tests.audit.search.conftest import either_store

__all__ = ["either_store"]


class Counting:
    """A store that says how often it was asked something."""

    def __init__(self, store: LogStore) -> None:
        self.store, self.asked = store, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self.store, name)
