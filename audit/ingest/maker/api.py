"""``/api/v1/log-formats``: an organisation's own log formats for scripts."""

from audit.ingest.maker.document import DOCUMENT
from soc.versions.api import document_api

bp = document_api("log_formats", __name__, "log-formats", DOCUMENT)
