"""The log store's upkeep: small files merged, old events let go."""

from soc.clock import now
from soc.jobs import JobContext
from soc.trail import Act, Subject, record


def maintain(context: JobContext) -> None:
    """Keep the store fast and small."""
    context.store().maintain()


def retain(context: JobContext) -> None:
    """Remove events that are older than the installation keeps them.

    What is about to go is told in the trail first: what happens to the store cannot be rolled back.
    """
    until = now() - context.settings.retention
    with context.database.write() as session:
        subject = Subject("log_store", "events")
        record(session, context.actor(session), Act.LOGS_DELETED, subject, after={"before": until.isoformat()})
    context.store().delete_before(until)
