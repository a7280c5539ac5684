"""A store that nobody else uses, of each kind; and a store that counts what it is asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from soc.logstore.port import LogStore
from tests.contract.conftest import cluster, embedded


@pytest.fixture(params=["delta", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def either_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LogStore]:
    """The embedded store, and the cluster."""
    if request.param == "delta":
        yield embedded(tmp_path)
    else:
        yield from cluster()


class Counting:
    """A store that says how often it was asked something."""

    def __init__(self, store: LogStore) -> None:
        self.store, self.asked = store, 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self.store, name)
