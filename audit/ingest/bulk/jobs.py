"""Upkeep of the ids of documents."""

from datetime import timedelta

from audit.ingest.bulk.service import forget
from soc.clock import now
from soc.jobs import JobContext

#: shippers try again for days at most
_KEEP = timedelta(days=7)


def forget_job(context: JobContext) -> None:
    """Forget ids that are old; the worker calls it every hour."""
    with context.database.write() as session:
        forget(session, now() - _KEEP)
