"""Keeping the events behind an incident: what the log store says of them, sealed, with its digests.

The store's rows are masked already; they are kept as JSON lines, oldest first, so that the same
events always make the same bytes.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.alerts.models import Alert, AlertFinding
from incidents.cases.evidence import Exhibit, evidence_of, take_evidence
from incidents.cases.models import Incident
from playbooks.actions.result import Result, failed
from playbooks.actions.verbs import Order
from soc.clock import now
from soc.db import Database
from soc.identity.actors import job_actor
from soc.logstore import open_store
from soc.logstore.port import PAGE_LIMIT, Event, SearchRequest
from soc.logstore.query import EVERYTHING, Term, any_of
from soc.text import LANGUAGES, t

_SLACK = timedelta(hours=1)


def snapshot(database: Database, order: Order) -> Result:
    """Seal the events of the run's incident as evidence, once for each invocation."""
    if order.incident_id is None:
        return failed("playbooks.snapshot.no_incident")
    with database.read() as session:
        incident = session.get_one(Incident, order.incident_id)
        name = f"events-{order.step_run_id}.jsonl"
        taken = next((one for one in evidence_of(session, incident) if one.name == name), None)
        if taken is not None:  # the worker died after sealing and before saying so
            return _done(taken.sha256, taken.sm3, taken.size)
        request = _request(session, incident)
    if request is None:
        return failed("playbooks.snapshot.no_events")
    lines = [_line(one) for one in reversed(open_store(database.settings).search(request).events)]
    if not lines:
        return failed("playbooks.snapshot.no_events")
    told = " / ".join(t("playbooks.snapshot.described", lang, count=len(lines)) for lang in LANGUAGES)
    exhibit = Exhibit(name, b"\n".join(lines) + b"\n", told)
    return _keep(database, order.incident_id, exhibit)


def _keep(database: Database, incident_id: UUID, exhibit: Exhibit) -> Result:
    with database.write() as session:
        taken = take_evidence(session, job_actor(session, "playbooks"), incident_id, exhibit, at=now())
        return _done(taken.sha256, taken.sm3, taken.size)


def _done(sha256: str, sm3: str, size: int) -> Result:
    outcome: Mapping[str, str | int] = {"sha256": sha256, "sm3": sm3, "bytes": size}
    return Result(ok=True, outcome=outcome, results={"__sha256__": sha256, "__sm3__": sm3})


def _request(session: Session, incident: Incident) -> SearchRequest | None:
    """Ask for exactly the events its findings name, whoever's log told of them.

    A county's person may have read the province's database: the events then stand in the province's
    log, and the finding, which this incident owns, names them one by one. Nothing else is reached.
    """
    query = select(AlertFinding).join(Alert, Alert.id == AlertFinding.alert_id)
    findings = session.scalars(query.where(Alert.incident_id == incident.id)).all()
    uids = list(dict.fromkeys(uid for one in findings for uid in one.events))[:PAGE_LIMIT]
    if not uids:
        return None
    return SearchRequest(
        query=any_of(*(Term("metadata.uid", uid) for uid in uids)),
        since=min(one.first_at for one in findings) - _SLACK,
        until=max(one.last_at for one in findings) + _SLACK,
        scope=EVERYTHING,
        limit=PAGE_LIMIT,
    )


def _line(event: Event) -> bytes:
    told = {name: value for name, value in event.items() if value is not None and value != []}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS, default=str)
