"""What the tests of ingest ask for."""

from collections.abc import Iterator

import pytest

import soc.accounts.models
import soc.ledger.models  # noqa: F401 - the schema is made from every model that is imported
from audit.ingest.pipeline import spool_of
from soc.db import Database
from soc.logstore.delta import DeltaLogStore
from tests.audit.ingest.at_work import Installation


@pytest.fixture
def at_work(database: Database) -> Iterator[Installation]:
    """A fresh installation, with its spool and an embedded log store."""
    spool = spool_of(database.settings)
    yield Installation(database, spool, DeltaLogStore(database.settings.home))
    spool.close()
