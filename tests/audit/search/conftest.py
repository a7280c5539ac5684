"""A store that nobody else uses, of each kind."""

from collections.abc import Iterator
from pathlib import Path

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
