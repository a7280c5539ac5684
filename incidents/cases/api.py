"""``GET|PATCH /api/v1/incidents``: incidents for scripts."""

import json
from typing import Any
from uuid import UUID

from apiflask.fields import Integer, String
from apiflask.validators import Length, OneOf, Range

from incidents.cases.export import document_of
from incidents.cases.models import Incident, IncidentStatus
from incidents.cases.service import Grading, assign, grade, move_on
from incidents.deadlines import IncidentLevel
from soc.clock import now
from soc.text import Message
from soc.tiers.scope import find_within, within
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor, current_session
from soc.web.guard import requires

bp = api_blueprint("incidents", __name__, "incidents")
_STATUSES = [one.value for one in IncidentStatus]


class IncidentArgs(ListArgs):
    """Which incidents."""

    status = String(validate=OneOf(_STATUSES))


class IncidentChange(ApiSchema):
    """What is to become of an incident."""

    status = String(validate=OneOf([one for one in _STATUSES if one != IncidentStatus.REVIEWED.value]))
    level = String(validate=OneOf([one.value for one in IncidentLevel]))
    persons = Integer(validate=Range(0, 2_000_000_000))
    commander = String(validate=Length(1, 120))
    note = String(load_default="", validate=Length(max=2000))


@bp.get("/incidents")
@bp.input(IncidentArgs, location="query")
@bp.output(Listing)
@requires("incidents.read")
def incidents(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the incidents, newest first."""
    query = within(current_actor(), Incident)
    if "status" in query_data:
        query = query.where(Incident.status == IncidentStatus(query_data["status"]))
    return list_of(query.order_by(Incident.opened_at.desc(), Incident.id.desc()), shape, query_data)


@bp.get("/incidents/<uuid:incident_id>")
@requires("incidents.read", item=Incident)
def incident(incident_id: UUID) -> dict[str, Any]:
    """Return one incident with everything of it."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, Incident, incident_id)
    document = document_of(session, actor, found)
    return shape(found) | {name: _plain(value) for name, value in document.items() if name != "org"}


@bp.patch("/incidents/<uuid:incident_id>")
@bp.input(IncidentChange)
@requires("incidents.write", item=Incident)
def change(incident_id: UUID, json_data: dict[str, Any]) -> dict[str, Any]:
    """Change one incident: its level, its commander, its state."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, Incident, incident_id)
    note = json_data.get("note", "")
    if "level" in json_data:
        facts = {"persons": float(json_data["persons"])} if "persons" in json_data else {}
        grade(session, actor, found.id, Grading(IncidentLevel(json_data["level"]), facts, note), at=now())
    if "commander" in json_data:
        name = json_data["commander"]
        assign(session, actor, found.id, (actor.id if name == actor.name else name, name), at=now())
    if "status" in json_data:
        move_on(session, actor, found.id, IncidentStatus(json_data["status"]), note=note, at=now())
    return shape(found)


def shape(found: Incident) -> dict[str, Any]:
    """Return an incident's JSON."""
    return item(
        found,
        number=found.number,
        title=Message.from_json(found.title).render(),
        category=found.category,
        status=found.status.value,
        level=found.level.value,
        level_proposed=found.level_proposed.value,
        level_confirmed=found.level_confirmed.value if found.level_confirmed else None,
        data_level=found.data_level or None,
        score=found.score,
        held_by=found.held_by,
        commander=found.commander,
        discovered_at=found.discovered_at.isoformat(),
        opened_at=found.opened_at.isoformat(),
    )


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda one: one.isoformat() if hasattr(one, "isoformat") else str(one)))
