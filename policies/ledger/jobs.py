"""Work in the background: comparing sketches, letting levels flow, reading the lineage in query logs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.clock import now
from soc.identity.actor import Actor
from soc.jobs import JobContext, JobRun, RunStatus, enqueue
from soc.ledger.lineage.edges import Edge, Origin
from soc.ledger.lineage.flow import propose_levels
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.lineage.names import names_within
from soc.ledger.lineage.selects import Catalogue
from soc.ledger.lineage.service import Place, resolve_again, store_edges
from soc.ledger.lineage.statements import edges_of
from soc.ledger.models import Source
from soc.ledger.places import compare_places, known_sketches, pairs_of
from soc.ledger.sketches import LedgerSketch, LedgerTwin
from soc.ledger.values import ItemDecided, SourceScanned
from soc.logstore.port import SearchRequest
from soc.logstore.query import Exists, FullText, all_of, any_of
from soc.trail import Act, Subject, record

LEVELS = "ledger.levels"
_DAYS = 2
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


def order_levels(session: Session, actor: Actor, event: ItemDecided) -> None:
    """Let levels flow on after an owner's word; many words at once are one run."""
    waits = select(JobRun.id).where(JobRun.job == LEVELS, JobRun.status == RunStatus.QUEUED)
    if session.scalars(select(LedgerEdge.id).limit(1)).first() and session.scalars(waits.limit(1)).first() is None:
        enqueue(session, actor, LEVELS, {})


def flow(context: JobContext) -> None:
    """Propose the level of graded data for what is made of it."""
    with context.database.write() as session:
        count = propose_levels(session, at=now())
        if count:
            actor = context.actor(session)
            subject = Subject(LedgerEdge.__tablename__, "all", actor.org)
            record(session, actor, Act.ITEM_PROPOSED, subject, after={"items": count})


def lead_edges(session: Session, actor: Actor, event: SourceScanned) -> None:
    """After a scan: lead edges to the items that it brought."""
    source = session.get(Source, UUID(event.source_id))
    if source is None or not resolve_again(session, actor, source):
        return
    proposals = propose_levels(session, at=now())
    record(session, actor, Act.LINEAGE_STORED, source, after={"proposals": proposals})


def read_query_logs(context: JobContext) -> None:
    """Read the statements of yesterday and today that move data from table to table, each shape once."""
    days = int(context.params.get("days", _DAYS))
    words = any_of(*(FullText((word,)) for word in ("insert", "create", "merge", "update", "copy")))
    query = all_of(Exists("query_info.uid"), words)
    request = SearchRequest(query=query, since=now() - timedelta(days=days))
    columns = ["guanlan.org", "query_info.uid", "query_info.query_string", "metadata.log_name"]
    frame = context.store().frame(request, columns).unique(["guanlan.org", "query_info.uid"], maintain_order=True)
    with context.database.write() as session:
        actor = context.actor(session)
        names = names_within(session, actor)
        known = names.catalogue(None)
        for (org,), shapes in frame.group_by(["guanlan.org"], maintain_order=True):
            edges = [edge for row in shapes.iter_rows(named=True) for edge in _edges(row, known)]
            if edges:
                store_edges(session, actor, Place(str(org)), Origin.QUERY_LOG, edges, names, at=now())


def _edges(row: dict[str, Any], known: Catalogue) -> list[Edge]:
    dialect = "mysql" if "mysql" in str(row["metadata.log_name"]) else "postgres"
    read = edges_of(row["query_info.query_string"] or "", dialect, known)
    return [replace(edge, detail=str(row["query_info.uid"])) for edge in read.edges]
