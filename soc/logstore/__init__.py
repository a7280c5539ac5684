"""The log store: events in, typed queries out, the same answers on every store."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings
    from soc.logstore.port import LogStore


def open_store(settings: "Settings") -> "LogStore":
    """Open the store the settings choose: the cluster when it is named, else the embedded one."""
    if settings.opensearch_url:
        from soc.logstore.opensearch import OpenSearchLogStore

        return OpenSearchLogStore(settings.opensearch_url)
    from soc.logstore.delta import DeltaLogStore

    return DeltaLogStore(settings.home)
