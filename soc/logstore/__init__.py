"""The log store: events in, typed queries out, the same answers on every store."""

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings
    from soc.logstore.port import LogStore


def open_store(settings: "Settings") -> "LogStore":
    """Return the store the settings choose: the cluster when it is named, else the embedded one.

    A process has one store of each home, so that what it has read of the table is kept.
    """
    return _opened(settings.home, settings.opensearch_url, settings.opensearch_shards, os.getpid())


@lru_cache(maxsize=4)
def _opened(home: Path, cluster: str | None, shards: int, _process: int) -> "LogStore":
    if cluster:
        from soc.logstore.opensearch import OpenSearchLogStore

        return OpenSearchLogStore(cluster, shards=shards)
    from soc.logstore.delta import DeltaLogStore

    return DeltaLogStore(home)
