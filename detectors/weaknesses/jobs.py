"""Looking at sources in the background: one that somebody ordered, all of them weekly; exceptions end on their day."""

from uuid import UUID

from sqlalchemy import select

from detectors.weaknesses.looking import behind, look
from detectors.weaknesses.service import expire, store_looks
from soc.clock import now
from soc.db import Database
from soc.errors import SocError
from soc.identity.actor import Actor
from soc.jobs import JobContext, enqueue
from soc.ledger.models import Source
from soc.ledger.sources import url_of
from soc.logstore.port import LogStore
from soc.tiers.models import Organisation

LOOK = "weaknesses.look"


def look_at(context: JobContext) -> None:
    """Look at the source that ``params["source"]`` names.

    Raises:
        SocError: the source does not answer; nothing is closed then.
    """
    with context.database.read() as session:
        actor = context.actor(session)
    look_and_keep(context.database, actor, UUID(context.params["source"]), context.store())


def look_and_keep(database: Database, actor: Actor, source_id: UUID, store: LogStore | None) -> dict[str, int]:
    """Look without any transaction open, then keep what was seen; return the counts."""
    with database.read() as session:
        source = session.get_one(Source, source_id)
        # the log of a database may have come in above or below the organisation of the source
        orgs = frozenset(session.scalars(select(Organisation.code)))
        known, address = behind(session, source, store, orgs), url_of(database.settings, source)
    seen = look(source, address, known, today=now().date())
    with database.write() as session:
        run = store_looks(session, actor, session.get_one(Source, source_id), seen)
        return {"looked": run.looked, "found": run.found, "closed": run.closed, "unseen": len(run.unseen)}


def order_all(context: JobContext) -> None:
    """Order a look at every source (weekly), each as a run of its own."""
    with context.database.write() as session:
        actor = context.actor(session)
        for source in session.scalars(select(Source).where(Source.removed_at.is_(None)).order_by(Source.name)):
            enqueue(session, actor, LOOK, {"source": str(source.id)}, org=source.org)


def end_exceptions(context: JobContext) -> None:
    """Open every exception whose day has come."""
    with context.database.write() as session:
        expire(session, context.actor(session), at=now())


__all__ = ["LOOK", "SocError", "end_exceptions", "look_and_keep", "look_at", "order_all"]
