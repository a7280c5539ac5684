"""An installation at work: accept batches, work them off, look at what is stored."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from audit.ingest.formats import ParseOptions
from audit.ingest.pipeline import Pipeline, work_off
from audit.ingest.receipts import Receipt
from audit.ingest.register import Incoming, accept
from audit.ingest.spool import Spool
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.logstore.delta import DeltaLogStore
from soc.logstore.port import SearchRequest

AT = "[22/Nov/2026:10:00:00 +0800]"


def nginx(*paths: str) -> bytes:
    """Return access log lines, one a path."""
    return "".join(f'10.0.0.1 - - {AT} "GET {path} HTTP/1.1" 200 5 "-" "x"\n' for path in paths).encode()


@dataclass(slots=True)
class Installation:
    """One installation's parts."""

    database: Database
    spool: Spool
    store: DeltaLogStore

    def send(self, body: bytes, *, org: str = "440000", name: str = "nginx", key: str | None = None) -> Receipt:
        """Accept one batch."""
        batch = Incoming(org, name, body, "test", key, ParseOptions())
        return accept(self.database, self.spool, batch, operator_actor)

    def pipeline(self) -> Pipeline:
        """Return a pipeline, as a fresh process would make it."""
        return Pipeline(self.database, self.database.settings, self.spool, self.store)

    def work(self) -> None:
        """Work off what waits."""
        work_off(self.database, self.database.settings, self.store)

    def stored(self, *columns: str) -> list[dict[str, Any]]:
        """Return what is stored, oldest first."""
        frame: pl.DataFrame = self.store.frame(
            SearchRequest(), list(columns or ("metadata.uid", "http_request.url.path"))
        )
        return frame.to_dicts()
