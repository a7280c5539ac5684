"""Everything that somebody still has to do: the tasks of all incidents that fall to a centre and those below."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_

from incidents.cases.models import Incident, IncidentTask, TaskKind, TaskStatus
from soc.clock import now
from soc.text import t
from soc.tiers.scope import within
from soc.web.context import current_session, viewer
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec

bp = Blueprint("incident_tasks", __name__, url_prefix="/incidents/tasks", template_folder="templates")
_UNFINISHED = IncidentTask.status.in_((TaskStatus.OPEN, TaskStatus.DOING))


def _in_state(value: str) -> ColumnElement[bool]:
    if value == "unfinished":
        return _UNFINISHED
    if value == "overdue":
        return and_(_UNFINISHED, IncidentTask.due_at < now())
    return IncidentTask.status == TaskStatus(value)


TASKS = TableSpec(
    "tasks",
    (
        Column("what", "incidents.task_title", IncidentTask.title),
        Column("kind", "incidents.task_kind_label", IncidentTask.kind),
        Column("incident", "incidents.task_incident"),
        Column("org", "word.organisation", IncidentTask.org),
        Column("due", "incidents.task_due", IncidentTask.due_at),
        Column("status", "word.status", IncidentTask.status),
    ),
    default_sort="due",
    filters=(
        Filter(
            "state",
            "word.status",
            lambda: [
                Choice(one, t(f"incidents.task_state.{one}")) for one in ("unfinished", "overdue", "done", "accepted")
            ],
            _in_state,
        ),
        Filter(
            "kind",
            "incidents.task_kind_label",
            lambda: [Choice(one.value, t(f"incidents.task_kind.{one.value}")) for one in TaskKind],
            lambda value: IncidentTask.kind == TaskKind(value),
        ),
    ),
    search=lambda text: IncidentTask.title.icontains(text, autoescape=True),
)


@bp.get("/")
@requires("incidents.read")
def index() -> ResponseReturnValue:
    """List the tasks, those that are due first before the others."""
    page = page_of(within(viewer(), IncidentTask), TASKS, request.args)
    return render_template("incidents/tasks.html", page=page, incidents=_incidents_of(page.rows))


def _incidents_of(tasks: Sequence[IncidentTask]) -> Mapping[UUID, Incident]:
    """Return the incidents behind tasks as far as the reader sees them, by id."""
    wanted = {one.incident_id for one in tasks}
    found = current_session().scalars(within(viewer(), Incident).where(Incident.id.in_(wanted)))
    return {one.id: one for one in found}
