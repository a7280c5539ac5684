"""Work in the background: comparing the sketches of all items, after a scan made new ones."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.clock import now
from soc.identity.actor import Actor
from soc.jobs import JobContext, JobRun, RunStatus, enqueue
from soc.ledger.places import compare_places, known_sketches, pairs_of
from soc.ledger.sketches import LedgerSketch, LedgerTwin
from soc.ledger.values import SourceScanned

PLACES = "ledger.places"


def order_comparison(session: Session, actor: Actor, event: SourceScanned) -> None:
    """Order a comparison after a scan, where there is anything to compare and none waits already."""
    has_any = (
        session.scalars(select(LedgerSketch.id).limit(1)).first() or session.scalars(select(LedgerTwin.id)).first()
    )
    waits = select(JobRun.id).where(JobRun.job == PLACES, JobRun.status == RunStatus.QUEUED)
    if has_any and session.scalars(waits.limit(1)).first() is None:
        enqueue(session, actor, PLACES, {})


def compare(context: JobContext) -> None:
    """Find the items that hold the same values; the comparing is done outside the transaction that keeps it."""
    with context.database.read() as session:
        known = known_sketches(session)
    context.progress(0, len(known))
    pairs = pairs_of(known)
    with context.database.write() as session:
        compare_places(session, context.actor(session), pairs, at=now())
