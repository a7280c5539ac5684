"""An incident as one document: for the report to whoever is above, and for the records."""

from typing import Any

from sqlalchemy.orm import Session

from incidents.cases.clocks import clocks_of, title_of
from incidents.cases.evidence import chain_of, evidence_of, unbroken
from incidents.cases.models import Incident
from incidents.cases.service import alerts_of
from incidents.cases.tasks import tasks_of
from incidents.cases.timeline import entries_of
from incidents.deadlines import duties, rule_of
from soc.identity.actor import Actor
from soc.text import Message, language
from soc.trail import Act, record


def line_of(incident: Incident) -> dict[str, Any]:
    """Return an incident's line in a list."""
    return {
        "id": str(incident.id),
        "number": incident.number,
        "org": incident.org,
        "title": Message.from_json(incident.title).render(),
        "category": incident.category,
        "status": incident.status.value,
        "level": incident.level.value,
        "level_confirmed": incident.level_confirmed.value if incident.level_confirmed else None,
        "data_level": incident.data_level,
        "score": incident.score,
        "held_by": incident.held_by,
        "commander": incident.commander,
        "discovered_at": incident.discovered_at,
        "opened_at": incident.opened_at,
        "closed_at": incident.closed_at,
    }


def document_of(session: Session, actor: Actor, incident: Incident) -> dict[str, Any]:
    """Return everything of an incident that the actor sees, but the evidence's bytes."""
    return line_of(incident) | {
        "exposure": _exposure(incident),
        "facts": incident.facts,
        "review": incident.review,
        "alerts": [
            {
                "alert_id": str(one.id),
                "score": one.score,
                "title": Message.from_json(one.title).render(),
                "reasons": [Message.from_json(reason).render() for reason in one.reasons],
            }
            for one in alerts_of(session, actor, incident)
        ],
        "clocks": [_clock(one) for one in clocks_of(session, incident)],
        "duties": [{"title": one.title(language()), "basis": one.basis, "mark": one.mark.value} for one in duties()],
        "tasks": [
            {
                "title": one.title,
                "kind": one.kind.value,
                "status": one.status.value,
                "org": one.org,
                "due_at": one.due_at,
                "result": one.result,
            }
            for one in tasks_of(session, actor, incident)
        ],
        "evidence": [_evidence(session, one) for one in evidence_of(session, incident)],
        "timeline": [
            {"at": one.at, "who": one.who, "text": Message.from_json(one.text).render()}
            for one in entries_of(session, actor, incident)
        ],
    }


def export_incident(session: Session, actor: Actor, incident: Incident) -> dict[str, Any]:
    """Return the document and write down that it was taken."""
    document = document_of(session, actor, incident)
    record(session, actor, Act.INCIDENT_EXPORTED, incident)
    return document


def _exposure(incident: Incident) -> dict[str, Any]:
    return {"rows": incident.rows.as_json(), "persons": incident.persons.as_json()}


def _clock(clock: Any) -> dict[str, Any]:
    rule = rule_of(clock.rule_id)
    return {
        "rule_id": clock.rule_id,
        "title": title_of(clock),
        "basis": rule.basis if rule else None,
        "mark": rule.mark.value if rule else None,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "met_at": clock.met_at,
        "missed_at": clock.missed_at,
        "receipt": clock.receipt,
        "superseded_at": clock.superseded_at,
    }


def _evidence(session: Session, evidence: Any) -> dict[str, Any]:
    chain = chain_of(session, evidence)
    return {
        "name": evidence.name,
        "sha256": evidence.sha256,
        "sm3": evidence.sm3,
        "size": evidence.size,
        "taken_by": evidence.taken_by,
        "taken_at": evidence.taken_at,
        "unbroken": unbroken(evidence, chain),
        "custody": [{"at": one.at, "holder": one.holder, "act": one.act, "note": one.note} for one in chain],
    }
