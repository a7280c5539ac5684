"""Every log store in turn; a cluster where ``SOC_TEST_OPENSEARCH_URL`` names one."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from soc.logstore.port import LogStore


@pytest.fixture(scope="module", params=["delta", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogStore]:
    """A store shared by a module's tests, each of which keeps to organisations of its own."""
    if request.param == "delta":
        yield embedded(tmp_path_factory.mktemp("home"))
    else:
        yield from cluster()


@pytest.fixture(params=["delta", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def own_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LogStore]:
    """A store that nobody else uses."""
    if request.param == "delta":
        yield embedded(tmp_path)
    else:
        yield from cluster()


def embedded(home: Path) -> LogStore:
    """Return the embedded store of a home."""
    from soc.logstore.delta import DeltaLogStore

    return DeltaLogStore(home)


def cluster() -> Iterator[LogStore]:
    """Yield a store on a stream of its own, and remove it."""
    from soc.logstore.cluster import connected
    from soc.logstore.opensearch import OpenSearchLogStore

    url = os.environ.get("SOC_TEST_OPENSEARCH_URL")
    if not url:
        pytest.skip("needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set")
    stream = f"guanlan-test-{uuid4().hex[:12]}"
    yield OpenSearchLogStore(url, stream)
    client = connected(url)
    client.indices.delete_data_stream(name=stream, ignore=[404])
    client.indices.delete_index_template(name=stream, ignore=[404])
