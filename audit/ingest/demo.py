"""The demo's logs, taken in as any file is."""

from audit.ingest.followers import ingest_file
from audit.ingest.formats import ParseOptions
from config.settings import Settings
from soc.db import Database
from soc.demo.embedded import logs


def ingest_logs(database: Database, settings: Settings) -> None:
    """Take in the month of the web server and of the database."""
    for format_name, path in logs(settings):
        ingest_file(database, settings, path, format_name, None, ParseOptions())
