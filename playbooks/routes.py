"""The playbooks, the run board, and what people do with both."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from incidents.cases.models import Incident
from playbooks.board import board_of
from playbooks.cacao.problem import Status
from playbooks.models import Playbook, PlaybookRun, RunStatus, StepRun
from playbooks.runs import StartRun, StepDone, cancel_run, finish_step, runs_of, start_run
from playbooks.service import current_playbooks, import_playbook, names_of, problems_of
from playbooks.words import playbook_name, step_text
from playbooks.workflow import Workflow
from soc.clock import now
from soc.errors import InputError
from soc.text import t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.csrf import FIELD
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("playbooks", __name__, url_prefix="/playbooks", template_folder="templates")

#: types of steps that have a name in words
STEP_KINDS = frozenset(
    {
        "start", "end", "action", "playbook-action", "parallel", "if-condition", "while-condition", "switch-condition",
    }
)  # fmt: skip
RUNS = TableSpec(
    "runs",
    (
        Column("name", "playbooks.column.name", PlaybookRun.name),
        Column("status", "word.status", PlaybookRun.status),
        Column("org", "word.organisation", PlaybookRun.org),
        Column("by", "playbooks.column.by", PlaybookRun.started_by),
        Column("at", "playbooks.column.started", PlaybookRun.created_at),
    ),
    default_sort="-at",
    filters=(
        Filter(
            "status",
            "word.status",
            lambda: [Choice(one.value, t(f"playbooks.run_status.{one.value}")) for one in RunStatus],
            lambda value: PlaybookRun.status == RunStatus(value),
        ),
    ),
    search=lambda text: PlaybookRun.name.icontains(text, autoescape=True),
)


@dataclass(frozen=True, slots=True)
class StartForm:
    """For which incident, if any."""

    incident_id: UUID | None = None


@bp.get("/")
@requires("playbooks.read")
def index() -> ResponseReturnValue:
    """Show the playbooks and their runs."""
    page = page_of(within(viewer(), PlaybookRun), RUNS, request.args)
    found = current_playbooks(current_session(), viewer())
    names = names_of(current_session(), [*(one.id for one in found), *(one.playbook_row for one in page.rows)])
    return render_template("playbooks/index.html", page=page, playbooks=found, names=names, may=current_actor().may)


@bp.get("/<uuid:playbook_id>")
@requires("playbooks.read", item=Playbook)
def show(playbook_id: UUID) -> ResponseReturnValue:
    """Show one version of a playbook: its steps, its problems, its text."""
    playbook = find_within(current_session(), current_actor(), Playbook, playbook_id)
    sound = playbook.status is Status.ACCEPTED
    document = Workflow.read(playbook.text).document if sound else {"workflow": {}, "name": playbook.name}
    return render_template(
        "playbooks/show.html",
        playbook=playbook,
        problems=problems_of(playbook),
        name=playbook_name(document),
        steps=document["workflow"],
        step_text=step_text,
        kinds=STEP_KINDS,
        may=current_actor().may,
    )


@bp.post("/import")
@requires("playbooks.write")
def import_file() -> ResponseReturnValue:
    """Take an uploaded playbook in; a refusal names every reason."""
    given = request.files.get("file")
    if given is None:
        raise InputError("playbooks.error.no_file")
    verdict = import_playbook(current_session(), current_actor(), given.read(), at=now())
    if verdict.status is Status.REFUSED:
        return render_template("playbooks/refused.html", problems=verdict.problems), 422
    toast(f"playbooks.imported.{verdict.status}")
    return redirect(url_for(".index"))


@bp.post("/<uuid:playbook_id>/run")
@requires("playbooks.write", item=Playbook)
def run(playbook_id: UUID) -> ResponseReturnValue:
    """Start a run."""
    session, actor = current_session(), current_actor()
    given = read_form(StartForm)
    playbook = find_within(session, actor, Playbook, playbook_id)
    org = actor.org
    if given.incident_id is not None:
        org = find_within(session, actor, Incident, given.incident_id).org
    started = start_run(session, actor, StartRun(str(playbook.id), {}, given.incident_id, org), at=now())
    toast("playbooks.started")
    return redirect(url_for(".show_run", run_id=started.id))


@bp.get("/runs/<uuid:run_id>")
@requires("playbooks.read", item=PlaybookRun)
def show_run(run_id: UUID) -> ResponseReturnValue:
    """Show one run's board."""
    session = current_session()
    found = find_within(session, current_actor(), PlaybookRun, run_id)
    boards = [board_of(session, found)]
    return render_template("playbooks/run.html", run=found, boards=boards, may=current_actor().may)


@bp.get("/incidents/<uuid:incident_id>")
@requires("playbooks.read", item=Incident)
def board(incident_id: UUID) -> ResponseReturnValue:
    """Show the boards of an incident's runs: a part of the incident's page."""
    session, actor = current_session(), current_actor()
    incident = find_within(session, actor, Incident, incident_id)
    boards = [board_of(session, one) for one in runs_of(session, actor, incident.id)]
    sound = [one for one in current_playbooks(session, actor) if one.status is Status.ACCEPTED]
    names = names_of(session, [one.id for one in sound])
    return render_template(
        "playbooks/board.html", boards=boards, playbooks=sound, names=names, incident=incident, may=actor.may
    )


@bp.post("/steps/<uuid:step_id>")
@requires("playbooks.write", item=StepRun)
def finish(step_id: UUID) -> ResponseReturnValue:
    """Report a manual step."""
    session, actor = current_session(), current_actor()
    find_within(session, actor, StepRun, step_id)
    results = {name[4:]: value for name, value in request.form.items() if name.startswith("out:")}
    unknown = set(request.form) - {f"out:{name}" for name in results} - {"ok", "note", FIELD}
    if unknown:
        raise InputError("web.form.unknown_field")
    ok = request.form.get("ok", "") == "1"
    note = request.form.get("note", "")[:2000]
    step = finish_step(session, actor, StepDone(step_id, ok, results, note), at=now())
    toast("playbooks.reported")
    return redirect(_back(session.get_one(PlaybookRun, step.run_id)))


@bp.post("/runs/<uuid:run_id>/cancel")
@requires("playbooks.write", item=PlaybookRun)
def cancel(run_id: UUID) -> ResponseReturnValue:
    """End a run now."""
    ended = cancel_run(current_session(), current_actor(), run_id, at=now())
    toast("playbooks.cancelled")
    return redirect(_back(ended))


def _back(run: PlaybookRun) -> str:
    if run.incident_id is not None and current_actor().may("incidents.read"):
        return url_for("incidents.show", incident_id=run.incident_id)
    return url_for(".show_run", run_id=run.id)
