"""What the tests of pulls ask for."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from soc.db import Database
from tests.audit.ingest.pull import index as made
from tests.opensearch_node import OPENSEARCH, ask


@pytest.fixture
def index() -> Iterator[str]:
    """The name of an index of this test's own; it is not made yet."""
    if not OPENSEARCH:
        pytest.skip("needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set")
    name = f"pulled-{uuid4().hex[:10]}"
    yield name
    ask("DELETE", f"/{name}*?expand_wildcards=all&ignore_unavailable=true")


@pytest.fixture
def state(database: Database) -> Database:
    """The state of an installation that may pull from the test servers of this machine."""
    return made.here(database)
