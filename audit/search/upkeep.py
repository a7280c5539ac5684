"""The log store's upkeep: small files merged, old events and old originals let go."""

from audit.ingest.archive import let_go, outlived
from audit.ingest.pipeline import spool_of
from soc.acting import SystemPath
from soc.clock import now
from soc.jobs import JobContext
from soc.trail import Act, Subject, record


def maintain(context: JobContext) -> None:
    """Keep the store fast and small."""
    context.store().maintain()


def retain(context: JobContext) -> None:
    """Remove originals and events that are older than the installation keeps them.

    What is about to go is told in the trail first: what happens to the store cannot be rolled back.
    """
    _retain_originals(context)
    until = now() - context.settings.retention
    with context.database.write() as session:
        subject = Subject("log_store", "events")
        record(session, context.actor(session), Act.LOGS_DELETED, subject, after={"before": until.isoformat()})
    context.store().delete_before(until)


def _retain_originals(context: JobContext) -> None:
    """Remove the archived segments whose last batch is too old; a day without any leaves no entry."""
    until, spool = now() - context.settings.originals, spool_of(context.settings)
    old = outlived(context.database.acting_for(SystemPath.INGEST), spool, until)
    if not old:
        return
    with context.database.write() as session:
        told = {"before": until.isoformat(), "segments": len(old)}
        record(session, context.actor(session), Act.LOGS_DELETED, Subject("log_store", "originals"), after=told)
    let_go(spool, old)
