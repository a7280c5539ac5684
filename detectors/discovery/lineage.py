"""The lineage that a database itself tells: its views and its foreign keys."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.discovery.sources.database import engine_of, reaching
from soc.clock import now
from soc.errors import SocError
from soc.identity.actor import Actor
from soc.jobs import JobContext, JobRun, RunStatus, enqueue
from soc.ledger.lineage.edges import Column, Edge, Origin, Transform
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.lineage.names import names_within
from soc.ledger.lineage.selects import Catalogue
from soc.ledger.lineage.service import DIALECT_OF, Place, store_edges
from soc.ledger.lineage.statements import edges_of
from soc.ledger.models import Source
from soc.ledger.sources import url_of
from soc.ledger.values import SourceScanned

_log = logging.getLogger(__name__)
JOB = "discovery.lineage"
_SYSTEM = frozenset({"information_schema", "pg_catalog", "mysql", "performance_schema", "sys", "pg_toast"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a database tells of itself: views with their statements, and which columns refer to which."""

    views: dict[str, str] = field(default_factory=dict)
    keys: list[Edge] = field(default_factory=list)


def order_reading(session: Session, actor: Actor, event: SourceScanned) -> None:
    """Order a reading of the views and keys of a database that was scanned."""
    source = session.get(Source, UUID(event.source_id))
    if source is None or source.kind not in DIALECT_OF:
        return
    waiting = select(JobRun).where(JobRun.job == JOB, JobRun.status == RunStatus.QUEUED)
    if not any(run.params.get("source") == str(source.id) for run in session.scalars(waiting)):
        enqueue(session, actor, JOB, {"source": str(source.id)}, org=source.org)


def read_lineage(context: JobContext) -> None:
    """Read views and keys of the source that ``params["source"]`` names into the lineage.

    Raises:
        SocError: the source does not answer.
    """
    with context.database.read() as session:
        source = session.get(Source, UUID(context.params["source"]))
        if source is None or source.removed_at is not None:
            return
        address = url_of(context.settings, source)
        known = names_within(session, context.actor(session)).catalogue(source.id)
    told = ask(address)
    edges = view_edges(told.views, DIALECT_OF[source.kind], known)
    with context.database.write() as session:
        source = session.get_one(Source, source.id)
        actor, place = context.actor(session), Place(source.org, source)
        names = names_within(session, actor)
        every = LedgerEdge.source_id == source.id
        store_edges(session, actor, place, Origin.VIEW, edges, names, replaced=every, at=now())
        store_edges(session, actor, place, Origin.FOREIGN_KEY, told.keys, names, replaced=every, at=now())


def ask(address: str) -> Told:
    """Ask a database for its views and foreign keys, in a session that only reads."""
    from sqlalchemy import inspect

    engine = engine_of(address)
    told = Told()
    with reaching(engine) as connection:
        inspector = inspect(connection)
        for schema in _schemas(inspector, engine.dialect.name):
            for name in (*inspector.get_view_names(schema), *_materialised(inspector, schema)):
                text = _definition(inspector, name, schema)
                if text:
                    told.views[f"{schema}.{name}" if schema else name] = text
            told.keys.extend(_keys(inspector, schema))
    engine.dispose()
    return told


def _schemas(inspector: Any, dialect: str) -> list[str | None]:
    if dialect == "sqlite":
        return [None]
    names = [one for one in inspector.get_schema_names() if one.lower() not in _SYSTEM and not one.startswith("pg_")]
    if dialect in {"mysql", "mariadb"} and inspector.default_schema_name:
        # a source that names a database is that database; others of the server are none of its business
        return [inspector.default_schema_name]
    return list(names)


def _materialised(inspector: Any, schema: str | None) -> list[str]:
    try:
        return list(inspector.get_materialized_view_names(schema))
    except NotImplementedError:
        return []


def _definition(inspector: Any, name: str, schema: str | None) -> str:
    """A view's statement; of one that may not be read there is none."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return str(inspector.get_view_definition(name, schema) or "")
    except (SQLAlchemyError, SocError, NotImplementedError) as error:
        _log.info("a view's statement cannot be read", extra={"reason": type(error).__name__})
        return ""


def _keys(inspector: Any, schema: str | None) -> Iterator[Edge]:
    for (own_schema, table), keys in inspector.get_multi_foreign_keys(schema=schema).items():
        for key in keys:
            referred = _dotted(key.get("referred_schema") or own_schema, key["referred_table"])
            for mine, theirs in zip(key["constrained_columns"], key["referred_columns"], strict=False):
                upstream, downstream = (
                    Column(referred, theirs.lower()),
                    Column(_dotted(own_schema, table), mine.lower()),
                )
                yield Edge(upstream, downstream, Transform.IDENTITY, detail=str(key.get("name") or ""))


def _dotted(schema: str | None, table: str) -> str:
    return f"{schema}.{table}".lower() if schema else table.lower()


def view_edges(views: dict[str, str], dialect: str, known: Catalogue) -> list[Edge]:
    """The edges of views; a view whose statement cannot be read has none."""
    edges: list[Edge] = []
    for name, text in views.items():
        statement = text if text.lstrip()[:6].upper() == "CREATE" else f"CREATE VIEW {_quoted(name, dialect)} AS {text}"
        read = edges_of(statement, dialect, known)
        table = name.lower()
        edges += [
            Edge(one.upstream, Column(table, one.downstream.name), one.transform, one.guessed, name)
            for one in read.edges
        ]
    return edges


def _quoted(name: str, dialect: str) -> str:
    mark = "`" if dialect in {"mysql", "hive", "spark", "clickhouse"} else '"'
    return ".".join(f"{mark}{part.replace(mark, mark * 2)}{mark}" for part in name.split("."))
